"""The First Order Motion Model with OpenVINO, the fastest way on a processor; the package is optional.

Kept apart from `torch_network.py` so that nothing else needs the package or knows of it. OpenVINO has the
hourglass of dense motion and the residual blocks, where it is faster; places, warps and the drawing, where it
is not, stay with torch.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.engines.openvino_models import Compiled, OpenVinoModels, run
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector
from backend.networks.first_order.swift import SwiftGenerator, joined_maps
from backend.networks.state import fingerprint_of

_LAYOUT = "first-order-1"  # of the converted networks; another number for another way to convert


class OpenVinoMotionNetwork(TorchMotionNetwork):
    """A MotionNetwork on the processor. Holds weights, and nothing about a film."""

    def __init__(
        self,
        generator: Generator,
        detector: KeypointDetector,
        *,
        model: str,
        fingerprint: str,
        precision: torch.dtype,
        cache: Path,
        side_px: int = 256,
        library: str = "openvino",
    ) -> None:
        """Convert the networks, or read what an earlier conversion left in the cache.

        cache:   a folder; two networks take about 200 MB there. It goes by the weights themselves
        library: the package's name
        others:  see TorchMotionNetwork
        raises:  EngineUnavailable, where the package is not installed
        """
        known_as = fingerprint_of(generator.state_dict())

        def rearrange(plain: Generator, dtype: torch.dtype) -> SwiftGenerator:
            models = OpenVinoModels(cache, precision=dtype, layout=_LAYOUT, library=library)
            return OpenVinoGenerator(plain, dtype, models, f"{known_as[:32]}-{side_px}", side_px)

        super().__init__(
            generator,
            detector,
            model=model,
            fingerprint=fingerprint,
            device=torch.device("cpu"),
            precision=precision,
            side_px=side_px,
            rearrange=rearrange,
        )


class OpenVinoGenerator(SwiftGenerator):
    """A SwiftGenerator whose two heaviest parts are OpenVINO's."""

    def __init__(
        self, generator: Generator, dtype: torch.dtype, models: OpenVinoModels, known_as: str, side_px: int
    ) -> None:
        """known_as: tells weights and size apart in the cache; side_px: of the pictures."""
        super().__init__(generator, dtype)
        side = side_px >> len(generator.down_blocks)
        motion = generator.dense_motion_network
        seen, middle = generator.size.motion.hourglass.inputs, generator.size.down[-1]
        self._maps = models.compiled(
            f"{known_as}-maps",
            lambda: (nn.Sequential(motion.hourglass, joined_maps(motion)), (1, seen, side, side)),
        )
        self._residual = models.compiled(
            f"{known_as}-residual", lambda: (generator.bottleneck, (1, middle, side, side))
        )
        del self.hourglass, self.maps, self.bottleneck  # nothing here uses them

    def maps_of(self, seen: Tensor) -> Tensor:
        """See SwiftGenerator."""
        return _each(self._maps, seen)

    def refined(self, features: Tensor) -> Tensor:
        """See SwiftGenerator."""
        return _each(self._residual, features).to(self.dtype, memory_format=torch.channels_last)


def _each(compiled: Compiled, batch: Tensor) -> Tensor:
    """One at a time, which is as fast: float32 (N, ...)."""
    single = torch.split(batch.float().contiguous(), 1)
    return torch.cat([torch.from_numpy(run(compiled, one.numpy())) for one in single])
