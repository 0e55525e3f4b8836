import numpy as np
import pytest

from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.presets import FPS, FRAME_COUNT, RECIPES, PresetRecipe

each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slug)
# Lids shut in three frames and eyes jump; everything else has weight.
FAST = {"blink_left", "blink_right", "gaze_x", "gaze_y"}


def tracks(recipe: PresetRecipe) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return {name: np.array(values) for name, values in recipe.curve().channels.items()}


def peak(slug: str, channel: str) -> float:
    track = tracks(next(recipe for recipe in RECIPES if recipe.slug == slug))[channel]
    return float(track[np.argmax(np.abs(track))])


def test_the_numbers_of_the_first_prototype_keep_their_meaning() -> None:
    numbers = {recipe.number: recipe.slug for recipe in RECIPES if recipe.number is not None}

    assert numbers == {3: "smile_blink", 6: "puzzled", 9: "nod", 12: "shake"}


def test_names_are_told_apart() -> None:
    for names in zip(*((recipe.slug, recipe.name_zh, recipe.name_en) for recipe in RECIPES), strict=True):
        assert len(set(names)) == len(RECIPES) == 10


@each_recipe
def test_a_preset_starts_as_the_photo_is(recipe: PresetRecipe) -> None:
    assert recipe.curve().frame_count == FRAME_COUNT
    assert all(track[0] == 0.0 for track in tracks(recipe).values())


@each_recipe
def test_a_preset_stays_within_what_a_face_can_do(recipe: PresetRecipe) -> None:
    for name, track in tracks(recipe).items():
        low, high = LIMITS[name]
        assert low <= track.min() <= track.max() <= high, name


@each_recipe
def test_a_preset_loops_without_a_seam(recipe: PresetRecipe) -> None:
    for name, track in tracks(recipe).items():
        around = np.concatenate([track, track, track])
        steps, bends = np.abs(np.diff(around)), np.abs(np.diff(around, 2))
        # speed and its change across the seam are no larger than they are elsewhere
        assert steps[FRAME_COUNT - 1] <= steps[: FRAME_COUNT - 1].max(), name
        assert bends[FRAME_COUNT - 2 : FRAME_COUNT].max() <= bends[: FRAME_COUNT - 2].max() + 2e-4, name


@each_recipe
def test_a_preset_has_no_jerks(recipe: PresetRecipe) -> None:
    for name, track in tracks(recipe).items():
        low, high = LIMITS[name]
        largest_step = np.abs(np.diff(track)).max() / (high - low)
        assert largest_step < (0.62 if name in FAST else 0.30), name


@each_recipe
def test_a_preset_begins_with_five_frames_almost_at_rest(recipe: PresetRecipe) -> None:
    for name, track in tracks(recipe).items():
        assert np.abs(track[:5]).max() < 0.003, name


@each_recipe
def test_eyes_that_close_close_quite(recipe: PresetRecipe) -> None:
    for name, track in tracks(recipe).items():
        if name.startswith("blink"):
            assert track.max() > 0.98, name


@each_recipe
def test_nobody_is_perfectly_even(recipe: PresetRecipe) -> None:
    drawn = tracks(recipe)

    assert not np.array_equal(drawn["blink_left"], drawn["blink_right"])
    assert {"yaw", "roll", "shift_y"} <= set(drawn)


@pytest.mark.parametrize(
    ("slug", "channel", "least"),
    [
        ("smile", "smile", 0.8),
        ("smile_blink", "smile", 0.7),
        ("puzzled", "brow_left", -0.5),
        ("puzzled", "brow_right", 0.5),
        ("nod", "pitch", 0.15),
        ("surprise", "open", 0.4),
        ("surprise", "brow_left", 0.7),
        ("talk", "open", 0.3),
        ("wink", "smile", 0.4),
    ],
)
def test_a_preset_does_what_its_name_says(slug: str, channel: str, least: float) -> None:
    assert peak(slug, channel) / least >= 1.0


def test_shake_goes_both_ways() -> None:
    yaw = tracks(next(recipe for recipe in RECIPES if recipe.slug == "shake"))["yaw"]

    assert yaw.min() < -0.15 < 0.15 < yaw.max()


def test_wink_leaves_one_eye_open() -> None:
    drawn = tracks(next(recipe for recipe in RECIPES if recipe.slug == "wink"))

    at = round(1.0 * FPS)
    assert drawn["blink_right"][at] > 0.9
    assert drawn["blink_left"][at] < 0.15
