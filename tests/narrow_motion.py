"""A First Order Motion file that is small and quick, in the official layout: what servers offer in the tests.

The keypoint detector is seeded, with Jacobians as training begins with, the identity. The generator carries
the photo: what comes out is the photo, softened and a little paler, moved as a whole by its keypoints' mean.
"""

import io
import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from backend.networks.first_order.blocks import HourglassSize
from backend.networks.first_order.dense_motion import DenseMotionSize
from backend.networks.first_order.generator import Generator, GeneratorSize
from backend.networks.first_order.keypoints import DetectorSize, KeypointDetector

POINTS = 10
NARROW_DETECTOR = DetectorSize(HourglassSize(3, (8, 8), (8, 4)), POINTS, 13)
NARROW_GENERATOR = GeneratorSize(
    first=4,
    down=(4, 4),
    residual_blocks=1,
    up=(4, 4),
    motion=DenseMotionSize(HourglassSize(4 * (POINTS + 1), (8, 8), (8, 4)), POINTS, 13),
)
_SEEN = 12.0  # before the sigmoid: nothing is hidden
_CONTRAST = 4.0  # of the last sigmoid, whose slope is a quarter


def motion_file(seed: int = 7) -> bytes:
    """A file of vox-cpk's kind, about 50 kB, in torch's old format. Another seed finds other keypoints."""
    states = motion_states(seed)
    file = io.BytesIO()
    torch.save({**states, "epoch": 99}, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def motion_states(seed: int = 7) -> dict[str, dict[str, Tensor]]:
    """The state dicts in it, by the official names."""
    detector = _seeded(lambda: KeypointDetector(NARROW_DETECTOR), seed)
    detector["jacobian.weight"] = torch.zeros_like(detector["jacobian.weight"])
    detector["jacobian.bias"] = torch.eye(2).flatten().repeat(POINTS)
    generator = _seeded(lambda: Generator(NARROW_GENERATOR), seed + 1)
    _carry_the_photo(generator)
    return {"generator": generator, "kp_detector": detector}


def random_states(
    detector: DetectorSize = NARROW_DETECTOR, generator: GeneratorSize = NARROW_GENERATOR, *, seed: int = 7
) -> dict[str, dict[str, Tensor]]:
    """The same with nothing arranged: every number takes part in the result."""
    return {
        "generator": _seeded(lambda: Generator(generator), seed),
        "kp_detector": _seeded(lambda: KeypointDetector(detector), seed + 1),
    }


def anti_alias_kernel(side: int, channels: int = 3) -> Tensor:
    """`down.weight` as the official code makes it: a Gaussian that sums to 1. side: 13 for a fold of 4."""
    fold = (side + 3) // 4
    away = torch.arange(side, dtype=torch.float64) - (side - 1) / 2
    row = torch.exp(-away.square() / (2 * ((fold - 1) / 2) ** 2))
    kernel = row[:, None] * row
    return (kernel / kernel.sum()).float().expand(channels, 1, side, side).contiguous()


def _seeded(build: Callable[[], nn.Module], seed: int) -> dict[str, Tensor]:
    with torch.device("meta"):
        empty: Mapping[str, Tensor] = build().state_dict()
    random = torch.Generator().manual_seed(seed)
    state: dict[str, Tensor] = {}
    for key, tensor in empty.items():
        shape = tuple(tensor.shape)
        if key.endswith("num_batches_tracked"):
            state[key] = torch.zeros((), dtype=torch.int64)
        elif key.endswith("down.weight"):
            state[key] = anti_alias_kernel(shape[-1], shape[0])
        elif len(shape) == 4:
            state[key] = torch.randn(shape, generator=random) * 1.4 * math.prod(shape[1:]) ** -0.5
        else:
            is_scale = ".norm" in key and key.endswith(("weight", "running_var"))
            state[key] = float(is_scale) + torch.rand(shape, generator=random) * 0.2
    return state


def _carry_the_photo(state: dict[str, Tensor]) -> None:
    """Channels 0 to 2 are the photo, all the way; every point moves it with equal weight."""
    for block in ("first", "down_blocks.0", "down_blocks.1", "up_blocks.0", "up_blocks.1"):
        _pass_on(state, f"{block}.conv")
        _leave_alone(state, f"{block}.norm")
    _pass_on(state, "final", times=_CONTRAST)
    state["final.bias"][:] = -_CONTRAST / 2
    for name in ("weight", "bias"):  # a residual block then adds nothing
        state[f"bottleneck.r0.conv2.{name}"][:] = 0.0
        state[f"dense_motion_network.mask.{name}"][:] = 0.0
        state[f"dense_motion_network.occlusion.{name}"][:] = 0.0
    state["dense_motion_network.occlusion.bias"][:] = _SEEN


def _pass_on(state: dict[str, Tensor], conv: str, times: float = 1.0) -> None:
    weight = state[f"{conv}.weight"]
    weight[:] = 0.0
    middle = weight.shape[-1] // 2
    for channel in range(3):
        weight[channel, channel, middle, middle] = times
    state[f"{conv}.bias"][:] = 0.0


def _leave_alone(state: dict[str, Tensor], norm: str) -> None:
    state[f"{norm}.weight"][:] = 1.0
    state[f"{norm}.running_var"][:] = 1.0
    state[f"{norm}.bias"][:] = 0.0
    state[f"{norm}.running_mean"][:] = 0.0
