"""The real small detector on real photos: every marked face, nothing else, and the same again and again."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from backend.engines.api import FivePoints
from backend.engines.faces.boxes import Box, overlap
from backend.engines.faces.retinaface import RetinaFaceFinder
from backend.engines.faces.torch_look import finder_from
from backend.media.types import RgbImage
from backend.networks.retinaface.variants import SMALL, variant_of
from tests.builders import a_portrait
from tests.shared_data import SHARED, needs_shared

pytestmark = [needs_shared("data/weights"), needs_shared("data/photos")]
FILE = SHARED / "data/weights/mobilenet0.25_Final.pth"
SAMPLE = ("photos/03", "photos/04", "photos/05", "photos/11", "clean/c04")  # quick ones; `evaluate` takes all


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return dict(torch.load(FILE, weights_only=True, map_location="cpu"))


@pytest.fixture(scope="module")
def find(state: dict[str, torch.Tensor]) -> RetinaFaceFinder:
    return finder_from(state, SMALL)


def labelled() -> dict[str, list[Box]]:
    if not (SHARED / "data/faces.json").is_file():
        return {}
    photos = json.loads((SHARED / "data/faces.json").read_text("utf-8"))["photos"]
    return {name: [tuple(face["box"]) for face in facts["faces"]] for name, facts in photos.items()}


def pixels(path: Path) -> RgbImage:
    with Image.open(path) as photo:
        return np.asarray(ImageOps.exif_transpose(photo).convert("RGB"))


def test_the_file_says_by_its_checksum_how_to_read_it() -> None:
    assert variant_of(hashlib.sha256(FILE.read_bytes()).hexdigest()) == SMALL


@pytest.mark.parametrize("name", [name for name in labelled() if name[:9] in SAMPLE])
def test_every_marked_face_is_found_and_nothing_else(find: RetinaFaceFinder, name: str) -> None:
    marked = labelled()[name]

    faces = find(pixels(SHARED / "data" / name))

    assert len(faces) == len(marked)
    assert all(max(overlap(face.box, box) for box in marked) > 0.6 for face in faces)
    assert all(max(overlap(face.box, box) for face in faces) > 0.6 for box in marked)


def test_points_lie_within_a_thirtieth_of_the_face_whatever_the_photos_size(find: RetinaFaceFinder) -> None:
    photo = a_portrait()  # her face is 90 px wide
    double = np.asarray(Image.fromarray(photo).resize((512, 512), Image.Resampling.LANCZOS))

    (small,), (large,) = find(photo), find(double)

    np.testing.assert_allclose(np.array(large.landmarks) / 2, np.array(small.landmarks), atol=3.0)


def test_a_mirrored_photo_has_mirrored_points(find: RetinaFaceFinder) -> None:
    photo = a_portrait()

    (face,), (twin,) = find(photo), find(np.ascontiguousarray(photo[:, ::-1]))

    np.testing.assert_allclose(mirrored(twin.landmarks), np.array(face.landmarks), atol=3.0)


def mirrored(points: FivePoints | None) -> list[tuple[float, float]]:
    assert points is not None
    return [(256 - points[index][0], points[index][1]) for index in (1, 0, 2, 4, 3)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_fast_forms_find_the_same_face(
    state: dict[str, torch.Tensor], find: RetinaFaceFinder, dtype: torch.dtype
) -> None:
    fast = finder_from(state, SMALL, fast_dtype=dtype)

    (face,), (same,) = find(a_portrait()), fast(a_portrait())

    # bf16 has 8 bits: a hundredth of an anchor of 64 px
    np.testing.assert_allclose(np.array(same.landmarks), np.array(face.landmarks), atol=1.0)


def test_the_official_way_agrees_where_the_face_has_the_detectors_size(find: RetinaFaceFinder) -> None:
    (face,), (official,) = find(a_portrait()), find.official(a_portrait())

    assert overlap(face.box, official.box) > 0.9
    np.testing.assert_allclose(np.array(official.landmarks), np.array(face.landmarks), atol=6.0)
