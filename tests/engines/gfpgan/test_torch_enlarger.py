import numpy as np
import pytest
import torch
from torch import Tensor

from backend.domain.errors import OutOfMemory, WeightsRefused
from backend.engines.gfpgan.seams import Enlarger
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.media.types import FloatImage
from backend.networks.parsenet import ParseNet, ParseNetSize
from backend.networks.rrdbnet import RRDBNet, RRDBNetSize
from backend.networks.srvgg import SRVGGNetCompact, SRVGGSize

CPU = torch.device("cpu")


def rrdbnet(scale: int) -> RRDBNet:
    torch.manual_seed(scale)
    return RRDBNet(RRDBNetSize(features=8, growth=4, blocks=1, scale=scale)).eval().requires_grad_(False)


def a_tile(height_px: int, width_px: int) -> FloatImage:
    return np.random.default_rng(1).random((height_px, width_px, 3), np.float32)


@pytest.mark.parametrize("scale", [1, 2, 4])
@pytest.mark.parametrize(("height_px", "width_px"), [(8, 12), (7, 5), (1, 1), (1, 9)])
def test_any_size_comes_out_larger_by_the_scale(scale: int, height_px: int, width_px: int) -> None:
    enlarge: Enlarger = TorchEnlarger(rrdbnet(scale), model="x", device=CPU)

    made = enlarge(a_tile(height_px, width_px))

    assert made.shape == (height_px * scale, width_px * scale, 3)
    assert made.dtype == np.float32


def test_the_pixels_are_the_networks_own() -> None:
    network, tile = rrdbnet(2), a_tile(6, 4)

    made = TorchEnlarger(network, model="x", device=CPU)(tile)

    expected = network(torch.from_numpy(tile).permute(2, 0, 1)[None])[0].permute(1, 2, 0)
    assert np.array_equal(made, expected.numpy())


@pytest.mark.parametrize(
    "network", [rrdbnet(2), SRVGGNetCompact(SRVGGSize(features=8, inner_convs=2, scale=4))]
)
def test_a_file_that_enlarges_is_told_from_one_that_does_not(network: RRDBNet | SRVGGNetCompact) -> None:
    enlarger = TorchEnlarger.from_state(network.state_dict(), model="general", device=CPU)

    assert (enlarger.model, enlarger.scale) == ("general", network.scale)
    with pytest.raises(WeightsRefused, match="parsenet"):
        TorchEnlarger.from_state(
            ParseNet(ParseNetSize((4, 6), 1, (4,), 5)).state_dict(), model="x", device=CPU
        )


def test_half_precision_is_close_to_float32() -> None:
    tile = a_tile(16, 16)
    exact = TorchEnlarger(rrdbnet(2), model="x", device=CPU)(tile)

    rounded = TorchEnlarger(rrdbnet(2), model="x", device=CPU, dtype=torch.bfloat16)(tile)

    assert not np.array_equal(rounded, exact)
    assert np.abs(rounded - exact).max() < 0.02 * np.abs(exact).max()  # bfloat16 has 8 bits: 0.4 % a step


def test_a_tile_that_overflows_in_half_precision_is_done_again_in_float32() -> None:
    network = rrdbnet(2)
    network.conv_first.weight *= 1e6  # beyond float16's 65504
    tile = a_tile(6, 4)

    made = TorchEnlarger(network, model="x", device=CPU, dtype=torch.float16)(tile)

    assert np.array_equal(made, TorchEnlarger(network, model="x", device=CPU)(tile))


def test_weights_that_give_no_numbers_are_refused_and_nothing_is_returned() -> None:
    network = rrdbnet(2)
    network.conv_last.weight[0] = torch.nan

    with pytest.raises(WeightsRefused, match="general gives no numbers"):
        TorchEnlarger(network, model="general", device=CPU)(a_tile(4, 4))


class _Hungry(RRDBNet):
    def forward(self, x: Tensor) -> Tensor:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 byte")


def test_too_little_memory_is_named() -> None:
    network = _Hungry(RRDBNetSize(features=8, growth=4, blocks=1, scale=2))

    with pytest.raises(OutOfMemory, match="9 x 5"):
        TorchEnlarger(network, model="x", device=CPU)(a_tile(5, 9))


def on_a_full_card(monkeypatch: pytest.MonkeyPatch, last_tile_px: int | None) -> TorchEnlarger:
    """An enlarger whose card, which is played, has no memory left."""

    def full(_tile: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    enlarger = TorchEnlarger(rrdbnet(2), model="x", device=CPU, last_tile_px=last_tile_px)
    monkeypatch.setattr(enlarger, "_device", torch.device("meta"))
    monkeypatch.setattr(enlarger, "_enlarged", full)
    return enlarger


def test_a_tile_that_can_be_cut_smaller_does_not_go_to_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutOfMemory, match="12 x 10"):
        on_a_full_card(monkeypatch, last_tile_px=8)(a_tile(10, 12))


@pytest.mark.parametrize("last_tile_px", [None, 12])
def test_the_smallest_tile_goes_to_the_processor(
    monkeypatch: pytest.MonkeyPatch, last_tile_px: int | None
) -> None:
    made = on_a_full_card(monkeypatch, last_tile_px)(a_tile(10, 12))

    assert np.array_equal(made, TorchEnlarger(rrdbnet(2), model="x", device=CPU)(a_tile(10, 12)))
