"""Which network a state dict belongs to, told by the names of its tensors, and that network built of it.

Apart from the networks, because it is the only place that knows them all; each is imported when asked for.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from torch import nn

from backend.domain.errors import WeightsRefused
from backend.networks.state import State


class NetworkKind(StrEnum):
    """Every network that is known here, built or refused."""

    GFPGAN_CLEAN = "gfpgan_clean"  # v1.2, v1.3, v1.4
    GFPGAN_BILINEAR = "gfpgan_bilinear"  # what v1.2 was trained as
    GFPGAN_ORIGINAL = "gfpgan_original"  # v1, of the paper
    RESTOREFORMER = "restoreformer"
    RETINAFACE_RESNET50 = "retinaface_resnet50"
    RETINAFACE_MOBILE025 = "retinaface_mobile025"
    PARSENET = "parsenet"
    RRDBNET = "rrdbnet"
    SRVGG = "srvgg"
    CODEFORMER = "codeformer"
    RESTOREFORMER_PLUS = "restoreformer_plus"
    FIRST_ORDER_GENERATOR = "first_order_generator"
    FIRST_ORDER_KEYPOINTS = "first_order_keypoints"
    FIRST_ORDER_MOBILE = "first_order_mobile"
    FIRST_ORDER_MOBILE_KEYPOINTS = "first_order_mobile_keypoints"


@dataclass(frozen=True, slots=True)
class _Sign:
    """What tells a network, and what is done with it: all of `keys` are there, a key may end in `*`.

    builder: module:function, or None where `refusal` says why it is not built
    """

    keys: tuple[str, ...]
    title: str
    builder: str | None = None
    refusal: str = ""


_GFPGAN = "backend.networks.gfpgan.architectures"
_MOBILE = "PaddleGAN's mobile network is not built in; take vox-cpk.pth.tar or vox-cpk.pdparams"

# In this order: a network whose names contain another's stands before it.
_SIGNS: Mapping[NetworkKind, _Sign] = {
    NetworkKind.GFPGAN_CLEAN: _Sign(
        ("stylegan_decoder.style_mlp.1.weight", "conv_body_first.weight"),
        "GFPGAN 1.2 to 1.4",
        f"{_GFPGAN}:clean_from_state",
    ),
    # The equalised two have the same names; `_of_widths` tells them apart.
    NetworkKind.GFPGAN_ORIGINAL: _Sign(
        ("stylegan_decoder.style_mlp.1.weight", "conv_body_first.0.weight"),
        "GFPGAN 1",
        f"{_GFPGAN}:original_from_state",
    ),
    NetworkKind.GFPGAN_BILINEAR: _Sign(
        ("stylegan_decoder.style_mlp.1.weight", "conv_body_first.0.weight"),
        "GFPGAN in its trainable form",
        f"{_GFPGAN}:bilinear_from_state",
    ),
    NetworkKind.CODEFORMER: _Sign(
        ("position_emb", "idx_pred_layer.*"),
        "CodeFormer",
        refusal="its licence forbids commercial use, and it is not built in",
    ),
    NetworkKind.RESTOREFORMER_PLUS: _Sign(
        ("quantize.embedding.weight", "encoder.conv_in.weight", "decoder.up.4.attn.*"),
        "RestoreFormer++",
        refusal="only the first RestoreFormer is built in",
    ),
    NetworkKind.RESTOREFORMER: _Sign(
        ("quantize.embedding.weight", "encoder.conv_in.weight"),
        "RestoreFormer",
        "backend.networks.restoreformer:from_state",
    ),
    NetworkKind.RETINAFACE_RESNET50: _Sign(
        ("body.layer1.*", "fpn.output1.*", "LandmarkHead.*"),
        "RetinaFace with ResNet-50",
        "backend.networks.retinaface.network:from_state",
    ),
    NetworkKind.RETINAFACE_MOBILE025: _Sign(
        ("body.stage1.*", "fpn.output1.*", "LandmarkHead.*"),
        "RetinaFace with MobileNet-0.25",
        "backend.networks.retinaface.network:from_state",
    ),
    NetworkKind.PARSENET: _Sign(
        ("encoder.0.conv2d.weight", "out_mask_conv.conv2d.weight"),
        "ParseNet",
        "backend.networks.parsenet:ParseNet.from_state",
    ),
    NetworkKind.RRDBNET: _Sign(
        ("conv_first.weight", "body.0.rdb1.conv1.weight"),
        "RRDBNet (Real-ESRGAN x2plus, x4plus)",
        "backend.networks.rrdbnet:RRDBNet.from_state",
    ),
    NetworkKind.SRVGG: _Sign(
        ("body.0.weight", "body.1.weight", "body.2.bias"),
        "SRVGGNetCompact (realesr-general-x4v3)",
        "backend.networks.srvgg:SRVGGNetCompact.from_state",
    ),
    NetworkKind.FIRST_ORDER_MOBILE: _Sign(
        ("dense_motion_network.mask.0.weight", "bottleneck.*"),
        "the First Order Motion Model for telephones, its generator",
        refusal=_MOBILE,
    ),
    NetworkKind.FIRST_ORDER_MOBILE_KEYPOINTS: _Sign(
        ("predictor.encoder.*", "kp.0.weight"),
        "the First Order Motion Model for telephones, its keypoint detector",
        refusal=_MOBILE,
    ),
    NetworkKind.FIRST_ORDER_GENERATOR: _Sign(
        ("dense_motion_network.*", "bottleneck.*"),
        "the First Order Motion Model's generator",
        "backend.networks.first_order.generator:Generator.from_state",
    ),
    NetworkKind.FIRST_ORDER_KEYPOINTS: _Sign(
        ("predictor.encoder.*", "jacobian.weight"),
        "the First Order Motion Model's keypoint detector",
        "backend.networks.first_order.keypoints:KeypointDetector.from_state",
    ),
}

_WRAPPERS = ("module.", "vqvae.")  # that parallel training, and a trainer, put before every name
_WIDTH_OF_BILINEAR = 32  # channels at 512 px with channel multiplier 2; the paper's network has 16
_MOST_NAMED = 3


def recognise(state: State) -> NetworkKind:
    """Which network this is.

    The two trainable forms of GFPGAN have the same names, so their widths decide: those of the paper's file.
    raises: WeightsRefused (architecture) with what was expected and found
    """
    names = _unwrapped(state)
    for kind, sign in _SIGNS.items():
        if all(_is_there(key, names) for key in sign.keys):
            return _of_widths(names) if kind is NetworkKind.GFPGAN_ORIGINAL else kind
    found = ", ".join(sorted(state)[:_MOST_NAMED]) + (", ..." if len(state) > _MOST_NAMED else "")
    expected = ", ".join(sorted({sign.title for sign in _SIGNS.values() if sign.builder}))
    raise WeightsRefused(
        f"this is no network that is known here: expected one of {expected}; "
        f"found {len(state)} tensors{f': {found}' if state else ''}",
        params={"reason": "architecture"},
    )


def build(state: State, kind: NetworkKind | None = None) -> nn.Module:
    """The network with these weights, in eval mode.

    kind:   which network it has to be; None = the one that it is
    raises: WeightsRefused (architecture), also for a network that is known and not built here
    """
    kind = recognise(state) if kind is None else kind
    sign = _SIGNS[kind]
    if sign.builder is None:
        raise WeightsRefused(f"this is {sign.title}: {sign.refusal}", params={"reason": "architecture"})
    module, _, path = sign.builder.partition(":")
    found: object = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return cast(Callable[[State], nn.Module], found)(_unwrapped(state))


def _unwrapped(state: State) -> State:
    for wrapper in _WRAPPERS:
        if state and all(key.startswith(wrapper) for key in state):
            state = {key.removeprefix(wrapper): value for key, value in state.items()}
    return state


def _is_there(key: str, names: State) -> bool:
    if key.endswith("*"):
        return any(name.startswith(key[:-1]) for name in names)
    return key in names


def _of_widths(names: State) -> NetworkKind:
    wide = names["conv_body_first.0.weight"].shape[0] >= _WIDTH_OF_BILINEAR
    return NetworkKind.GFPGAN_BILINEAR if wide else NetworkKind.GFPGAN_ORIGINAL
