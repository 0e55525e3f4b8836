"""Fixtures of the whole official restorer, `GFPGANer.enhance`, with given detections and stored noise.

Apart from its parts, which have fixtures of their own: this is what a person compares who has both programs.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict, cast

import numpy as np
import torch

from backend.engines.faces.boxes import FoundFace
from backend.engines.gfpgan.official import Networks, PhotoArray, enhance
from backend.engines.gfpgan.official_enlarger import OfficialBackground, OfficialTiles
from backend.engines.gfpgan.seams import ClassMap, FaceNetwork, FaceParser
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.engines.gfpgan.torch_parser import TorchParser
from backend.evaluation.parity.alignment_and_paste import five_points
from backend.evaluation.parity.comparing import SHARE_AFTER_NETWORK, Finding, compare_pictures, missed, within
from backend.evaluation.parity.fixtures import Array, Fixture
from backend.evaluation.parity.networks import restored_face
from backend.media.types import FloatImage, RgbImage
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.official_order import in_official_order
from backend.networks.recognise import build
from backend.networks.state import State

_RESTORER, _PARSER, _ENLARGER = "gfpgan_clean_512_cm2", "parsenet", "rrdbnet_x2plus"
_BACKGROUND = OfficialTiles(tile_px=128)  # of the fixture
_SQUEEZED = (slice(60, 460), slice(90, 423))  # rows and columns of `input_aligned[60:460, 90:423]`
_CPU = torch.device("cpu")


class _Case(TypedDict, total=False):
    input: str
    detections: str | None
    upscale: float
    faces: int
    options: Mapping[str, bool]
    result: str
    background: str


def check_gfpganer(fixture: Fixture) -> Iterator[Finding]:
    """Every case: how many faces, each face that is stored, the whole picture."""
    network = _Remembering(_FaceNetwork(_state(fixture, _RESTORER)))
    parser = _RememberingParser(TorchParser.official(_state(fixture, _PARSER), _CPU))
    for name, table in fixture.table("cases").items():
        case = cast(_Case, table)
        background = None
        if "background" in case:
            enlarger = TorchEnlarger.from_state(_state(fixture, _ENLARGER), model=_ENLARGER, device=_CPU)
            background = OfficialBackground(enlarger=enlarger, tiles=_BACKGROUND)
        networks = Networks(network=network, parser=parser, enlarger=background)
        yield from _check_case(fixture, name, case, networks)


def _check_case(fixture: Fixture, name: str, case: _Case, networks: Networks) -> Iterator[Finding]:
    detections, options = case["detections"], case["options"]
    result = enhance(
        _input(fixture, case["input"]),
        _detected(fixture.arrays[detections]) if detections else [],
        networks,
        upscale=case["upscale"],
        has_aligned=options.get("has_aligned", False),
        only_center_face=options.get("only_center_face", False),
        paste_back=options.get("paste_back", True),
    )
    short_by = abs(len(result.restored) - case["faces"])
    yield within(fixture, f"{name}: faces", short_by, 0.0, f"{len(result.restored)} restored")
    for place, face in enumerate(result.restored):
        key = f"{name}_restored_{place}"
        if key in fixture.table("images"):
            yield compare_pictures(fixture, key, face, fixture.picture(key), most=SHARE_AFTER_NETWORK)
    if (result.image is None) != (case["result"] == "None"):
        yield missed(fixture, name, f"expected {case['result']} for the whole picture")
    elif result.image is not None:
        image = cast(PhotoArray, result.image)
        yield compare_pictures(fixture, name, image, fixture.picture(name), most=SHARE_AFTER_NETWORK)


def _input(fixture: Fixture, name: str) -> PhotoArray:
    photo, is_part, _ = name.partition("[")
    return fixture.picture(photo)[_SQUEEZED] if is_part else fixture.picture(photo)


def _detected(rows: Array) -> list[FoundFace]:
    """(N, 15) rows of the detector: a box, a score, five points."""
    return [
        FoundFace(
            id=place,
            box=(float(row[0]), float(row[1]), float(row[2]), float(row[3])),
            score=float(row[4]),
            landmarks=five_points(row[5:]),
        )
        for place, row in enumerate(rows.astype(np.float64))
    ]


def _state(fixture: Fixture, name: str) -> State:
    seed = cast(int, fixture.table("seeds")[name])
    digest = cast(str, fixture.table("state_sha256")[name])
    return fixture.seeded(f"manifests/{name}.json", seed, sha256=digest)


class _FaceNetwork:
    """The restorer in float32, a face at a time, as the official code runs it."""

    model = _RESTORER

    def __init__(self, state: State) -> None:
        network = build(state)
        assert isinstance(network, Gfpgan)
        self._network = in_official_order(network)

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        return [restored_face(self._network, face) for face in faces]


class _Remembering:
    """A FaceNetwork that restores no face twice: several cases share theirs."""

    def __init__(self, network: FaceNetwork) -> None:
        self._network = network
        self._known: dict[str, RgbImage] = {}

    @property
    def model(self) -> str:
        return self._network.model

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        for face in faces:
            if _name(face) not in self._known:
                (self._known[_name(face)],) = self._network([face])
        return [self._known[_name(face)] for face in faces]


class _RememberingParser:
    """A FaceParser that parses no face twice."""

    def __init__(self, parser: FaceParser) -> None:
        self._parser = parser
        self._known: dict[str, ClassMap] = {}

    def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        for face in faces:
            if _name(face) not in self._known:
                (self._known[_name(face)],) = self._parser([face])
        return [self._known[_name(face)] for face in faces]


def _name(face: RgbImage | FloatImage) -> str:
    return hashlib.sha256(face.tobytes()).hexdigest()
