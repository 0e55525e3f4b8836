from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from backend.domain.errors import OutOfMemory
from backend.engines.api import RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.builtin.restoration.engine import BuiltinRestorer, Repaired
from backend.engines.builtin.restoration.planes import to_bytes
from backend.engines.gfpgan.background import by_builtin, by_network, left_as_it_is
from backend.engines.gfpgan.seams import Enlarger
from backend.media.types import FloatImage, RgbImage
from tests.builders import a_photo, a_portrait
from tests.engines.builtin.restoration.pictures import a_sepia_portrait, faded
from tests.engines.gfpgan.fake_models import RepeatingEnlarger

BUILTIN = BuiltinRestorer()
TWICE = RestoreOptions(upscale="2")


@dataclass
class Short:
    """Has memory for tiles up to `most_px`."""

    most_px: int
    scale: int = 2
    model: str = "short"
    sides: list[int] = field(default_factory=list)

    def __call__(self, tile: FloatImage) -> FloatImage:
        self.sides.append(tile.shape[0])
        if tile.shape[0] > self.most_px:
            raise OutOfMemory
        return RepeatingEnlarger()(tile)


def repaired(photo: RgbImage, *, only_damage: bool = False) -> Repaired:
    return BUILTIN.repair(SourcePhoto(pixels=photo), TWICE, no_checkpoint, only_damage=only_damage)


def drawn(photo: RgbImage, enlarger: Enlarger) -> RgbImage:
    return by_network(BUILTIN, repaired(photo), TWICE, enlarger, 2, no_checkpoint).image


def test_left_alone_it_is_the_photo_to_the_last_bit() -> None:
    photo = a_portrait()

    rest = left_as_it_is(repaired(photo, only_damage=True), 1)

    assert np.array_equal(rest.image, photo)
    assert rest.notes == ()
    assert rest.tone.is_idle


def test_left_alone_it_is_enlarged_by_lanczos() -> None:
    photo = a_portrait()

    rest = left_as_it_is(repaired(photo, only_damage=True), 2)

    assert np.array_equal(rest.image, cv2.resize(photo, (512, 512), interpolation=cv2.INTER_LANCZOS4))
    assert rest.notes == ("enlarged_2x",)


def test_the_built_in_engine_makes_what_it_makes_alone() -> None:
    worn = to_bytes(faded(a_sepia_portrait(), (55.0, 55.0, 55.0)))
    alone = BUILTIN.restore(SourcePhoto(pixels=worn), TWICE, no_checkpoint)

    rest = by_builtin(BUILTIN, repaired(worn), TWICE, no_checkpoint)

    assert np.array_equal(rest.image, alone.image)
    assert rest.notes == alone.notes
    assert not rest.tone.is_idle


def test_tiles_are_halved_until_memory_is_enough() -> None:
    photo = a_photo(600, 560)
    short = Short(most_px=128)

    result = drawn(photo, short)

    assert np.array_equal(result, drawn(photo, RepeatingEnlarger()))
    assert list(dict.fromkeys(short.sides)) == [512, 256, 128]


def test_too_little_memory_for_the_smallest_tile_is_an_error() -> None:
    with pytest.raises(OutOfMemory):
        drawn(a_photo(600, 560), Short(most_px=100))


def test_a_network_that_colours_does_not_colour_a_print_of_one_tint() -> None:
    @dataclass
    class Reddening(RepeatingEnlarger):
        def __call__(self, tile: FloatImage) -> FloatImage:
            return np.asarray(super().__call__(tile) + np.array([0.1, 0.0, -0.1]), np.float32)

    grey = np.repeat(a_portrait()[..., 1:2], 3, axis=2)

    assert np.ptp(drawn(grey, Reddening()), axis=2).max() == 0


def test_a_network_draws_on_corrected_tones() -> None:
    worn = to_bytes(faded(a_sepia_portrait(), (55.0, 55.0, 55.0)))

    rest = by_network(BUILTIN, repaired(worn), TWICE, RepeatingEnlarger(), 2, no_checkpoint)

    assert rest.notes == ("contrast_restored", "enlarged_2x", "background_by_model")
    assert rest.image.min() < worn.min() - 20
