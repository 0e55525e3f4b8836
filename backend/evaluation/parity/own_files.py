"""A person's own weights and pictures beside what the official program made of them.

Apart from the fixtures, which state their weights, shapes and tolerances; here the files say what they are.
"""

from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import nn

from backend.checkpoints.checks import digest_of
from backend.checkpoints.load import load_state, load_states
from backend.domain.errors import InvalidOption
from backend.engines.gfpgan.official_enlarger import enlarge_officially
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.evaluation.parity.comparing import (
    SHARE_AFTER_NETWORK,
    Finding,
    compare_arrays,
    compare_pictures,
)
from backend.evaluation.parity.detection import raw_stages
from backend.evaluation.parity.first_order import moved_stages
from backend.evaluation.parity.fixtures import Array, ArrayInfo, Fixture, Picture, read_picture
from backend.evaluation.parity.networks import restored_face, stages_of
from backend.networks.first_order.model import FirstOrderModel
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.official_order import in_official_order
from backend.networks.recognise import NetworkKind, build, recognise
from backend.networks.retinaface.network import RetinaFace
from backend.networks.retinaface.network import from_state as retinaface_from_state
from backend.networks.retinaface.variants import variant_of
from backend.networks.state import State

TOLERANCE = 2e-4  # the largest that a fixture of a whole network states

_ENLARGERS = (NetworkKind.RRDBNET, NetworkKind.SRVGG)
_DETECTORS = (NetworkKind.RETINAFACE_RESNET50, NetworkKind.RETINAFACE_MOBILE025)
_FACE_PX = 512


def compare_own(
    weights: Path, photo: Path, expected: Path, *, tolerance: float = TOLERANCE
) -> Iterator[Finding]:
    """What the network of a file makes of a picture, beside what it made elsewhere.

    weights:   a checkpoint as its project ships it
    photo:     what the network itself takes: an aligned face for a restorer or ParseNet, any picture else
    expected:  a picture (at most one level off, on 1 % of the values), or `.npz` with stages by their names
    tolerance: of the values in an `.npz`
    raises:    WeightsMissing, WeightsRefused; InvalidOption where the files do not go together
    """
    state = load_state(weights)
    kind = recognise(state)
    network = _built(state, kind, weights)
    picture = _rgb8(photo, "input")
    _require_size(network, kind, picture)
    if expected.suffix == ".npz":
        yield from _compare_stages(weights, expected, _stages(kind, network, picture), tolerance)
    else:
        yield _compare_picture(weights, expected, _picture(kind, network, state, picture))


def compare_own_motion(
    weights: Path, photo: Path, driving: Path, expected: Path, *, tolerance: float = TOLERANCE
) -> Iterator[Finding]:
    """What the First Order Motion Model of a file makes of a face and a driving frame, beside the official.

    Absolute motion, as the paper measures it (`relative=False`; with one frame relative motion stands still),
    up to the edge of the picture, rounded to 8 bits.

    photo, driving: of one size, cut to the face as the network takes them
    expected, tolerance, raises: as `compare_own`; the stages are those of `parity`'s fixtures
    """
    model = FirstOrderModel.from_states(load_states(weights))
    pictures = _rgb8(photo, "input"), _rgb8(driving, "driving")
    (height_px, width_px), steps = pictures[0].shape[:2], model.generator.size.side_multiple
    if pictures[0].shape != pictures[1].shape or height_px != width_px or height_px % steps:
        raise InvalidOption(
            f"this network takes two square pictures of one size, a multiple of {steps} px", option="driving"
        )
    made = moved_stages(model, *pictures)
    if expected.suffix == ".npz":
        yield from _compare_stages(weights, expected, made, tolerance)
        return
    unit = made["prediction"][0].astype(np.float64).transpose(1, 2, 0)
    yield _compare_picture(weights, expected, np.rint(unit * 255).astype(np.uint8))


def _compare_stages(
    weights: Path, expected: Path, made: dict[str, Array], tolerance: float
) -> Iterator[Finding]:
    fixture = _fixture(weights, expected, tolerance)
    yield from compare_arrays(fixture, {name: made[name] for name in _common(made, fixture)})


def _compare_picture(weights: Path, expected: Path, result: Picture) -> Finding:
    fixture = Fixture(expected.parent, weights.name, {})
    return compare_pictures(fixture, expected.name, result, read_picture(expected), most=SHARE_AFTER_NETWORK)


def _built(state: State, kind: NetworkKind, weights: Path) -> nn.Module:
    if kind in _DETECTORS:  # one file says nothing of its activations; its digest tells
        return retinaface_from_state(state, variant_of(digest_of(weights)))
    network = build(state, kind)
    return in_official_order(network) if isinstance(network, Gfpgan) else network


def _stages(kind: NetworkKind, network: nn.Module, picture: Picture) -> dict[str, Array]:
    if isinstance(network, RetinaFace):
        return dict(raw_stages(network, picture))
    return stages_of(kind, network, [picture])


def _picture(kind: NetworkKind, network: nn.Module, state: State, picture: Picture) -> Picture:
    if isinstance(network, RetinaFace):
        raise InvalidOption(
            "a detector makes no picture: give an .npz with loc, score, landmarks", option="expected"
        )
    if kind in _ENLARGERS:
        enlarger = TorchEnlarger.from_state(state, model=kind.value, device=torch.device("cpu"))
        return enlarge_officially(picture, enlarger)
    if kind is NetworkKind.PARSENET:
        logits = stages_of(kind, network, [picture])["logits"][0].astype(np.float32)
        classes: Picture = logits.argmax(axis=0).astype(np.uint8)
        return classes
    return restored_face(network, picture.astype(np.uint8))


def _require_size(network: nn.Module, kind: NetworkKind, picture: Picture) -> None:
    if kind in _ENLARGERS or isinstance(network, RetinaFace):
        return
    side_px = network.size.side if isinstance(network, Gfpgan) else _FACE_PX
    if picture.shape[:2] != (side_px, side_px):
        found = f"{picture.shape[1]} x {picture.shape[0]}"
        raise InvalidOption(
            f"this network takes an aligned face of {side_px} x {side_px}, not {found}", option="input"
        )


def _rgb8(photo: Path, option: str) -> Picture:
    picture = read_picture(photo)
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise InvalidOption("the picture for a network is RGB of 8 bits, without transparency", option=option)
    return picture


def _fixture(weights: Path, expected: Path, tolerance: float) -> Fixture:
    try:
        with np.load(expected, allow_pickle=False) as stored:
            infos = {
                name: ArrayInfo(shape=list(stored[name].shape), stored="full", tolerance=tolerance)
                for name in stored.files
            }
    except (OSError, ValueError, BadZipFile) as error:
        raise InvalidOption(f"{expected.name} is no .npz of plain arrays", option="expected") from error
    return Fixture(expected.parent, weights.name, {"file": expected.name, "arrays": infos})


def _common(made: dict[str, Array], fixture: Fixture) -> list[str]:
    unknown = fixture.array_infos.keys() - made.keys()
    if unknown or not fixture.array_infos:
        raise InvalidOption(
            f"the .npz has {sorted(fixture.array_infos)}; this network shows {sorted(made)}",
            option="expected",
        )
    return sorted(fixture.array_infos)
