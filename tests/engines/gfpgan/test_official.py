from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from backend.engines.api import FivePoints
from backend.engines.faces.align import TEMPLATE
from backend.engines.faces.boxes import FoundFace
from backend.engines.gfpgan.official import Networks, PhotoArray, enhance, faces_to_restore, read_image
from backend.engines.gfpgan.seams import ClassMap
from backend.media.types import FloatImage, RgbImage
from tests.engines import alignment_fixtures as fixtures
from tests.shared_data import SHARED, needs_shared


class Tinting:
    """What the fixtures have instead of a network: 0.8 of every colour, and some red, green and blue."""

    model = "tint"

    def __init__(self) -> None:
        self.seen: list[RgbImage | FloatImage] = []

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        self.seen.extend(faces)
        tinted = (np.asarray(face, dtype=np.float64) * 0.8 + (50, 10, 30) for face in faces)
        return [np.rint(face.clip(0, 255)).astype(np.uint8) for face in tinted]


class Parsing:
    """Sees the same in every face."""

    def __init__(self, classes: ClassMap) -> None:
        self._classes = classes

    def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        return [self._classes] * len(faces)


def _inverted(photo: PhotoArray, outscale: float) -> PhotoArray:
    return 255 - np.repeat(np.repeat(photo, 3, axis=0), 3, axis=1)


def _doubled(photo: PhotoArray, outscale: float) -> PhotoArray:
    enlarged: npt.NDArray[np.uint8 | np.uint16] = np.asarray(
        cv2.resize(photo, None, fx=outscale, fy=outscale), dtype=photo.dtype
    )
    return enlarged


def _faces(*points: FivePoints) -> list[FoundFace]:
    return [
        FoundFace(id=index, box=(0.0, 0.0, 1.0, 1.0), score=0.99, landmarks=five)
        for index, five in enumerate(points)
    ]


def _template(scale_ratio: float, x: float, y: float) -> FivePoints:
    return fixtures.five(np.array(TEMPLATE) * scale_ratio + (x, y))


def _photo(height: int = 120, width: int = 160) -> RgbImage:
    return np.random.default_rng(9).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _case_names() -> list[str]:
    return list(fixtures.cases()) if (SHARED / "parity").is_dir() else []


@needs_shared("parity")
@pytest.mark.parametrize("name", _case_names())
def test_the_pasted_picture_is_the_official_one(name: str) -> None:
    case = fixtures.cases()[name]
    parser = None
    if case["use_parse"]:
        parser = Parsing(fixtures.picture(f"parse_map_{case['parse_map']}").astype(np.uint8))
    enlarger = None
    if "background" in case:
        enlarger = _inverted if case["background"].startswith("255") else _doubled
    networks = Networks(network=Tinting(), parser=parser, enlarger=enlarger)

    result = enhance(
        fixtures.picture(case["input"]), _faces(*fixtures.points_of(name)), networks, upscale=case["upscale"]
    )

    expected = fixtures.picture(name)
    assert result.image is not None
    assert (result.image.dtype, result.image.shape) == (expected.dtype, expected.shape)
    # exact with OpenCV 4.14; from 4.10 on at most one level on 0.01 % of values
    far = np.abs(result.image.astype(int) - expected.astype(int))
    assert far.max() <= 1
    assert (far > 0).mean() <= 1e-4


def test_a_photo_of_16_bits_is_one_with_a_value_above_256() -> None:
    dark = np.full((4, 5), 256, dtype=np.uint16)
    bright = np.full((4, 5, 4), 65535, dtype=np.uint16)

    assert read_image(dark).dtype == np.uint16
    assert read_image(dark).shape == (4, 5, 3)
    assert read_image(bright).dtype == np.float64
    assert read_image(bright).shape == (4, 5, 3)
    assert (read_image(bright) == 255.0).all()


