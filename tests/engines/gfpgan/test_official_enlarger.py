import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidOption
from backend.engines.gfpgan.official_enlarger import AnyDepth, OfficialTiles, enlarge_officially
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.media.types import FloatImage
from tests.networks.fixtures import fixture
from tests.shared_data import needs_shared


class _Repeater:
    """An Enlarger that repeats pixels and remembers the tiles it was given."""

    model = "repeat"

    def __init__(self, scale: int = 2) -> None:
        self.scale = scale
        self.tiles: list[tuple[int, int]] = []

    def __call__(self, tile: FloatImage) -> FloatImage:
        self.tiles.append(tile.shape[:2])
        return tile.repeat(self.scale, 0).repeat(self.scale, 1)


def noise(*shape: int, bits: int = 8) -> AnyDepth:
    numbers = np.random.default_rng(5).integers(0, 2**bits, shape)
    return numbers.astype(np.uint8) if bits == 8 else numbers.astype(np.uint16)


@given(
    height_px=st.integers(1, 40),
    width_px=st.integers(1, 40),
    tile_px=st.integers(0, 16),
    pad_px=st.integers(0, 6),
    scale=st.sampled_from([1, 2, 3, 4]),
)
def test_cut_into_any_tiles_every_pixel_comes_from_its_place(
    height_px: int, width_px: int, tile_px: int, pad_px: int, scale: int
) -> None:
    picture = noise(height_px, width_px, 3)

    made = enlarge_officially(picture, _Repeater(scale), tiles=OfficialTiles(tile_px=tile_px, pad_px=pad_px))

    assert np.array_equal(made, picture.repeat(scale, 0).repeat(scale, 1))


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3), (5, 4, 4)])
@pytest.mark.parametrize("bits", [8, 16])
def test_gray_alpha_and_depth_come_back_as_they_were_given(shape: tuple[int, ...], bits: int) -> None:
    picture = noise(*shape, bits=bits)

    made = enlarge_officially(picture, _Repeater())

    assert made.dtype == picture.dtype
    assert np.array_equal(made, picture.repeat(2, 0).repeat(2, 1))


def test_sixteen_bits_that_are_hardly_used_count_as_eight() -> None:
    picture = np.full((4, 4, 3), 200, np.uint16)

    made = enlarge_officially(picture, _Repeater())

    assert made.dtype == np.uint8
    assert (made == 200).all()


def test_another_scale_than_the_networks_cuts_fractions_of_pixels() -> None:
    made = enlarge_officially(noise(5, 7, 3), _Repeater(), outscale=1.5)

    assert made.shape == (7, 10, 3)


def test_resized_transparency_takes_no_second_pass() -> None:
    enlarger = _Repeater()

    enlarge_officially(noise(6, 6, 4), enlarger, alpha="resize")

    assert len(enlarger.tiles) == 1


def test_the_network_sees_even_sides_and_the_padding_asked_for() -> None:
    enlarger = _Repeater()

    enlarge_officially(noise(5, 8, 3), enlarger, tiles=OfficialTiles(pre_pad_px=3))

    assert enlarger.tiles == [(8, 12)]


def test_tiles_of_a_negative_size_are_refused() -> None:
    with pytest.raises(InvalidOption):
        OfficialTiles(tile_px=-1)


@needs_shared("parity")
@pytest.mark.parametrize("name", ["x2_rgba", "x2_dark16", "x4_outscale_3_5"])
def test_the_official_pixels_come_out(name: str) -> None:
    one = fixture("realesrganer_modes")
    case = one.table("cases")[name]
    seed, options, asked = case["seed"], case["constructor"], case["enhance"]
    assert isinstance(seed, int) and isinstance(options, dict) and isinstance(asked, dict)
    state = one.seeded(f"manifests/{case['manifest']}.json", seed)
    enlarger = TorchEnlarger.from_state(state, model=name, device=torch.device("cpu"))
    tiles = OfficialTiles(tile_px=options["tile"], pad_px=options["tile_pad"], pre_pad_px=options["pre_pad"])
    picture = one.picture(f"input_{case['input']}")

    made = enlarge_officially(picture, enlarger, outscale=asked.get("outscale"), tiles=tiles)

    expected = one.picture(name)
    assert made.dtype == expected.dtype
    assert np.abs(made.astype(int) - expected.astype(int)).max() <= 1  # other processors sum in another order
