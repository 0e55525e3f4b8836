"""The official files' tensors, by count: a network that loads strictly has exactly these."""

import json

import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.recognise import NetworkKind, build
from tests.shared_data import SHARED, needs_shared

COUNTS = {
    "gfpgan_clean_512_cm2": (NetworkKind.GFPGAN_CLEAN, 285),
    "gfpgan_bilinear_512_cm2": (NetworkKind.GFPGAN_BILINEAR, 285),
    "gfpgan_original_512_cm1": (NetworkKind.GFPGAN_ORIGINAL, 285),
    "restoreformer": (NetworkKind.RESTOREFORMER, 405),
    "retinaface_resnet50": (NetworkKind.RETINAFACE_RESNET50, 456),
    "parsenet": (NetworkKind.PARSENET, 238),
    "rrdbnet_x2plus": (NetworkKind.RRDBNET, 702),
    "rrdbnet_x4plus": (NetworkKind.RRDBNET, 702),
    "srvgg_x4v3": (NetworkKind.SRVGG, 101),
    "fomm_generator": (NetworkKind.FIRST_ORDER_GENERATOR, 196),
    "fomm_kp_detector": (NetworkKind.FIRST_ORDER_KEYPOINTS, 75),
}


@needs_shared("parity")
@pytest.mark.parametrize("name", COUNTS)
def test_the_official_names_and_shapes_load_strictly_all_of_them(name: str) -> None:
    kind, count = COUNTS[name]
    manifest = json.loads((SHARED / "parity" / "manifests" / f"{name}.json").read_text())
    state = {
        entry["key"]: torch.zeros(entry["shape"], dtype=getattr(torch, entry["dtype"]))
        for entry in manifest["entries"]
    }

    network = build(state, kind)

    assert len(state) == count
    assert sum(parameter.numel() for parameter in network.parameters()) > 1_000_000
    with pytest.raises(WeightsRefused):
        build({name: tensor for name, tensor in state.items() if name != next(iter(state))}, kind)
