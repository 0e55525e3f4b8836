import numpy as np
from PIL import Image

from backend.engines.builtin.restoration.analyse import is_mono
from backend.engines.builtin.restoration.lighting import evened
from backend.engines.builtin.restoration.yellowing import measure_yellowing
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import a_float_portrait, a_sepia_portrait, with_grain
from tests.shared_data import SHARED, needs_shared


def yellowed(photo: FloatImage, strength: float) -> FloatImage:
    """Edges that lost up to `strength` of their blue and less than half as much green."""
    height_px, width_px = photo.shape[:2]
    y, x = np.mgrid[0:height_px, 0:width_px]
    away = np.hypot(2 * x / width_px - 1, 2 * y / height_px - 1)
    stain = strength * np.clip(away - 0.5, 0.0, 1.0)[..., None]
    return np.asarray(photo * (1 - stain * np.array([0.0, 0.4, 1.0])), np.float32)


def blue_to_red(photo: FloatImage) -> FloatImage:
    return np.asarray(np.log((photo[..., 2] + 6) / (photo[..., 0] + 6)), np.float32)


def test_yellowed_edges_get_the_tint_of_the_rest() -> None:
    sepia = a_sepia_portrait()
    old = with_grain(yellowed(sepia, 0.35), 3.0)

    field = measure_yellowing(old)

    assert field is not None
    even = evened(old, field, 0, old.shape[0])
    is_light = sepia.max(axis=2) > 40  # in the dark, the ratio is that of grain
    before, after = (np.std((blue_to_red(photo) - blue_to_red(sepia))[is_light]) for photo in (old, even))
    assert after < 0.6 * before
    assert np.array_equal(even[..., 0], old[..., 0])


def test_a_print_too_yellowed_to_pass_for_one_tint_is_one_afterwards() -> None:
    old = with_grain(yellowed(a_sepia_portrait(), 0.6), 2.0)
    assert not is_mono(old)

    field = measure_yellowing(old)

    assert field is not None
    assert is_mono(evened(old, field, 0, old.shape[0]))


def test_one_tint_all_over_is_no_yellowing() -> None:
    assert measure_yellowing(a_sepia_portrait()) is None


def test_one_shade_all_over_is_no_yellowing() -> None:
    shade = np.full((64, 48, 3), 128, np.float32)  # no pixel of it is darker than the middle one

    assert measure_yellowing(shade) is None


def test_colours_are_no_yellowing() -> None:
    assert measure_yellowing(a_float_portrait()) is None
    assert measure_yellowing(yellowed(a_float_portrait(), 0.35)) is None


@needs_shared("data/photos")
@needs_shared("data/clean")
def test_sound_photos_are_not_yellowed() -> None:
    paths = [*(SHARED / "data/photos").glob("0[1-8]*"), *(SHARED / "data/clean").glob("*.jpg")]

    found = [path.name for path in paths if measure_yellowing(_read(path)) is not None]

    assert found == []


def _read(path: object) -> FloatImage:
    return np.asarray(Image.open(str(path)).convert("RGB"), np.float32)
