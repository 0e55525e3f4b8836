"""The official code's outputs on seeded weights, for the tests of single networks."""

import numpy as np
import torch
from torch import Tensor

from backend.evaluation.parity.fixtures import Array, Fixture, find_fixtures
from tests.shared_data import SHARED


def fixture(name: str) -> Fixture:
    return next(one for one in find_fixtures(SHARED / "parity") if one.name == name)


def unit_tensor(picture: Array) -> Tensor:
    """uint8 (H, W, 3) RGB -> float32 (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy((picture.astype(np.float32) / 255).transpose(2, 0, 1)[None].copy())


def signed_tensor(picture: Array) -> Tensor:
    """uint8 (H, W, 3) RGB -> float32 (1, 3, H, W) in [-1, 1]."""
    return (unit_tensor(picture) - 0.5) / 0.5


def farthest(result: Tensor, one: Fixture, key: str) -> float:
    """The greatest difference from an array that is stored whole."""
    stored = one.arrays[key].astype(np.float64)
    return float(np.abs(result.numpy().astype(np.float64) - stored).max())
