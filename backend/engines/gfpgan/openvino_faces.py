"""Aligned faces restored by OpenVINO, the fastest way on a processor; the package is optional.

Kept apart from `torch_faces.py` so that nothing else needs the package or knows of it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from backend.engines.gfpgan.face_batches import restore_in_batches
from backend.engines.gfpgan.face_pixels import Batch
from backend.engines.gfpgan.finished_faces import FinishedFaces
from backend.engines.openvino_models import OpenVinoModels, run
from backend.media.types import FloatImage, RgbImage
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.swift import swift

_LAYOUT = "1"  # of the converted network; another number for another way to convert


class OpenVinoFaceNetwork:
    """A FaceNetwork on the processor. Holds weights and the last few faces, nothing about a request."""

    def __init__(
        self,
        build: Callable[[], Gfpgan],
        *,
        model: str,
        precision: torch.dtype,
        cache: Path,
        fingerprint: str,
        library: str = "openvino",
    ) -> None:
        """Convert the network, or read what an earlier conversion left in the cache.

        build:       loads the network; called only where the cache has nothing
        precision:   float32 or bfloat16; here all of it, not only large features
        cache:       a folder; one network takes as many bytes there as its weights file. Where it cannot be
                     written, the network is converted each time
        fingerprint: of the weights, such as their SHA-256: what the cache goes by
        library:     the package's name
        raises:      EngineUnavailable, where the package is not installed
        """
        models = OpenVinoModels(cache, precision=precision, layout=_LAYOUT, library=library)
        self.model, self.precision = model, precision
        self._compiled = models.compiled(fingerprint, lambda: _fast(build()))
        self._finished = FinishedFaces()

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        """See FaceNetwork."""
        return self._finished.or_made(faces, self._restore)

    def _restore(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        return restore_in_batches(self._run, faces, at_once=1, spare=None)

    def _run(self, batch: Batch) -> Batch:
        return run(self._compiled, batch)


def _fast(network: Gfpgan) -> tuple[Gfpgan, tuple[int, ...]]:
    side = network.size.side
    return swift(network, torch.float32), (1, 3, side, side)
