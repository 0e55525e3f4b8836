"""Fixtures of the official face helper without a network: matrices, crops and pasted pictures.

Apart from `gfpganer.py`, which runs the whole pipeline: a mistake here is one of arithmetic.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

import cv2
import numpy as np

from backend.engines.api import FivePoints
from backend.engines.faces.align import TEMPLATE, similarity
from backend.engines.faces.boxes import FoundFace
from backend.engines.gfpgan.official import Enhanced, Networks, OfficialEnlarger, PhotoArray, enhance
from backend.engines.gfpgan.seams import ClassMap
from backend.evaluation.parity.comparing import (
    SHARE_BY_ARITHMETIC,
    Finding,
    compare_arrays,
    compare_pictures,
    missed,
    within,
)
from backend.evaluation.parity.fixtures import Array, Fixture
from backend.media.types import FloatImage, RgbImage

_MATRIX_PX = 1e-6  # how far apart two matrices may be, from OpenCV 4 to OpenCV 4
_TINT_SHARE, _TINT_RGB = 0.8, (50.0, 10.0, 30.0)  # what the fixtures have in the place of a network


class _Case(TypedDict):
    input: str
    upscale: float
    use_parse: bool
    parse_map: int | None
    background: str


def check_affine_table(fixture: Fixture) -> Iterator[Finding]:
    """Landmarks to matrices and back: noisy ones too, where least squares would give other matrices."""
    stored = fixture.arrays
    found = [similarity(five_points(points)) for points in stored["landmarks"]]
    if any(matrix is None for matrix in found):
        yield missed(fixture, "affine", "some landmarks give no matrix")
        return
    matrices = np.array(found, dtype=np.float64)
    inverses = np.array([cv2.invertAffineTransform(matrix) for matrix in matrices])
    for name, mine in (("template", np.array(TEMPLATE)), ("affine", matrices), ("inverse", inverses)):
        yield within(fixture, name, _farthest(mine, stored[name]), _MATRIX_PX)


def check_paste(fixture: Fixture) -> Iterator[Finding]:
    """Every case: its matrices, its crops, its picture."""
    for name, table in fixture.table("cases").items():
        yield from _check_case(fixture, name, cast(_Case, table))


def _check_case(fixture: Fixture, name: str, case: _Case) -> Iterator[Finding]:
    photo_name = case["input"].removeprefix("input_")
    owner = name if f"{name}__landmarks" in fixture.arrays else photo_name
    points = [five_points(each) for each in fixture.arrays[f"{owner}__landmarks"]]
    for key, scale in (("affine", None), ("inverse_x1", 1), ("inverse_x2", 2)):
        if f"{owner}__{key}" in fixture.arrays and (scale is None or scale == case["upscale"]):
            mine = np.array([_matrix(each, scale) for each in points])
            yield within(
                fixture, f"{name}: {key}", _farthest(mine, fixture.arrays[f"{owner}__{key}"]), _MATRIX_PX
            )
    result = enhance(
        fixture.picture(case["input"]), found_faces(points), _networks(fixture, case), upscale=case["upscale"]
    )
    yield from _check_crops(fixture, name, photo_name, result)
    if result.image is None or result.image.dtype == np.float64:
        yield missed(fixture, name, "no picture came out")
        return
    image = cast(PhotoArray, result.image)
    yield compare_pictures(fixture, name, image, fixture.picture(name), most=SHARE_BY_ARITHMETIC)


def _check_crops(fixture: Fixture, name: str, photo: str, result: Enhanced) -> Iterator[Finding]:
    """Crops are exact: by their digest, or within the array's own tolerance where the photo has 16 bits."""
    digests = cast(Sequence[str], fixture.table("crops").get(photo, {}).get("sha256", ()))
    for place, (crop, digest) in enumerate(zip(result.crops, digests, strict=False)):
        is_same = hashlib.sha256(np.ascontiguousarray(crop[..., ::-1]).tobytes()).hexdigest() == digest
        yield within(fixture, f"{name}: crop {place}", float(not is_same), 0.0, "by digest")
    key = f"{photo}_crop_0"
    if key in fixture.array_infos:
        blue_first: Array = result.crops[0][..., ::-1].transpose(2, 0, 1)
        yield from compare_arrays(fixture, {key: blue_first})


def five_points(rows: Array) -> FivePoints:
    """(5, 2) or (10,) numbers -> five points."""
    a, b, c, d, e = ((float(x), float(y)) for x, y in rows.astype(np.float64).reshape(5, 2))
    return a, b, c, d, e


def found_faces(points: Sequence[FivePoints]) -> list[FoundFace]:
    """Faces of which nothing but the points is known."""
    return [
        FoundFace(id=place, box=(0.0, 0.0, 1.0, 1.0), score=1.0, landmarks=five)
        for place, five in enumerate(points)
    ]


def _matrix(points: FivePoints, inverse_scale: int | None) -> Array:
    matrix = similarity(points)
    assert matrix is not None
    return matrix if inverse_scale is None else cv2.invertAffineTransform(matrix) * inverse_scale


def _networks(fixture: Fixture, case: _Case) -> Networks:
    parser = None
    if case["use_parse"]:
        parser = _Given(fixture.picture(f"parse_map_{case['parse_map']}").astype(np.uint8))
    background: OfficialEnlarger | None = None
    if "background" in case:
        background = _tripled_negative if case["background"].startswith("255") else _doubled
    return Networks(network=_Tint(), parser=parser, enlarger=background)


class _Tint:
    """The FaceNetwork of the fixtures: every colour a little paler, and a tint."""

    model = "tint"

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        tinted = (np.asarray(face, np.float64) * _TINT_SHARE + _TINT_RGB for face in faces)
        return [np.rint(face.clip(0, 255)).astype(np.uint8) for face in tinted]


@dataclass(frozen=True)
class _Given:
    """The FaceParser of the fixtures: one map for every face."""

    classes: ClassMap

    def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        return [self.classes] * len(faces)


def _tripled_negative(photo: PhotoArray, outscale: float) -> PhotoArray:  # noqa: ARG001  # the seam's signature
    return 255 - photo.repeat(3, axis=0).repeat(3, axis=1)


def _doubled(photo: PhotoArray, outscale: float) -> PhotoArray:
    size = (int(photo.shape[1] * outscale), int(photo.shape[0] * outscale))
    return cast(PhotoArray, cv2.resize(photo, size, interpolation=cv2.INTER_LINEAR))


def _farthest(mine: Array, stored: Array) -> float:
    return float(np.abs(mine.astype(np.float64) - stored.astype(np.float64)).max())
