"""First Order Motion weights of the official sizes, seeded: what both sides of the benchmark load.

Apart from the sides because neither may know more of them than the file. The spreads keep signals alive
through all layers, and give the pictures contrast.
"""

from pathlib import Path
from typing import Final

import torch
from torch import nn

from backend.evaluation.parity.seeded_weights import ManifestEntry, seeded_state
from backend.networks.first_order.blocks import HourglassSize
from backend.networks.first_order.dense_motion import DenseMotionSize
from backend.networks.first_order.generator import Generator, GeneratorSize
from backend.networks.first_order.keypoints import DetectorSize, KeypointDetector
from backend.networks.first_order.model import DETECTOR, GENERATOR
from backend.networks.state import State

POINTS: Final = 10
SEED: Final = 0
DETECTOR_SIZE = DetectorSize(HourglassSize(3, (64, 128, 256, 512, 1024), (512, 256, 128, 64, 32)), POINTS, 13)
GENERATOR_SIZE = GeneratorSize(
    first=64,
    down=(128, 256),
    residual_blocks=6,
    up=(128, 64),
    motion=DenseMotionSize(
        HourglassSize(4 * (POINTS + 1), (128, 256, 512, 1024, 1024), (1024, 512, 256, 128, 64)), POINTS, 13
    ),
)
# Of a convolution's spread; all others 1.41, which keeps the variance through a ReLU.
_GAINS = {"mask": 1.5, "occlusion": 4.0, "conv2": 0.8, "final": 1.2, "kp": 0.35, "jacobian": 0.15}
_NORM = {
    "weight": "norm_weight",
    "bias": "norm_bias",
    "running_mean": "running_mean",
    "running_var": "running_var",
    "num_batches_tracked": "counter",
}


def official_size_states() -> dict[str, State]:
    """State dicts of both networks, by the official names; the same numbers anywhere."""
    with torch.device("meta"):
        networks: dict[str, nn.Module] = {
            GENERATOR: Generator(GENERATOR_SIZE),
            DETECTOR: KeypointDetector(DETECTOR_SIZE),
        }
    return {
        part: seeded_state([_entry(name, tensor) for name, tensor in network.state_dict().items()], SEED)
        for part, network in networks.items()
    }


def save_official_file(path: Path) -> None:
    """Write them as `vox-cpk.pth.tar` is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({**official_size_states(), "epoch": 0}, path, _use_new_zipfile_serialization=False)


def _entry(name: str, tensor: torch.Tensor) -> ManifestEntry:
    *_, layer, kind = name.split(".")
    entry: ManifestEntry = {
        "key": name,
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).split(".")[1],
    }
    if name.endswith("down.weight"):
        return {**entry, "role": "fixed", "values": _gaussian(13, 3)}
    if layer.startswith("norm"):
        return {**entry, "role": _NORM[kind]}
    if name == "jacobian.bias":
        return {**entry, "role": "bias", "gain": 2.0, "center": [1.0, 0.0, 0.0, 1.0] * POINTS}
    if kind == "bias":
        return {**entry, "role": "bias"}
    return {**entry, "role": "conv", "gain": _GAINS.get(layer, 1.41)}


def _gaussian(side: int, channels: int) -> list[float]:
    """The anti-aliasing kernel of the official code: sigma 1.5 for a fourth of the size."""
    away = torch.arange(side, dtype=torch.float64) - side // 2
    row = torch.exp(-away.square() / (2 * 1.5**2))
    kernel = row[:, None] * row
    values: list[float] = (kernel / kernel.sum()).flatten().repeat(channels).tolist()
    return values
