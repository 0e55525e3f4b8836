"""SRVGGNetCompact: the small network of realesr-general-x4v3, a straight row of convolutions.

Parameter names are those of the official files (101 tensors: `body.0` to `body.66`). Two of them are mixed
for less or more denoising (`mixed`), which the official code calls deep network interpolation.
"""

from dataclasses import dataclass
from typing import Self

import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused
from backend.networks.dimensions import count_blocks, shape_of
from backend.networks.state import State, load_strictly

_NAME = "SRVGGNetCompact"


@dataclass(frozen=True, slots=True)
class SRVGGSize:
    """The official network is 64, 32, scale 4."""

    features: int
    inner_convs: int  # between the first and the last
    scale: int  # output side / input side

    @classmethod
    def of(cls, state: State) -> Self:
        """The size of the network that a state dict belongs to.

        raises: WeightsRefused (architecture)
        """
        last = count_blocks(state, "body") - 1  # convolutions at even places, activations between
        features = shape_of(state, "body.0.weight", name=_NAME, rank=4)[0]
        channels = shape_of(state, f"body.{last}.weight", name=_NAME, rank=4)[0]
        scale = round((channels / 3) ** 0.5)
        if last < 2 or last % 2 or 3 * scale**2 != channels:
            raise WeightsRefused(
                f"this is not the network {_NAME} for RGB: it ends with body.{last} and {channels} channels",
                params={"reason": "architecture"},
            )
        return cls(features, last // 2 - 1, scale)


class SRVGGNetCompact(nn.Module):
    """float (N, 3, H, W) RGB in [0, 1] -> (N, 3, H * scale, W * scale), not clipped."""

    def __init__(self, size: SRVGGSize) -> None:
        super().__init__()
        self.scale = size.scale
        width = size.features
        self.body = nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.PReLU(width))
        for _ in range(size.inner_convs):
            self.body.extend((nn.Conv2d(width, width, 3, padding=1), nn.PReLU(width)))
        self.body.append(nn.Conv2d(width, 3 * size.scale**2, 3, padding=1))

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The network of an official file, in eval mode.

        raises: WeightsRefused (architecture)
        """
        size = SRVGGSize.of(state)
        return load_strictly(lambda: cls(size), state, name=_NAME)

    def forward(self, x: Tensor) -> Tensor:
        """The enlarged picture: what the row of convolutions adds to the repeated pixels."""
        added = F.pixel_shuffle(self.body(x), self.scale)
        return added + F.interpolate(x, scale_factor=self.scale, mode="nearest")

    def stages(self, x: Tensor) -> dict[str, Tensor]:
        """The result alone, as `image`."""
        return {"image": self(x)}


def mixed(general: State, other: State, share: float) -> dict[str, Tensor]:
    """`share` of the first network's weights and 1 - `share` of the second's, tensor by tensor.

    The official use: general = realesr-general-x4v3, other = realesr-general-wdn-x4v3 and
    share = the strength of the denoising, 0.0 to 1.0.
    """
    if {key: value.shape for key, value in general.items()} != {
        key: value.shape for key, value in other.items()
    }:
        raise WeightsRefused(
            "two networks can be mixed only where their tensors have the same names and shapes",
            params={"reason": "architecture"},
        )
    return {key: share * value + (1 - share) * other[key] for key, value in general.items()}
