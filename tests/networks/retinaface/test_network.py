"""RetinaFace: names and shapes of the official files, odd sizes, and both trunks."""

import pytest
import torch
from torch import Tensor

from backend.domain.errors import WeightsRefused
from backend.networks.retinaface.fast import fast_form
from backend.networks.retinaface.network import RawFaces, RetinaFace, from_state
from backend.networks.retinaface.trunks import (
    MOBILE_CHANNELS,
    RESNET_CHANNELS,
    MobileNetQuarter,
    ResNet50,
)


def random_state(network: RetinaFace) -> dict[str, Tensor]:
    """Numbers that keep activations within reason; a file of ours without training."""
    generator = torch.Generator().manual_seed(7)
    state = {}
    for key, value in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            state[key] = torch.zeros((), dtype=torch.int64)
        elif key.endswith("running_var"):
            state[key] = 0.5 + torch.rand(value.shape, generator=generator)
        else:
            fan_in = max(1, value[0].numel()) if value.dim() > 1 else 4
            state[key] = torch.randn(value.shape, generator=generator) / fan_in**0.5
    return state


@pytest.fixture(scope="module")
def mobile_state() -> dict[str, Tensor]:
    return random_state(RetinaFace(MobileNetQuarter(leaks=True), MOBILE_CHANNELS, 64, leaks=True))


@pytest.fixture(scope="module")
def mobile(mobile_state: dict[str, Tensor]) -> RetinaFace:
    return from_state(mobile_state)


def run(network: RetinaFace, picture: Tensor) -> RawFaces:
    with torch.inference_mode():
        result: RawFaces = network(picture)
    return result


def test_both_trunks_have_the_official_number_of_tensors() -> None:
    with torch.device("meta"):
        large = RetinaFace(ResNet50(), RESNET_CHANNELS, 256, leaks=True)
        small = RetinaFace(MobileNetQuarter(leaks=True), MOBILE_CHANNELS, 64, leaks=True)

    assert (len(large.state_dict()), len(small.state_dict())) == (456, 300)


def test_the_trunk_is_told_from_the_names_with_and_without_module(mobile_state: dict[str, Tensor]) -> None:
    prefixed = {f"module.{key}": value for key, value in mobile_state.items()}

    plain, unwrapped = from_state(mobile_state), from_state(prefixed)

    assert isinstance(unwrapped.body, MobileNetQuarter)
    picture = torch.full((1, 3, 40, 40), 20.0)
    assert torch.equal(run(plain, picture).loc, run(unwrapped, picture).loc)


def test_a_large_state_makes_the_large_trunk() -> None:
    with torch.device("meta"):
        state = RetinaFace(ResNet50(), RESNET_CHANNELS, 256, leaks=True).state_dict()

    assert isinstance(from_state(state).body, ResNet50)


def test_the_width_is_read_from_the_file() -> None:
    with torch.device("meta"):
        state = RetinaFace(MobileNetQuarter(leaks=True), MOBILE_CHANNELS, 32, leaks=True).state_dict()

    assert from_state(state).fpn.output1[0].out_channels == 32


def test_a_file_that_lacks_a_tensor_is_refused_by_name(mobile_state: dict[str, Tensor]) -> None:
    state = {key: value for key, value in mobile_state.items() if key != "ssh2.conv7x7_3.0.weight"}

    with pytest.raises(WeightsRefused, match=r"MobileNet-0\.25.*300.*299.*ssh2\.conv7x7_3\.0\.weight"):
        from_state(state)


@pytest.mark.parametrize("size_px", [(1, 1), (33, 47), (64, 31)])
def test_any_size_gives_a_row_for_every_anchor(mobile: RetinaFace, size_px: tuple[int, int]) -> None:
    raw = run(mobile, torch.zeros(2, 3, *size_px))

    count = sum(2 * -(-size_px[0] // step) * -(-size_px[1] // step) for step in (8, 16, 32))
    assert raw.loc.shape == (2, count, 4)
    assert raw.landmarks.shape == (2, count, 10)
    torch.testing.assert_close(raw.score.sum(dim=-1), torch.ones(2, count))


def test_a_picture_in_a_batch_gives_what_it_gives_alone(mobile: RetinaFace) -> None:
    pictures = torch.randn(3, 3, 48, 56, generator=torch.Generator().manual_seed(1)) * 50

    together = run(mobile, pictures)

    alone = run(mobile, pictures[1:2])
    # float32 sums in another order
    torch.testing.assert_close(together.loc[1:2], alone.loc, atol=5e-6, rtol=0)


def test_the_fast_form_says_the_same_and_leaves_the_network_alone(mobile: RetinaFace) -> None:
    picture = torch.randn(1, 3, 96, 80, generator=torch.Generator().manual_seed(2)) * 50
    before = run(mobile, picture)

    fast = fast_form(mobile)

    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fast.modules())
    after, again = run(fast, picture.to(memory_format=torch.channels_last)), run(mobile, picture)
    # folding rounds every weight once more
    torch.testing.assert_close(after.loc, before.loc, atol=2e-5, rtol=0)
    torch.testing.assert_close(after.score, before.score, atol=2e-5, rtol=0)
    assert torch.equal(again.loc, before.loc)


def test_bf16_scores_stay_near(mobile: RetinaFace) -> None:
    picture = torch.randn(1, 3, 96, 80, generator=torch.Generator().manual_seed(2)) * 50
    exact = run(mobile, picture)

    rough = run(fast_form(mobile, torch.bfloat16), picture.bfloat16())

    # 8 bits of mantissa through forty layers
    torch.testing.assert_close(rough.score.float(), exact.score, atol=0.06, rtol=0)
