"""Networks converted for OpenVINO and kept, for any engine; the package is optional.

Apart from the engines so that each says only what it converts, and nothing else knows of the package.
"""

import importlib
import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from backend.domain.errors import EngineUnavailable

logger = logging.getLogger(__name__)

_HINTS = {torch.float32: "f32", torch.bfloat16: "bf16"}

Numbers: TypeAlias = npt.NDArray[np.float32]


class _Request(Protocol):
    def infer(self, inputs: Sequence[Numbers]) -> Sequence[Numbers]: ...


class Compiled(Protocol):
    """A network as OpenVINO runs it."""

    def create_infer_request(self) -> _Request: ...


Build: TypeAlias = Callable[[], tuple[nn.Module, tuple[int, ...]]]
"""Makes a network, float32 to float32, and says the one shape of what it will be given."""


class OpenVinoModels:
    """Converts networks, or reads what an earlier conversion left in the cache. Safe to share."""

    def __init__(
        self, cache: Path, *, precision: torch.dtype, layout: str, library: str = "openvino"
    ) -> None:
        """Find the package.

        cache:     a folder; one network takes as many bytes there as its weights. Where it cannot be written,
                   the network is converted each time
        precision: float32 or bfloat16, for all of it
        layout:    of the converted networks; another word for another way to convert
        library:   the package's name
        raises:    EngineUnavailable, where the package is not installed
        """
        self._openvino = imported(library)
        self._cache, self._precision, self._layout = cache, precision, layout

    def compiled(self, fingerprint: str, build: Build) -> Compiled:
        """The network that is known by `fingerprint`. build: called only where the cache has nothing."""
        version = self._openvino.__version__.split("-")[0]
        path = self._cache / f"{fingerprint}-{version}-{self._layout}.xml"
        source = path if path.is_file() else _kept(self._openvino, self._converted(*build()), path)
        hints = {"INFERENCE_PRECISION_HINT": _HINTS[self._precision]}
        made: Compiled = self._openvino.Core().compile_model(source, "CPU", hints)
        return made

    def _converted(self, network: nn.Module, shape: tuple[int, ...]) -> object:
        with torch.no_grad(), warnings.catch_warnings():
            # tracing warns of each shape that becomes a constant; here they should, there is one shape
            warnings.simplefilter("ignore")
            converted: object = self._openvino.convert_model(
                network, example_input=torch.zeros(shape), input=list(shape)
            )
        return converted


def run(compiled: Compiled, numbers: Numbers) -> Numbers:
    """One call, with a request of its own: two threads must not share one."""
    return compiled.create_infer_request().infer([numbers])[0]


def imported(library: str) -> ModuleType:
    """The package.

    raises: EngineUnavailable, where it is not installed
    """
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise EngineUnavailable(
            "OpenVINO is not installed here: pip install --group openvino, or choose the device cpu"
        ) from error


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
