"""The frame-wide way of facexlib, written out plainly here, is what the quick way is held against."""

import tracemalloc

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.faces.align import TEMPLATE, Affine, similarity
from backend.engines.faces.masks import official_parse_mask
from backend.engines.gfpgan.official_paste import Picture, RestoredFace, paste_officially
from backend.engines.gfpgan.seams import ClassMap
from tests.engines import alignment_fixtures as fixtures

_CLASSES: ClassMap = np.kron(
    np.random.default_rng(2).integers(0, 19, (16, 16), dtype=np.uint8), np.ones((32, 32), dtype=np.uint8)
)


def _face_at(scale_ratio: float, degrees: float, x: float, y: float) -> Affine:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    found = similarity(fixtures.five(np.array(TEMPLATE) @ turn * scale_ratio + (x, y)))
    assert found is not None
    return found


def _whole_frame(base: Picture, faces: list[RestoredFace], upscale: float) -> npt.NDArray[np.generic]:
    height, width = base.shape[:2]
    out: npt.NDArray[np.integer | np.floating] = base[..., :3]
    for face in faces:
        inverse = cv2.invertAffineTransform(face.matrix) * upscale
        inverse[:, 2] += 0.5 * upscale if upscale > 1 else 0
        pixels = np.asarray(cv2.warpAffine(face.pixels, inverse, (width, height)))
        if face.classes is not None:
            share = np.asarray(cv2.warpAffine(official_parse_mask(face.classes), inverse, (width, height)))
        else:
            ones = cv2.warpAffine(np.ones((512, 512), dtype=np.float32), inverse, (width, height))
            eroded = cv2.erode(ones, np.ones((int(2 * upscale), int(2 * upscale)), dtype=np.uint8))
            edge = int(np.sum(np.asarray(eroded)) ** 0.5) // 20
            centre = cv2.erode(eroded, np.ones((2 * edge, 2 * edge), dtype=np.uint8))
            share = np.asarray(cv2.GaussianBlur(centre, (2 * edge + 1, 2 * edge + 1), 0))
            pixels = np.asarray(eroded)[..., None] * pixels
        out = share[..., None] * pixels + (1 - share[..., None]) * out
    out = np.concatenate([out, base[..., 3:]], axis=2)
    kind = np.uint16 if out.max() > 256 else np.uint8
    return out.astype(np.int64).astype(kind)


@given(
    places=st.lists(
        st.tuples(st.floats(0.05, 1.2), st.floats(-180, 180), st.floats(-150, 250), st.floats(-150, 250)),
        max_size=3,
    ),
    size=st.tuples(st.integers(1, 260), st.integers(1, 260)),
    upscale=st.sampled_from([1, 1.5, 2, 3.7]),
    parsed=st.booleans(),
    channels=st.sampled_from([3, 4]),
    kind=st.sampled_from([np.uint8, np.uint16, np.float64]),
)
@settings(deadline=None, max_examples=30)
def test_rectangles_give_the_bits_of_the_whole_frame(
    places: list[tuple[float, float, float, float]],
    size: tuple[int, int],
    upscale: float,
    parsed: bool,
    channels: int,
    kind: type,
) -> None:
    rng = np.random.default_rng(11)
    base: Picture = rng.integers(0, 60000 if kind == np.uint16 else 256, (*size, channels)).astype(kind)
    faces = [
        RestoredFace(
            pixels=rng.integers(0, 256, (512, 512, 3), dtype=np.uint8),
            matrix=_face_at(*place),
            classes=_CLASSES if parsed else None,
        )
        for place in places
    ]
    untouched = base.copy()

    result = paste_officially(base, faces, upscale)

    expected = _whole_frame(base, faces, upscale)
    assert result.dtype == expected.dtype
    assert np.array_equal(result, expected)
    assert np.array_equal(base, untouched)


def test_bands_do_not_show_in_a_huge_face() -> None:
    rng = np.random.default_rng(4)
    base = rng.integers(0, 256, (1400, 1600, 3), dtype=np.uint8)  # two bands and a bit
    face = RestoredFace(
        pixels=rng.integers(0, 256, (512, 512, 3), dtype=np.uint8),
        matrix=_face_at(2.5, 9, -20, -30),
        classes=_CLASSES,
    )

    assert np.array_equal(paste_officially(base, [face], 1), _whole_frame(base, [face], 1))


def test_the_official_paste_sits_half_a_pixel_aside() -> None:
    halves = np.zeros((512, 512, 3), dtype=np.uint8)
    halves[:, 256:] = 255
    skin = np.ones((512, 512), dtype=np.uint8)
    face = RestoredFace(pixels=halves, matrix=np.eye(2, 3), classes=skin)

    result = paste_officially(np.zeros((1024, 1024, 3), dtype=np.uint8), [face], 2)

    # an edge between 255 and 256 belongs between 511 and 512: 0, 64, 191, 255, 255 would be right
    assert result[512, 510:515, 0].tolist() == [0, 0, 128, 255, 255]


def test_the_official_paste_cuts_off() -> None:
    classes = np.zeros((512, 512), dtype=np.uint8)
    classes[:, 200:] = 1
    flat = np.full((512, 512, 3), 11, dtype=np.uint8)
    face = RestoredFace(pixels=flat, matrix=np.eye(2, 3), classes=classes)

    result = paste_officially(np.full((512, 512, 3), 10, dtype=np.uint8), [face], 1)

    share = official_parse_mask(classes)[256, 230]
    assert 0.9 < share < 1  # 10.9 levels and more
    assert result[256, 230].tolist() == [10, 10, 10]


def test_no_faces_leave_the_background_alone() -> None:
    base = np.random.default_rng(6).integers(0, 256, (40, 30, 4), dtype=np.uint8)

    result = paste_officially(base, [], 2)

    assert result.dtype == np.uint8
    assert np.array_equal(result, base)


@pytest.mark.parametrize("classes", [None, _CLASSES])
def test_pasting_needs_memory_for_the_faces_not_for_the_photo(classes: ClassMap | None) -> None:
    base = np.zeros((6000, 8000, 3), dtype=np.uint8)  # the official way takes 1.2 GB for one float64 copy
    faces = [
        RestoredFace(
            pixels=np.zeros((512, 512, 3), dtype=np.uint8), matrix=_face_at(1.0, 0, x, 3000), classes=classes
        )
        for x in (200.0, 7000.0)
    ]

    tracemalloc.start()
    try:
        paste_officially(base, faces, 1)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes - base.nbytes < 100e6  # besides the result itself
