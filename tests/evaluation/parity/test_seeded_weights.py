import numpy as np
import pytest
import torch

from backend.evaluation.parity.seeded_weights import ManifestEntry, seeded_state, seeded_tensor, state_sha256
from tests.networks.fixtures import fixture
from tests.shared_data import needs_shared

CONV: ManifestEntry = {"key": "a.weight", "shape": [8, 4, 3, 3], "dtype": "float32", "role": "conv"}


def test_a_tensor_depends_on_seed_and_name_and_on_nothing_else() -> None:
    other: ManifestEntry = {**CONV, "key": "b.weight"}

    alone, among = seeded_tensor(CONV, 5), seeded_state([other, CONV], 5)

    assert torch.equal(alone, among["a.weight"])
    assert not torch.equal(alone, among["b.weight"])
    assert not torch.equal(alone, seeded_tensor(CONV, 6))


def test_a_convolution_keeps_the_variance_of_what_goes_through() -> None:
    numbers = seeded_tensor({**CONV, "shape": [64, 32, 3, 3]}, 1).numpy()

    assert float(np.var(numbers)) * 32 * 9 == pytest.approx(1.0, rel=0.02)


def test_gain_and_centre_scale_and_shift_the_numbers() -> None:
    plain = seeded_tensor({**CONV, "role": "bias", "shape": [5]}, 1)
    moved = seeded_tensor({**CONV, "role": "bias", "shape": [5], "gain": 2.0, "center": 3.0}, 1)

    assert torch.allclose(moved, 2 * plain + 3)


def test_counters_are_zero_and_fixed_numbers_are_taken_as_they_are() -> None:
    counter = seeded_tensor({"key": "n", "shape": [], "dtype": "int64", "role": "counter"}, 1)
    fixed = seeded_tensor(
        {"key": "k", "shape": [2], "dtype": "float32", "role": "fixed", "values": [1, 2]}, 1
    )

    assert counter.dtype == torch.int64 and counter.item() == 0
    assert fixed.tolist() == [1.0, 2.0]


def test_an_unknown_role_is_no_guess() -> None:
    with pytest.raises(ValueError, match="'wavelet'"):
        seeded_tensor({**CONV, "role": "wavelet"}, 1)


def test_the_digest_tells_one_changed_number() -> None:
    state = seeded_state([CONV], 5)
    changed = {"a.weight": state["a.weight"].clone()}
    changed["a.weight"][0, 0, 0, 0] += 1e-6

    assert state_sha256(state) != state_sha256(changed)


@needs_shared("parity")
@pytest.mark.parametrize("name", ["gfpgan_original_tiny", "srvgg_x4_tiny", "retinaface_mobile025"])
def test_the_weights_are_those_of_the_official_run_to_the_bit(name: str) -> None:
    one = fixture(name)

    assert state_sha256(one.state()) == one.meta["state_sha256"]
