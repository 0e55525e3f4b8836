"""RRDBNet and SRVGGNetCompact behind the seam `Enlarger`: a tile in, a larger tile out.

Apart from tiling, which knows no network: `official_enlarger.py` does it as the official code does.
"""

import copy
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor

from backend.domain.errors import OutOfMemory, WeightsRefused
from backend.engines.memory import is_out_of_memory
from backend.media.types import FloatImage
from backend.networks.recognise import NetworkKind, build, recognise
from backend.networks.rrdbnet import RRDBNet
from backend.networks.srvgg import SRVGGNetCompact
from backend.networks.state import State

_ENLARGING = (NetworkKind.RRDBNET, NetworkKind.SRVGG)


class TorchEnlarger:
    """An Enlarger. In half precision it watches for overflow and does such a tile again in float32."""

    def __init__(
        self,
        network: RRDBNet | SRVGGNetCompact,
        *,
        model: str,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        last_tile_px: int | None = None,
    ) -> None:
        """Put the network where it runs.

        last_tile_px: a larger tile is left to whoever can cut it smaller; None = nobody can, and a tile that
                      is too much for the device goes to the processor
        """
        self._last_tile_px = last_tile_px
        self._exact = network  # float32, on the CPU until it is needed elsewhere
        self._model, self._device, self._dtype = model, device, dtype
        self._network = network.to(device) if dtype == torch.float32 else _rounded(network, device, dtype)

    @classmethod
    def from_state(
        cls,
        state: State,
        *,
        model: str,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        last_tile_px: int | None = None,
    ) -> Self:
        """Either network, told by its tensors.

        raises: WeightsRefused (architecture)
        """
        kind = recognise(state)
        network = build(state, kind) if kind in _ENLARGING else None
        if not isinstance(network, RRDBNet | SRVGGNetCompact):
            raise WeightsRefused(
                f"this network ({kind.value}) does not enlarge", params={"reason": "architecture"}
            )
        return cls(network, model=model, device=device, dtype=dtype, last_tile_px=last_tile_px)

    @property
    def model(self) -> str:
        """Which weights."""
        return self._model

    @property
    def scale(self) -> int:
        """Output side / input side."""
        return self._exact.scale

    def __call__(self, tile: FloatImage) -> FloatImage:
        """tile: float32 (h, w, 3) RGB in [0, 1] -> float32 (h * scale, w * scale, 3), not clipped.

        raises: OutOfMemory, when the tile can be cut smaller, or is too much for the CPU too
        """
        try:
            return self._enlarged(tile)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            why = error
        can_be_cut = self._last_tile_px is not None and max(tile.shape[:2]) > self._last_tile_px
        if self._device.type == "cpu" or can_be_cut:
            raise OutOfMemory(f"not enough memory for a tile of {tile.shape[1]} x {tile.shape[0]}") from why
        torch.cuda.empty_cache()
        on_cpu = copy.deepcopy(self._exact).cpu()
        return TorchEnlarger(on_cpu, model=self._model, device=torch.device("cpu"))(tile)

    @torch.inference_mode()
    def _enlarged(self, tile: FloatImage) -> FloatImage:
        height, width = tile.shape[:2]
        # Contiguous, as the official code has it: in another layout sums are done in another order.
        pixels = np.ascontiguousarray(tile.transpose(2, 0, 1)[None], np.float32)
        x = _padded(torch.from_numpy(pixels).to(self._device), self._multiple)
        y: Tensor = self._network(x.to(self._dtype)).float()
        if self._dtype != torch.float32 and not y.isfinite().all():
            y = self._exact.to(self._device)(x)
        if not y.isfinite().all():
            raise WeightsRefused(
                f"{self._model} gives no numbers for this picture", params={"reason": "unreadable"}
            )
        return y[0, :, : height * self.scale, : width * self.scale].permute(1, 2, 0).cpu().numpy()

    @property
    def _multiple(self) -> int:
        """What sides must be a multiple of."""
        return self._exact.fold if isinstance(self._exact, RRDBNet) else 1


def _rounded(
    network: RRDBNet | SRVGGNetCompact, device: torch.device, dtype: torch.dtype
) -> RRDBNet | SRVGGNetCompact:
    """A copy in half precision, in the layout that is fastest there. Float32 keeps the official one."""
    rounded = copy.deepcopy(network).to(device=device, dtype=dtype)
    rounded.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's types
    return rounded


def _padded(x: Tensor, multiple: int) -> Tensor:
    """Mirrored at the right and the bottom, or repeated where the tile is too small to be mirrored."""
    height, width = x.shape[2:]
    down, right = -height % multiple, -width % multiple
    mode = "reflect" if down < height and right < width else "replicate"
    return F.pad(x, (0, right, 0, down), mode=mode) if down or right else x
