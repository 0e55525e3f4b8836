"""Who finds which face: matching, sizes, and the page's section."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.faces.boxes import Box, FoundFace
from backend.evaluation.finding import (
    Faces,
    FinderFigures,
    compare,
    finding_section,
    iou,
    measure_finding,
    seen_from_afar,
)
from backend.evaluation.finding_sheet import finding_sheet, tile
from backend.evaluation.moving import LabelledPhoto
from backend.evaluation.samples import Sample
from backend.media.types import RgbImage
from tests.builders import a_photo
from tests.engines.faces.faces import moved

NEAR, FAR = (10.0, 10.0, 40.0, 40.0), (100.0, 20.0, 300.0, 260.0)


def face(box: Box, score: float = 1.0) -> FoundFace:
    return FoundFace(id=0, box=box, score=score)


def test_a_face_is_matched_once_and_what_is_left_over_is_false() -> None:
    found = [face(FAR), face((110, 25, 300, 260), score=0.9), face((400, 400, 420, 420))]

    faces = compare(found, [NEAR, FAR])

    # sides of 30 and 220 px
    assert faces == Faces(marked=(1, 0, 0, 1), found=(0, 0, 0, 1), false_count=2)


def test_a_part_of_a_face_is_not_the_face() -> None:
    part = (100.0, 20.0, 180.0, 120.0)  # a sixth of it

    assert compare([face(part)], [FAR]) == Faces(marked=(0, 0, 0, 1), found=(0, 0, 0, 0), false_count=1)


def test_sizes_part_at_40_80_and_160() -> None:
    boxes = [(0.0, 0.0, side, side) for side in (39.0, 40.0, 79.0, 80.0, 159.0, 160.0)]

    assert compare([], boxes).marked == (1, 2, 2, 1)


def test_from_afar_the_smallest_face_is_40_px_wide_and_12_mp_surround_it() -> None:
    photo = a_photo(400, 300)

    canvas, (box, other) = seen_from_afar(photo, [(100, 50, 180, 150), (200, 50, 360, 250)])

    assert canvas.shape == (3000, 4000, 3)
    assert box[2] - box[0] == pytest.approx(40)
    assert other[2] - other[0] == pytest.approx(80)
    # the photo, 200 by 150, lies in the middle
    assert (box[0], box[1]) == pytest.approx((1900 + 50, 1425 + 25))
    assert np.all(canvas[0] == 128)
    assert np.any(canvas[1425:1575, 1900:2100] != 128)


@pytest.mark.parametrize(("other", "expected"), [(FAR, 1.0), (NEAR, 0.0), ((100.0, 20.0, 200.0, 260.0), 0.5)])
def test_intersection_over_union(other: Box, expected: float) -> None:
    assert iou(FAR, other) == pytest.approx(expected)


def test_figures_are_added_up_over_the_photos(tmp_path: Path) -> None:
    photos = []
    for name in ("01", "02"):
        Image.fromarray(a_photo(320, 280)).save(tmp_path / f"{name}.png")
        sample = Sample(name=name, is_ffhq=False, folder=tmp_path)
        photos.append(
            LabelledPhoto(sample=sample, path=tmp_path / f"{name}.png", accepted_counts=(1,), boxes=(FAR,))
        )

    def find(photo: RgbImage) -> tuple[FoundFace, ...]:
        return (face(FAR),)

    (figures,) = measure_finding(photos, {"mine": find}, lambda *_: None)

    assert figures.near == Faces(marked=(0, 0, 0, 2), found=(0, 0, 0, 2), false_count=0)
    assert (sum(figures.far.found), figures.far.false_count) == (0, 2)  # it does not look


def test_the_section_has_a_column_for_each_finder() -> None:
    near = Faces(marked=(1, 2, 0, 4), found=(0, 2, 0, 4), false_count=3)
    far = Faces(marked=(7, 0, 0, 0), found=(5, 0, 0, 0), false_count=1)

    lines = finding_section([FinderFigures(name="mine", near=near, far=far)])

    assert "| found | mine |" in lines
    assert lines[-8:] == [
        "| faces of below 40 px | 0 of 1 |",
        "| faces of 40 to 80 px | 2 of 2 |",
        "| faces of 80 to 160 px | none |",
        "| faces of 160 px and more | 4 of 4 |",
        "| all faces | 6 of 7 |",
        "| false faces | 3 |",
        "| in 12 MP, the smallest face 40 px wide | 5 of 7 |",
        "| false faces there | 1 |",
    ]


def test_a_tile_shows_the_points_where_they_are_and_a_face_beyond_the_edge() -> None:
    photo = np.full((200, 200, 3), 100, np.uint8)
    points = moved(0.2, 0.0, 0.0, 0.0)
    seen = FoundFace(id=0, box=(-20.0, 40.0, 80.0, 140.0), score=1.0, landmarks=points)

    drawn = tile(photo, seen)

    assert drawn.shape == (192, 192, 3)
    zoom, left, top = 192 / 180, -60, 0
    x, y = (points[0][0] - left) * zoom, (points[0][1] - top) * zoom
    assert tuple(drawn[round(y), round(x)]) == (0, 220, 0)
    assert np.all(drawn[100, :60] == 0)


def test_a_sheet_without_faces_is_one_empty_row() -> None:
    assert finding_sheet([], lambda photo: ()).shape == (192, 8 * 192, 3)
