import numpy as np

from backend.engines.builtin.restoration.damage_model import Layers
from benchmarks.fit_damage import chosen, fit
from benchmarks.old_prints import LINE, NOTHING, SPECK, UNSURE, old_print


def test_the_same_seed_gives_the_same_print() -> None:
    photo = np.full((120, 160), 130, np.float32)

    one = old_print(photo, np.random.default_rng(3))
    other = old_print(photo, np.random.default_rng(3))

    assert np.array_equal(one.brightness, other.brightness)
    assert np.array_equal(one.bright, other.bright)


def test_every_mark_is_where_the_print_differs() -> None:
    photo = np.full((200, 200), 130, np.float32)
    marked = 0
    for seed in range(6):
        damaged = old_print(photo, np.random.default_rng(seed))
        sound = np.median(damaged.brightness)
        for classes, sign in ((damaged.bright, 1), (damaged.dark, -1)):
            is_mark = (classes == LINE) | (classes == SPECK)
            if is_mark.any():
                marked += 1
                assert np.median(sign * (damaged.brightness[is_mark] - sound)) > 4
    assert marked > 6


def test_nothing_unsure_is_chosen() -> None:
    classes = np.full((60, 60), UNSURE, np.uint8)
    classes[:20], classes[40:43], classes[50:52] = NOTHING, LINE, SPECK

    places = chosen(classes, None, np.random.default_rng(0))

    assert set(classes.ravel()[places]) == {NOTHING, LINE, SPECK}


def test_what_can_be_told_apart_is_learned() -> None:
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, 3000).astype(np.uint8)
    measured = (np.eye(3)[classes] * 4 + random.normal(0, 0.5, (3000, 3))).astype(np.float32)

    layers: Layers = fit(measured, classes, seed=0, steps=200)

    shares = layers.shares(measured.T[:, None])[:, 0]  # of line and speck
    guessed = np.where(shares.max(0) > 0.5, shares.argmax(0) + 1, 0)
    assert (guessed == classes).mean() > 0.97
