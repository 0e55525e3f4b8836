import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.first_order.blocks import HourglassSize
from backend.networks.first_order.keypoints import DetectorSize, KeypointDetector
from tests.narrow_motion import NARROW_DETECTOR, NARROW_GENERATOR, random_states


def test_points_lie_in_the_picture_and_a_batch_changes_nothing() -> None:
    detector = KeypointDetector.from_state(random_states()["kp_detector"])
    pictures = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    together = detector(pictures)
    single = [detector(picture[None]) for picture in pictures]

    assert together.value.shape == (3, 10, 2) and together.jacobian.shape == (3, 10, 2, 2)
    assert float(together.value.abs().max()) <= 1.0
    # The order of sums within a convolution may differ with the batch.
    assert torch.allclose(together.value, torch.cat([each.value for each in single]), rtol=0, atol=2e-6)
    assert torch.allclose(together.jacobian, torch.cat([each.jacobian for each in single]), rtol=0, atol=5e-6)


@pytest.mark.parametrize(
    "size",
    [
        DetectorSize(HourglassSize(3, (6, 8, 8), (8, 6, 5)), 15, 5),
        DetectorSize(HourglassSize(3, (6,), (4,)), 3, None),
    ],
    ids=["half size, 15 points", "own size, 3 points"],
)
def test_a_detector_of_any_size_is_rebuilt_from_its_tensors(size: DetectorSize) -> None:
    state = random_states(size, NARROW_GENERATOR)["kp_detector"]

    detector = KeypointDetector.from_state(state)

    assert detector.size == size
    assert detector(torch.rand(1, 3, 64, 64)).value.shape == (1, size.points, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"down.weight": torch.zeros(3, 1, 6, 6)}, "down.weight has the shape"),
        ({"predictor.decoder.up_blocks.2.conv.weight": torch.zeros(4, 4, 3, 3)}, "2 steps down and 3 up"),
        ({"jacobian.weight": torch.zeros(4, 7, 7, 7)}, "other shapes: jacobian.weight"),
        ({"kp.weight": torch.zeros(10)}, "kp.weight has the shape"),
    ],
)
def test_a_file_that_is_not_quite_one_says_what_does_not_fit(
    change: dict[str, torch.Tensor], said: str
) -> None:
    state = random_states(NARROW_DETECTOR)["kp_detector"] | change

    with pytest.raises(WeightsRefused, match=said) as refused:
        KeypointDetector.from_state(state)

    assert refused.value.params["reason"] == "architecture"


def test_counters_that_paddle_does_not_keep_may_be_missing_and_nothing_else() -> None:
    state = random_states()["kp_detector"]
    bare = {key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}

    detector = KeypointDetector.from_state(bare)

    assert len(state) - len(bare) == 4
    assert detector.state_dict().keys() == state.keys()
    with pytest.raises(WeightsRefused, match="missing"):
        KeypointDetector.from_state({key: value for key, value in bare.items() if "running_mean" not in key})
