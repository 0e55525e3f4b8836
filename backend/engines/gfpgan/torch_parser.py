"""ParseNet behind the seam `FaceParser`: pictures in, class maps out.

Apart from the network, which knows tensors only, and from the masks, which know no network.
"""

import copy
from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.domain.errors import OutOfMemory
from backend.engines.gfpgan.seams import FACE_PX, ClassMap
from backend.engines.memory import is_out_of_memory
from backend.media.types import RgbImage
from backend.networks.parsenet import ParseNet
from backend.networks.parsenet_folded import FoldedParseNet
from backend.networks.state import State

ParserSide = Literal[512, 256]

# A processor gains nothing from more at once, and one at a time gives a face the same map in any company.
_FACES_AT_ONCE_ON_A_DEVICE = 8


class TorchParser:
    """A FaceParser. At 256 the network does a quarter of the work and its map is enlarged."""

    def __init__(self, network: nn.Module, *, device: torch.device, dtype: torch.dtype, side_px: ParserSide):
        self._device, self._dtype, self._side_px = device, dtype, side_px
        self._network = network.to(device=device, dtype=dtype)

    @classmethod
    def official(cls, state: State, device: torch.device) -> Self:
        """As the official pipeline runs it, for the mode that is compared with it.

        raises: WeightsRefused (architecture)
        """
        return cls(ParseNet.from_state(state), device=device, dtype=torch.float32, side_px=512)

    @classmethod
    def fast(cls, state: State, *, device: torch.device, dtype: torch.dtype, side_px: ParserSide) -> Self:
        """Folded, in any precision; a few pixels at the classes' borders come out otherwise.

        raises: WeightsRefused (architecture)
        """
        network = FoldedParseNet.from_state(state)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's types
        return cls(network, device=device, dtype=dtype, side_px=side_px)

    def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        """faces: uint8 (512, 512, 3) RGB -> uint8 (512, 512) each.

        raises: OutOfMemory, when one face is too much for the device and for the CPU
        """
        maps: list[ClassMap] = []
        at_once = 1 if self._device.type == "cpu" else _FACES_AT_ONCE_ON_A_DEVICE
        while len(maps) < len(faces):
            batch = faces[len(maps) : len(maps) + at_once]
            try:
                maps.extend(self._parsed(batch))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if len(batch) == 1:
                    return maps + self._on_cpu(faces[len(maps) :], error)
                at_once = len(batch) // 2
        return maps

    def _on_cpu(self, faces: Sequence[RgbImage], why: Exception) -> list[ClassMap]:
        if self._device.type == "cpu":
            raise OutOfMemory("not enough memory to parse one face") from why
        network = copy.deepcopy(self._network).cpu()
        return TorchParser(network, device=torch.device("cpu"), dtype=torch.float32, side_px=self._side_px)(
            faces
        )

    @torch.inference_mode()
    def _parsed(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        # Contiguous, as the official code has it: in another layout sums are done in another order.
        pixels = np.ascontiguousarray(np.stack(faces).transpose(0, 3, 1, 2), np.float32)
        x = torch.from_numpy(pixels).to(self._device)  # (N, 3, 512, 512)
        x = (x / 255 - 0.5) / 0.5
        if self._side_px != FACE_PX:
            x = F.interpolate(x, size=(self._side_px, self._side_px), mode="area")
        logits: Tensor = self._network(x.to(self._dtype)).float()  # (N, 19, side, side)
        if self._side_px != FACE_PX:
            logits = F.interpolate(logits, size=(FACE_PX, FACE_PX), mode="bilinear")
        return list(logits.argmax(dim=1).to(torch.uint8).cpu().numpy())
