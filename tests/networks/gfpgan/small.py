"""A GFPGAN of 32 px, few channels and seeded numbers: for tests that need a network, not a trained one."""

import torch
from torch import Tensor

from backend.networks.gfpgan.dimensions import Dimensions
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.resampling import Bilinear

SMALL = Dimensions(
    unet=(4, 6, 8, 8), decoder=(8, 12, 16, 16), modulated=(4, 6, 8), style=10, latents=8, mlp_layers=2
)

# 256 px: sides below and above those where the fast form changes its ways
TALL = Dimensions(
    unet=(4, 4, 4, 6, 6, 8, 8),
    decoder=(8, 8, 8, 12, 12, 16, 16),
    modulated=(4, 4, 4, 6, 6, 8),
    style=10,
    latents=14,
    mlp_layers=1,
)


def small_state(size: Dimensions = SMALL, seed: int = 1) -> dict[str, Tensor]:
    """A state of the clean architecture, of numbers of a size that keeps signals alive."""
    random = torch.Generator().manual_seed(seed)
    with torch.device("meta"):
        shapes = {key: value.shape for key, value in Gfpgan(size, Bilinear()).state_dict().items()}
    return {key: _numbers(key, shape, random) for key, shape in shapes.items()}


def small_face(side: int = 32, count: int = 1, seed: int = 2) -> Tensor:
    """float32 (count, 3, side, side) in [-1, 1]."""
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def _numbers(key: str, shape: torch.Size, random: torch.Generator) -> Tensor:
    spread = 1.0 if "noises" in key or "constant" in key else 0.7 * max(1, shape[1:].numel()) ** -0.5
    middle = 1.0 if key.endswith("modulation.bias") else 0.0
    return torch.randn(shape, generator=random) * spread + middle
