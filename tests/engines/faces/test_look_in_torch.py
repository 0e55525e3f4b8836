"""A network behind the seam: any size, a batch as one by one, and memory that runs out."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from backend.domain.errors import OutOfMemory
from backend.engines.faces.torch_look import TorchLook, finder_from
from backend.networks.retinaface.network import RawFaces, RetinaFace
from backend.networks.retinaface.trunks import MOBILE_CHANNELS, MobileNetQuarter
from backend.networks.retinaface.variants import OFFICIAL, SMALL
from tests.builders import a_photo


def untrained() -> RetinaFace:
    """Small enough numbers everywhere: a detector that takes nothing for a face."""
    torch.manual_seed(3)
    return RetinaFace(MobileNetQuarter(leaks=True), MOBILE_CHANNELS, 64, leaks=True).eval()


@pytest.mark.parametrize("size_px", [(1, 1), (90, 2)])
def test_a_picture_of_any_size_can_be_searched(size_px: tuple[int, int]) -> None:
    find = finder_from(untrained().state_dict(), OFFICIAL, only_upright=True)

    assert find(np.full((*size_px, 3), 200, np.uint8)) == ()


def test_pictures_in_a_batch_show_what_each_shows_alone() -> None:
    look = TorchLook(untrained(), SMALL)
    pictures = [a_photo(96, 64, seed) for seed in range(3)]

    together = look(pictures, 0.4)

    assert any(together)
    for picture, seen in zip(pictures, together, strict=True):
        (alone,) = look([picture], 0.4)
        assert len(alone) == len(seen)
        # float32 sums in another order
        np.testing.assert_allclose([one.score for one in seen], [one.score for one in alone], atol=1e-5)


def test_colours_reach_the_network_as_blue_green_red_without_their_mean() -> None:
    given: list[Tensor] = []

    class Spy(RetinaFace):
        def forward(self, x: Tensor) -> RawFaces:
            given.append(x)
            return super().forward(x)

    look = TorchLook(Spy(MobileNetQuarter(leaks=True), MOBILE_CHANNELS, 64, leaks=True).eval(), OFFICIAL)

    look([np.full((32, 32, 3), (10, 20, 30), np.uint8)], 0.9)

    assert given[0][0, :, 0, 0].tolist() == [30.0 - 104, 20.0 - 117, 10.0 - 123]


def test_memory_that_runs_out_is_named() -> None:
    network = untrained()
    network.body = Failing(lambda: torch.OutOfMemoryError("CUDA out of memory"))

    with pytest.raises(OutOfMemory, match="96x64"):
        TorchLook(network, OFFICIAL)([a_photo(96, 64)], 0.5)


class Failing(nn.Module):
    def __init__(self, error: Callable[[], Exception]) -> None:
        super().__init__()
        self._error = error

    def forward(self, x: Tensor) -> Tensor:
        raise self._error()
