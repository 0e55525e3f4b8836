"""From a file's tensors to a network that restores faces, whichever of the four it is.

Apart from the networks because a file may hold any other network too, and must then be refused in words.
"""

import logging
from pathlib import Path
from typing import Final

import torch
from torch import nn

from backend.domain.errors import WeightsRefused
from backend.engines.gfpgan.face_pixels import to_batch
from backend.engines.gfpgan.installed import MakeFaceNetwork
from backend.engines.gfpgan.openvino_faces import OpenVinoFaceNetwork
from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.engines.gfpgan.seams import FaceNetwork
from backend.engines.gfpgan.torch_faces import LEAST_DB, TorchFaceNetwork, psnr
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.official_order import in_official_order
from backend.networks.recognise import NetworkKind, build, recognise
from backend.networks.state import State, fingerprint_of

logger = logging.getLogger(__name__)

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
        network = _face_network_of(state)
        if plain and isinstance(network, Gfpgan):
            network = in_official_order(network)
        return TorchFaceNetwork(network, model=model, device=device, precision=dtype, plain=plain)

    return make


def face_networks_by_openvino(cache: Path, dtype: torch.dtype) -> MakeFaceNetwork:
    """The same on the processor, GFPGAN by OpenVINO; plain ones, and RestoreFormer, by torch.

    cache: a folder for converted networks
    The maker raises EngineUnavailable too, where the package is not installed.
    """
    by_torch = face_networks_on(torch.device("cpu"), dtype)

    def make(state: State, *, model: str, plain: bool) -> FaceNetwork:
        network = _face_network_of(state)
        if plain or not isinstance(network, Gfpgan):
            return by_torch(state, model=model, plain=plain)

        def quick(precision: torch.dtype) -> FaceNetwork:
            fingerprint = fingerprint_of(state)
            return OpenVinoFaceNetwork(
                lambda: network, model=model, precision=precision, cache=cache, fingerprint=fingerprint
            )

        made = quick(dtype)
        if dtype == torch.float32 or _is_close(made, network):
            return made
        logger.warning("bfloat16 is too coarse for these weights, using float32")
        return quick(torch.float32)

    return make


def _face_network_of(state: State) -> nn.Module:
    kind = recognise(state)
    if kind not in _RESTORING:
        raise WeightsRefused(
            f"this network ({kind.value}) restores no faces", params={"reason": "architecture"}
        )
    return build(state, kind)


def _is_close(made: FaceNetwork, network: Gfpgan) -> bool:
    """Whether it restores a drawn face as float32 does: OpenVINO computes all of it in bfloat16."""
    cpu = torch.device("cpu")
    exact = TorchFaceNetwork(network, model=made.model, device=cpu, precision=torch.float32)
    face = draw_sample_face(network.size.side)
    return psnr(*(to_batch(each([face])) for each in (made, exact))) >= LEAST_DB
