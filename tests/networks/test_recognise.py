from collections.abc import Callable, Mapping

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused
from backend.evaluation.parity.seeded_weights import read_manifest
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector
from backend.networks.parsenet import ParseNet, ParseNetSize
from backend.networks.recognise import NetworkKind, build, recognise
from backend.networks.rrdbnet import RRDBNet, RRDBNetSize
from backend.networks.srvgg import SRVGGNetCompact, SRVGGSize
from tests.narrow_motion import NARROW_DETECTOR, NARROW_GENERATOR
from tests.shared_data import SHARED, needs_shared

OURS: dict[NetworkKind, Callable[[], nn.Module]] = {
    NetworkKind.PARSENET: lambda: ParseNet(ParseNetSize((4, 6), 1, (4,), 5)),
    NetworkKind.RRDBNET: lambda: RRDBNet(RRDBNetSize(8, 4, 1, 2)),
    NetworkKind.SRVGG: lambda: SRVGGNetCompact(SRVGGSize(4, 1, 2)),
    NetworkKind.FIRST_ORDER_GENERATOR: lambda: Generator(NARROW_GENERATOR),
    NetworkKind.FIRST_ORDER_KEYPOINTS: lambda: KeypointDetector(NARROW_DETECTOR),
}
OFFICIAL = {
    "gfpgan_clean_512_cm2": NetworkKind.GFPGAN_CLEAN,
    "gfpgan_clean_tiny": NetworkKind.GFPGAN_CLEAN,
    "gfpgan_clean_tiny_fullsft": NetworkKind.GFPGAN_CLEAN,
    "gfpgan_bilinear_512_cm2": NetworkKind.GFPGAN_BILINEAR,
    "gfpgan_original_512_cm1": NetworkKind.GFPGAN_ORIGINAL,
    "restoreformer": NetworkKind.RESTOREFORMER,
    "restoreformer_tiny": NetworkKind.RESTOREFORMER,
    "retinaface_resnet50": NetworkKind.RETINAFACE_RESNET50,
    "retinaface_mobile025": NetworkKind.RETINAFACE_MOBILE025,
    "parsenet": NetworkKind.PARSENET,
    "rrdbnet_x2plus": NetworkKind.RRDBNET,
    "rrdbnet_x4plus": NetworkKind.RRDBNET,
    "rrdbnet_x1_tiny": NetworkKind.RRDBNET,
    "srvgg_x4v3": NetworkKind.SRVGG,
    "fomm_generator": NetworkKind.FIRST_ORDER_GENERATOR,
    "fomm_kp_detector": NetworkKind.FIRST_ORDER_KEYPOINTS,
}


def named(*names: str) -> dict[str, Tensor]:
    return {name: torch.zeros(1) for name in names}


@pytest.mark.parametrize("kind", OURS)
def test_a_network_is_known_by_its_tensors_and_built_of_them(kind: NetworkKind) -> None:
    network = OURS[kind]()

    built = build(network.state_dict())

    assert recognise(network.state_dict()) is kind
    assert type(built) is type(network)
    assert not built.training


def test_whole_numbers_in_the_place_of_weights_are_refused() -> None:
    state = {key: value.to(torch.int64) for key, value in OURS[NetworkKind.SRVGG]().state_dict().items()}

    with pytest.raises(WeightsRefused, match="whole numbers") as caught:
        build(state)

    assert caught.value.params["reason"] == "architecture"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_file_of_another_precision_becomes_float32(dtype: torch.dtype) -> None:
    state = {key: value.to(dtype) for key, value in OURS[NetworkKind.SRVGG]().state_dict().items()}

    built = build(state)

    assert {value.dtype for value in built.state_dict().values()} == {torch.float32}
    assert all(torch.equal(value.to(dtype), state[key]) for key, value in built.state_dict().items())


@pytest.mark.parametrize("wrapper", ["module.", "vqvae."])
def test_names_that_were_wrapped_by_training_are_known_too(wrapper: str) -> None:
    state = OURS[NetworkKind.SRVGG]().state_dict()
    wrapped = {f"{wrapper}{key}": value for key, value in state.items()}

    built = build(wrapped)

    assert built.state_dict().keys() == state.keys()


@needs_shared("parity")
@pytest.mark.parametrize("name", OFFICIAL)
def test_every_official_file_is_known_by_its_names(name: str) -> None:
    entries = read_manifest(SHARED / f"parity/manifests/{name}.json")
    state = {entry["key"]: torch.empty(entry["shape"], device="meta") for entry in entries}

    assert recognise(state) is OFFICIAL[name]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (named("position_emb", "idx_pred_layer.1.weight"), "CodeFormer: its licence"),
        (
            named(
                "vqvae.quantize.embedding.weight",
                "vqvae.encoder.conv_in.weight",
                "vqvae.decoder.up.4.attn.0.k",
            ),
            r"RestoreFormer\+\+",
        ),
        (named("dense_motion_network.mask.0.weight", "bottleneck.r0.conv1.weight"), "mobile network is not"),
        (named("predictor.encoder.x", "kp.0.weight", "jacobian.0.weight"), "mobile network is not"),
    ],
)
def test_a_network_that_is_known_and_not_built_says_why(state: Mapping[str, Tensor], said: str) -> None:
    with pytest.raises(WeightsRefused, match=said) as refused:
        build(state)

    assert refused.value.params["reason"] == "architecture"


def test_a_file_that_fits_nothing_says_what_was_expected_and_found() -> None:
    with pytest.raises(WeightsRefused, match=r"RetinaFace with ResNet-50.*found 4 tensors: a, b, c, \.\.\."):
        recognise(named("c", "b", "a", "d"))


def test_a_network_asked_for_by_kind_is_not_another() -> None:
    with pytest.raises(WeightsRefused, match="not the network ParseNet"):
        build(OURS[NetworkKind.SRVGG]().state_dict(), NetworkKind.PARSENET)


@given(st.dictionaries(st.text(max_size=12), st.just(torch.zeros(1)), max_size=5))
def test_any_names_are_recognised_or_refused_and_nothing_else(state: dict[str, Tensor]) -> None:
    try:
        recognise(state)
    except WeightsRefused as refused:
        assert refused.params["reason"] == "architecture"
