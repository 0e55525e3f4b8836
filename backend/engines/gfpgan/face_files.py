"""From a file's tensors to a network that restores faces, whichever of the four it is.

Apart from the networks because a file may hold any other network too, and must then be refused in words.
"""

from typing import Final

import torch

from backend.domain.errors import WeightsRefused
from backend.engines.gfpgan.installed import MakeFaceNetwork
from backend.engines.gfpgan.seams import FaceNetwork
from backend.engines.gfpgan.torch_faces import TorchFaceNetwork
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.official_order import in_official_order
from backend.networks.recognise import NetworkKind, build, recognise
from backend.networks.state import State

_RESTORING: Final = (
    NetworkKind.GFPGAN_CLEAN,
    NetworkKind.GFPGAN_BILINEAR,
    NetworkKind.GFPGAN_ORIGINAL,
    NetworkKind.RESTOREFORMER,
)


def face_networks_on(device: torch.device, dtype: torch.dtype) -> MakeFaceNetwork:
    """Makes face networks for a device, in float32 or bfloat16; plain ones always in float32.

    The maker raises WeightsRefused (architecture) for every other network.
    """

    def make(state: State, *, model: str, plain: bool) -> FaceNetwork:
        kind = recognise(state)
        if kind not in _RESTORING:
            raise WeightsRefused(
                f"this network ({kind.value}) restores no faces", params={"reason": "architecture"}
            )
        network = build(state, kind)
        if plain and isinstance(network, Gfpgan):
            network = in_official_order(network)
        return TorchFaceNetwork(network, model=model, device=device, precision=dtype, plain=plain)

    return make
