"""The three architectures that GFPGAN's files come in, as states -> networks.

Kept apart because loading is where they differ: once loaded, all are a `Gfpgan`.
"""

from backend.networks.gfpgan.dimensions import dimensions_of
from backend.networks.gfpgan.equalised import to_clean
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.resampling import Bilinear, Blurred, Resampling
from backend.networks.state import State, load_strictly


def clean_from_state(state: State) -> Gfpgan:
    """GFPGANv1Clean: v1.2, v1.3, v1.4. The network keeps the tensors of `state` themselves.

    raises: WeightsRefused (architecture)
    """
    return _load(state, Bilinear(), "GFPGANv1Clean")


def bilinear_from_state(state: State) -> Gfpgan:
    """GFPGANBilinear, which v1.2 was trained as. raises: WeightsRefused (architecture)."""
    return _load(to_clean(state), Bilinear(), "GFPGANBilinear")


def original_from_state(state: State) -> Gfpgan:
    """GFPGANv1, the network of the paper (v1). raises: WeightsRefused (architecture)."""
    return _load(to_clean(state), Blurred(), "GFPGANv1")


def _load(state: State, resampling: Resampling, name: str) -> Gfpgan:
    size = dimensions_of(state)
    return load_strictly(lambda: Gfpgan(size, resampling), state, name=name)
