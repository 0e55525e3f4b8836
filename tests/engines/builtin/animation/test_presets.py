import numpy as np
import pytest

from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.presets import FPS, LONG_S, RECIPES, SHORT_S, PresetRecipe

each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slug)
# Lids shut in three frames and eyes jump; everything else has weight.
FAST = {"blink_left", "blink_right", "gaze_x", "gaze_y"}


def tracks(recipe: PresetRecipe) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return {name: np.array(values) for name, values in recipe.curve().channels.items()}


def named(slug: str) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return tracks(next(recipe for recipe in RECIPES if recipe.slug == slug))


def peak(slug: str, channel: str) -> float:
    track = named(slug)[channel]
    return float(track[np.argmax(np.abs(track))])


def test_the_numbers_of_the_first_prototype_keep_their_meaning() -> None:
    numbers = {recipe.number: recipe.slug for recipe in RECIPES if recipe.number is not None}

    assert numbers == {3: "smile_blink", 6: "puzzled", 9: "nod", 12: "shake"}


def test_names_are_told_apart() -> None:
    for names in zip(*((recipe.slug, recipe.name_zh, recipe.name_en) for recipe in RECIPES), strict=True):
        assert len(set(names)) == len(RECIPES) == 18


@each_recipe
def test_a_preset_starts_as_the_photo_is(recipe: PresetRecipe) -> None:
    assert all(track[0] == 0.0 for track in tracks(recipe).values())


@each_recipe
def test_faces_with_different_presets_loop_together(recipe: PresetRecipe) -> None:
    # a film is as long as its longest motion, and shorter ones start again
    assert round(LONG_S * FPS) % recipe.curve().frame_count == 0
    assert SHORT_S <= recipe.loop_s <= LONG_S


@each_recipe
def test_a_preset_stays_within_what_a_face_can_do(recipe: PresetRecipe) -> None:
    for name, track in tracks(recipe).items():
        low, high = LIMITS[name]
        assert low <= track.min() <= track.max() <= high, name


@each_recipe
def test_a_preset_loops_without_a_seam(recipe: PresetRecipe) -> None:
    count = recipe.curve().frame_count
    for name, track in tracks(recipe).items():
        around = np.concatenate([track, track, track])
        steps, bends = np.abs(np.diff(around)), np.abs(np.diff(around, 2))
        # speed and its change across the seam are no larger than they are elsewhere
        assert steps[count - 1] <= steps[: count - 1].max(), name
        assert bends[count - 2 : count].max() <= bends[: count - 2].max() + 2e-4, name


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
        ("laugh", "smile", 0.55),
        ("laugh", "open", 0.45),
        ("laugh", "pitch", -0.1),
        ("sad", "smile", -0.6),
        ("sad", "gaze_y", 0.5),
        ("kiss", "pucker", 0.8),
        ("kiss", "scale", 0.03),
        ("sleepy", "pitch", 0.15),
        ("breathe", "shift_y", -0.04),
        ("look_up", "gaze_y", -0.6),
        ("look_up", "pitch", -0.14),
        ("head_tilt", "roll", -0.09),
    ],
)
def test_a_preset_does_what_its_name_says(slug: str, channel: str, least: float) -> None:
    assert peak(slug, channel) / least >= 1.0


def test_shake_goes_both_ways() -> None:
    yaw = named("shake")["yaw"]

    assert yaw.min() < -0.15 < 0.15 < yaw.max()


def test_wink_leaves_one_eye_open() -> None:
    drawn = named("wink")

    at = round(1.0 * FPS)
    assert drawn["blink_right"][at] > 0.9
    assert drawn["blink_left"][at] < 0.15


def test_a_laugh_comes_in_bursts_that_grow_weaker() -> None:
    jaw = named("laugh")["open"]

    bursts = np.flatnonzero((jaw[1:-1] > jaw[:-2]) & (jaw[1:-1] >= jaw[2:])) + 1
    assert len(bursts) >= 5
    rate_hz = FPS * (len(bursts) - 1) / (bursts[-1] - bursts[0])
    assert 4.0 <= rate_hz <= 5.0
    # two frames of the rhythm are never alike in phase: a tenth of the first burst is sampling
    assert np.diff(jaw[bursts]).max() < 0.1 * jaw[bursts[0]]


@pytest.mark.parametrize(
    ("slug", "eyes", "head"), [("look_around", "gaze_x", "yaw"), ("look_up", "gaze_y", "pitch")]
)
def test_the_eyes_go_before_the_head(slug: str, eyes: str, head: str) -> None:
    drawn = named(slug)

    first = {name: np.argmax(np.abs(drawn[name]) > 0.5 * np.abs(drawn[name]).max()) for name in (eyes, head)}
    assert first[eyes] + 0.2 * FPS <= first[head]


@pytest.mark.parametrize("slug", ["idle", "breathe"])
def test_what_one_looks_at_for_minutes_is_gentle(slug: str) -> None:
    drawn = named(slug)

    assert len(drawn["yaw"]) == LONG_S * FPS
    assert "open" not in drawn
    for name in ("yaw", "pitch", "roll"):
        assert np.abs(drawn[name]).max() < 0.08, name  # five degrees


def test_the_gaps_between_blinks_differ() -> None:
    lid = named("idle")["blink_left"]

    shut = np.flatnonzero((lid[1:] > 0.9) & (lid[:-1] <= 0.9))
    gaps = np.diff([*shut, shut[0] + len(lid)])
    assert len(shut) >= 2
    assert gaps.max() > 1.25 * gaps.min()
