"""Aligned faces restored by OpenVINO, the fastest way on a processor; the package is optional.

Kept apart from `torch_faces.py` so that nothing else needs the package or knows of it.
"""

import importlib
import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import torch

from backend.domain.errors import EngineUnavailable
from backend.engines.gfpgan.face_batches import restore_in_batches
from backend.engines.gfpgan.face_pixels import Batch
from backend.engines.gfpgan.finished_faces import FinishedFaces
from backend.media.types import FloatImage, RgbImage
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.swift import swift

logger = logging.getLogger(__name__)

_LAYOUT = "1"  # of the converted network; another number for another way to convert
_HINTS = {torch.float32: "f32", torch.bfloat16: "bf16"}


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
        openvino = _imported(library)
        path = cache / f"{fingerprint}-{openvino.__version__.split('-')[0]}-{_LAYOUT}.xml"
        source = path if path.is_file() else _kept(openvino, _converted(openvino, build()), path)
        self.model, self.precision = model, precision
        self._compiled = openvino.Core().compile_model(
            source, "CPU", {"INFERENCE_PRECISION_HINT": _HINTS[precision]}
        )
        self._finished = FinishedFaces()

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        """See FaceNetwork."""
        return self._finished.or_made(faces, self._restore)

    def _restore(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        return restore_in_batches(self._run, faces, at_once=1, spare=None)

    def _run(self, batch: Batch) -> Batch:
        # a request of its own for each call: two threads must not share one
        restored: Batch = self._compiled.create_infer_request().infer([batch])[0]
        return restored


def _imported(library: str) -> ModuleType:
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise EngineUnavailable(
            "OpenVINO is not installed here: pip install --group openvino, or choose the device cpu"
        ) from error


def _converted(openvino: ModuleType, network: Gfpgan) -> object:
    side = network.size.side
    example = torch.zeros(1, 3, side, side)
    with torch.no_grad(), warnings.catch_warnings():
        # tracing warns of each shape that becomes a constant; here they should, there is one shape
        warnings.simplefilter("ignore")
        converted: object = openvino.convert_model(
            swift(network, torch.float32), example_input=example, input=[1, 3, side, side]
        )
    return converted


def _kept(openvino: ModuleType, converted: object, path: Path) -> object:
    """Where it is kept now; itself where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # a folder of its own: another process may be converting the same network
        with TemporaryDirectory(prefix="part-", dir=path.parent) as part:
            openvino.save_model(converted, Path(part) / path.name, compress_to_fp16=False)
            # the weights first: a file of the final name is whole, however the process ends
            for name in (path.with_suffix(".bin").name, path.name):
                (Path(part) / name).replace(path.with_name(name))
    except (OSError, RuntimeError) as error:  # OpenVINO's own word for a full disk is the second
        logger.warning("the converted network is not kept", extra={"reason": type(error).__name__})
        return converted
    logger.info("network converted for OpenVINO", extra={"bytes": path.with_suffix(".bin").stat().st_size})
    return path
