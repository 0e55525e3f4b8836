import numpy as np

from backend.engines.builtin.restoration.damage_model import Layers, damage_likelihoods, weights


def test_a_layer_tells_the_shares_of_its_classes() -> None:
    layers = Layers(
        hidden=np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], np.float32),
        output=np.array([[0.0, np.log(3.0), 0.0], [0.0, 0.0, np.log(4.0)], [0.0, 0.0, 0.0]], np.float32),
    )
    measured = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]]], np.float32)  # (2, 1, 3)

    shares = layers.shares(measured)

    expected = [[[1 / 3, 3 / 5, 1 / 6]], [[1 / 3, 1 / 5, 4 / 6]]]
    assert np.allclose(shares, expected, atol=1e-6)


def test_a_scratch_a_dark_line_and_dust_are_told_apart() -> None:
    random = np.random.default_rng(0)
    print_ = (120 + random.normal(0, 2, (200, 200))).astype(np.float32)
    print_[:, 50:52] += 80
    print_[150:152] -= 70
    print_[80:84, 100:104] += 80

    likely = damage_likelihoods(print_)

    assert np.median(likely.bright_line[:140, 50]) > 0.9
    assert np.median(likely.dark_line[150, 60:]) > 0.9
    assert likely.bright_speck[82, 102] > 0.9
    everything = sum((likely.bright_line, likely.bright_speck, likely.dark_line, likely.dark_speck))
    assert np.median(everything) < 0.05


def test_the_stored_weights_fit_what_is_measured() -> None:
    (bright, dark), (second_bright, second_dark) = weights()

    assert bright.hidden.shape == dark.hidden.shape
    assert second_bright.hidden.shape == second_dark.hidden.shape
    assert second_bright.hidden.shape[0] > bright.hidden.shape[0]
