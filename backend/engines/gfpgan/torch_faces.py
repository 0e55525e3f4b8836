"""Aligned faces restored by a torch network, on the processor or a graphics card.

The only place where faces and torch meet; everything around it works on pixels and can be tested with a fake.
"""

import copy
import logging
from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import nn

from backend.engines.gfpgan.face_batches import restore_in_batches
from backend.engines.gfpgan.face_pixels import Batch, to_batch
from backend.engines.gfpgan.finished_faces import FinishedFaces
from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.engines.gfpgan.seams import FACE_PX
from backend.media.types import FloatImage, RgbImage
from backend.networks import restoreformer
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.swift import swift

logger = logging.getLogger(__name__)

_CARD_BATCH = 8  # faces at a time; on a processor more than one is slower: 0.61 of the speed at 4
LEAST_DB = 40.0  # bfloat16 against float32; with less, bfloat16 is too coarse for these weights


class TorchFaceNetwork:
    """A FaceNetwork. Holds weights and the last few faces it finished, nothing about a request.

    On a processor faces are restored one at a time, so the same face gives the same bytes whatever else is
    asked for. On a graphics card the batch may move a value by a level.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        model: str,
        device: torch.device,
        precision: torch.dtype,
        plain: bool = False,
    ) -> None:
        """Rearrange the network for speed and check that it still restores.

        network:   float32, (N, 3, S, S) RGB in [-1, 1] -> the same; not changed
        precision: float32 or bfloat16, unless that proves too coarse for these weights
        plain:     leave it as it is, in float32: what is compared with the official code
        """
        self.model = model
        self._finished = FinishedFaces()
        self._device = device
        self._spare = network if plain else _rearranged(network, precision, device)  # stays on the processor
        self._network = self._spare if device.type == "cpu" else copy.deepcopy(self._spare).to(device)

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        """See FaceNetwork."""
        return self._finished.or_made(faces, self._restore)

    def _restore(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        on_processor = partial(_run, self._spare, torch.device("cpu"))
        if self._device.type == "cpu":
            return restore_in_batches(on_processor, faces, at_once=1, spare=None)
        on_card = partial(_run, self._network, self._device)
        return restore_in_batches(on_card, faces, at_once=_CARD_BATCH, spare=on_processor)


@torch.no_grad()
def _run(network: nn.Module, device: torch.device, batch: Batch) -> Batch:
    restored: torch.Tensor = network(torch.from_numpy(batch).to(device))
    return restored.cpu().numpy()


def _rearranged(network: nn.Module, precision: torch.dtype, device: torch.device) -> nn.Module:
    """The fast form, once tried on a drawn face: bfloat16 that strays too far from float32 is not used."""
    fast = _swift(network, precision)
    if precision == torch.float32:
        return fast
    side = network.size.side if isinstance(network, Gfpgan) else FACE_PX
    face = to_batch([draw_sample_face(side)])
    tried = fast if device.type == "cpu" else copy.deepcopy(fast).to(device)  # where it will run
    decibels = psnr(_run(network, torch.device("cpu"), face), _run(tried, device, face))
    if decibels >= LEAST_DB:
        return fast
    logger.warning("bfloat16 is too coarse for these weights, using float32", extra={"decibels": decibels})
    return _swift(network, torch.float32)


def _swift(network: nn.Module, precision: torch.dtype) -> nn.Module:
    if isinstance(network, Gfpgan):
        return swift(network, precision)
    if isinstance(network, restoreformer.RestoreFormer):
        return restoreformer.swift(network, precision)
    raise TypeError(f"{type(network).__name__} has no fast form; load it with plain=True")


def psnr(one: Batch, other: Batch) -> float:
    """Decibels between pictures as they are shown, clipped to [-1, 1]; not a number is endless error."""
    error = float(np.square(np.clip(one, -1, 1) - np.clip(other, -1, 1), dtype=np.float64).mean())
    return float(10 * np.log10(4 / max(error, 1e-20))) if np.isfinite(error) else -np.inf
