import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.dimensions import count_blocks, shape_of


def test_a_shape_is_read_from_its_tensor() -> None:
    assert shape_of({"a.weight": torch.zeros(4, 3, 1, 1)}, "a.weight", name="N", rank=4) == (4, 3, 1, 1)


@pytest.mark.parametrize("key", ["b.weight", "a.weight"])
def test_a_missing_tensor_and_one_of_another_rank_are_refused_by_name(key: str) -> None:
    with pytest.raises(WeightsRefused, match=f"network N: {key}") as refused:
        shape_of({"a.weight": torch.zeros(4)}, key, name="N", rank=4)

    assert refused.value.params["reason"] == "architecture"


def test_blocks_are_counted_by_their_numbers_under_the_whole_prefix() -> None:
    state = {key: torch.zeros(1) for key in ("body.0.w", "body.10.w", "body_2.30.w", "body.norm.w")}

    assert count_blocks(state, "body") == 11
    assert count_blocks(state, "tail") == 0
