"""The keypoint detector: where the parts of a face are, and how each of them is turned and stretched.

Siarohin et al., First Order Motion Model for Image Animation, 2019, section 3.2. Nobody has named the points:
the network found ten of its own, so those of one file mean nothing to another.
"""

from dataclasses import dataclass
from typing import Self

from torch import Tensor, nn

from backend.networks.dimensions import shape_of
from backend.networks.first_order.blocks import AntiAliasDown, Hourglass, HourglassSize, down_kernel
from backend.networks.first_order.geometry import coordinate_grid
from backend.networks.state import State, load_strictly

_NAME = "KeypointDetector (First Order Motion)"
_TEMPERATURE = 0.1  # of the soft-max over places; `temperature` of the official configurations


@dataclass(frozen=True, slots=True)
class Keypoints:
    """K points of N faces. float32.

    value:    (N, K, 2), x and y in [-1, 1], the centres of the outermost pixels
    jacobian: (N, K, 2, 2), the first-order part of the motion around each point
    """

    value: Tensor
    jacobian: Tensor


@dataclass(frozen=True, slots=True)
class DetectorSize:
    """Official: 3 -> (64, 128, 256, 512, 1024) -> (512, 256, 128, 64, 32), 10 points, a Gaussian of 13."""

    hourglass: HourglassSize
    points: int
    kernel: int | None  # of the anti-aliasing; None = no down-sampler

    @classmethod
    def of(cls, state: State) -> Self:
        """The size of the network that a state dict belongs to.

        raises: WeightsRefused (architecture)
        """
        return cls(
            hourglass=HourglassSize.of(state, "predictor", name=_NAME),
            points=shape_of(state, "kp.weight", name=_NAME, rank=4)[0],
            kernel=down_kernel(state, "down.weight", name=_NAME),
        )


class KeypointDetector(nn.Module):
    """float32 (N, 3, S, S) RGB in [0, 1] -> Keypoints. S is 256, or 512 for PaddleGAN's larger file."""

    def __init__(self, size: DetectorSize) -> None:
        super().__init__()
        self.size = size
        self.predictor = Hourglass(size.hourglass)
        # No padding: the maps are 6 pixels smaller, and still span [-1, 1].
        self.kp = nn.Conv2d(size.hourglass.outputs, size.points, 7)
        self.jacobian = nn.Conv2d(size.hourglass.outputs, 4 * size.points, 7)
        self.down = nn.Identity() if size.kernel is None else AntiAliasDown(3, size.kernel)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The network of an official file, in eval mode.

        raises: WeightsRefused (architecture)
        """
        size = DetectorSize.of(state)
        return load_strictly(lambda: cls(size), state, name=_NAME)

    def forward(self, x: Tensor) -> Keypoints:
        """Each point is the mean place under its heat map; its Jacobian the mean of a map under the same."""
        features = self.predictor(self.down(x))  # (N, 35, 64, 64)
        logits: Tensor = self.kp(features).float()  # (N, K, 58, 58)
        n, k, height_px, width_px = logits.shape
        heat = (logits.flatten(2) / _TEMPERATURE).softmax(dim=2)  # (N, K, 58 * 58)
        grid = coordinate_grid(height_px, width_px, x.device).view(1, 1, -1, 2)
        value = (heat[..., None] * grid).sum(dim=2)
        maps: Tensor = self.jacobian(features).float().view(n, k, 4, -1)
        jacobian = (heat[:, :, None] * maps).sum(dim=3).view(n, k, 2, 2)
        return Keypoints(value, jacobian)