def test_faces_too_small_or_without_points_or_sense_are_left_out() -> None:
    kept = _template(0.05, 10, 10)  # 6.3 pixels between the eyes
    small = _template(0.039, 10, 10)  # 4.9
    senseless: FivePoints = ((0.0, 0.0), (9.0, 0.0), *((float("nan"), 1.0),) * 3)
    found = [*_faces(kept, small, senseless), FoundFace(id=3, box=(0, 0, 9, 9), score=1.0)]

    chosen = faces_to_restore(found, _photo())

    assert [face.id for face, _ in chosen] == [0]


def test_only_the_face_nearest_to_the_centre_is_restored_if_asked() -> None:
    boxes = [(0.0, 0.0, 40.0, 40.0), (60.0, 30.0, 90.0, 80.0), (100.0, 60.0, 160.0, 120.0)]
    found = [
        FoundFace(id=index, box=box, score=1 - index / 10, landmarks=_template(0.1, box[0], box[1]))
        for index, box in enumerate(boxes)
    ]

    result = enhance(_photo(), found, Networks(network=Tinting()), only_center_face=True)

    assert [face.id for face in result.faces] == [1]
    assert len(result.crops) == len(result.restored) == 1


def test_an_aligned_photo_of_any_size_is_squeezed_and_not_pasted() -> None:
    photo, network = _photo(400, 333), Tinting()

    result = enhance(photo, [], Networks(network=network), has_aligned=True)

    assert result.image is None
    assert result.faces == ()
    assert np.array_equal(result.crops[0], cv2.resize(photo, (512, 512)))
    assert np.array_equal(result.restored[0], Tinting()([result.crops[0].astype(np.uint8)])[0])


def test_an_aligned_gray_photo_of_16_bits_reaches_the_network_as_a_photo() -> None:
    network = Tinting()

    enhance(np.full((80, 80), 65535, dtype=np.uint16), [], Networks(network=network), has_aligned=True)

    assert network.seen[0].dtype == np.float32
    assert network.seen[0].shape == (512, 512, 3)
    assert (network.seen[0] == 255).all()


def test_without_pasting_faces_come_alone() -> None:
    found = _faces(_template(0.2, 10, 5))

    result = enhance(_photo(), found, Networks(network=Tinting()), paste_back=False)

    assert result.image is None
    assert result.crops[0].shape == result.restored[0].shape == (512, 512, 3)


@pytest.mark.parametrize(("upscale", "shape"), [(1, (121, 160)), (1.5, (181, 240)), (2, (242, 320))])
def test_a_photo_without_faces_is_only_enlarged(upscale: float, shape: tuple[int, int]) -> None:
    photo, network = _photo(121), Tinting()

    result = enhance(photo, [], Networks(network=network), upscale=upscale)

    assert network.seen == []
    expected = cv2.resize(photo, shape[::-1], interpolation=cv2.INTER_LANCZOS4)
    assert result.image is not None
    assert np.array_equal(result.image, expected)


def test_the_background_keeps_its_transparency_and_a_gray_one_gets_colours() -> None:
    alpha = np.dstack([_photo(), np.full((120, 160), 77, dtype=np.uint8)])
    found, networks = _faces(_template(0.2, 10, 5)), Networks(network=Tinting(), enlarger=_doubled)

    transparent = enhance(alpha, found, networks).image
    gray = enhance(_photo()[..., 0], found, networks).image

    assert transparent is not None and gray is not None
    assert transparent.shape == (240, 320, 4)
    assert (transparent[..., 3] == 77).all()
    assert gray.shape == (240, 320, 3)


def test_later_faces_cover_earlier_ones() -> None:
    points = _template(0.2, 10, 5)

    class Flat(Tinting):
        def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
            return [np.full((512, 512, 3), 40 * (index + 1), dtype=np.uint8) for index in range(len(faces))]

    result = enhance(_photo(), _faces(points, points), Networks(network=Flat()), upscale=1)

    assert result.image is not None
    assert result.image[60, 60].tolist() == [80, 80, 80]
