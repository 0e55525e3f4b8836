import numpy as np
import pytest

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import AnimateOptions, BestFrame
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.moving import moved_keypoints
from backend.engines.first_order.relative import normalised
from backend.engines.first_order.seams import KeypointArrays
from tests.engines.first_order.motions import a_motion, driven

SOURCE = a_motion(1, seed=7)


def official(
    seen: KeypointArrays, anchor: int = 0, *, adapt: bool = True, relative: bool = True
) -> KeypointArrays:
    return normalised(
        SOURCE,
        seen,
        seen.part(anchor, anchor + 1),
        relative_value=relative,
        relative_jacobian=relative,
        adapt_scale=adapt,
    )


def same(a: KeypointArrays, b: KeypointArrays) -> bool:
    # 1e-5: what is left of float32 after an inverse there and back
    return np.allclose(a.value, b.value, atol=1e-5) and np.allclose(a.jacobian, b.jacobian, atol=1e-5)


@pytest.mark.parametrize("points", [1, 2, 10, 15])
@pytest.mark.parametrize("adapt", [True, False])
def test_the_way_by_a_template_is_the_way_by_the_film(points: int, adapt: bool) -> None:
    seen, source = a_motion(points=points), a_motion(1, points, seed=7)

    moved = moved_keypoints(driven(seen), source, AnimateOptions(adapt_scale=adapt))

    expected = normalised(
        source,
        seen,
        seen.part(0, 1),
        relative_value=True,
        relative_jacobian=True,
        adapt_scale=adapt,
    )
    assert same(moved.to, expected)
    assert moved.notes == ()


@pytest.mark.parametrize("relative", [True, False])
def test_a_preset_ends_where_it_begins_though_its_film_does_not_quite(relative: bool) -> None:
    seen = a_motion()
    seen.value[-1] += 0.01  # what a codec leaves: 1.3 pixels of 256
    seen.jacobian[-1] *= 1.02

    moved = moved_keypoints(driven(seen), SOURCE, AnimateOptions(relative=relative))

    # 1e-6: float32, 0.0001 pixels
    np.testing.assert_allclose(moved.to.value[-1], moved.to.value[0], atol=1e-6)
    np.testing.assert_allclose(moved.to.jacobian[-1], moved.to.jacobian[0], atol=1e-5)


def test_absolute_motion_is_the_drivers_own_place() -> None:
    seen = a_motion()

    moved = moved_keypoints(driven(seen), SOURCE, AnimateOptions(relative=False))

    assert same(moved.to, seen)


def test_a_larger_face_moves_further_only_where_that_is_wanted() -> None:
    seen = a_motion()
    small = KeypointArrays(SOURCE.value * np.float32(0.5), SOURCE.jacobian)

    way = [
        moved_keypoints(driven(seen), source, AnimateOptions(adapt_scale=adapt)).to.value[10]
        - source.value[0]
        for source, adapt in ((SOURCE, True), (small, True), (SOURCE, False), (small, False))
    ]

    assert np.allclose(way[0], 2 * way[1], atol=1e-6)
    assert np.allclose(way[2], way[3], atol=1e-6)


@pytest.mark.parametrize("relative", [True, False])
def test_no_intensity_is_a_still_film(relative: bool) -> None:
    moved = moved_keypoints(driven(a_motion()), SOURCE, AnimateOptions(intensity=0.0, relative=relative))

    assert np.abs(moved.to.value - moved.to.value[0]).max() == 0.0
    assert np.abs(moved.to.jacobian - moved.to.jacobian[0]).max() < 1e-6


def test_half_the_intensity_is_half_the_way() -> None:
    whole, half = (
        moved_keypoints(driven(a_motion()), SOURCE, AnimateOptions(intensity=intensity)).to
        for intensity in (1.0, 0.5)
    )

    assert np.allclose(half.value - SOURCE.value, (whole.value - SOURCE.value) / 2, atol=1e-6)
    turn = half.jacobian @ np.linalg.inv(SOURCE.jacobian)
    assert np.allclose(turn @ turn @ SOURCE.jacobian, whole.jacobian, atol=1e-5)


@pytest.mark.parametrize(("wanted", "anchor"), [("first", 0), (0, 0), (7, 7)])
def test_at_its_anchor_a_film_is_the_source_to_the_bit(wanted: BestFrame, anchor: int) -> None:
    seen = a_motion()

    moved = moved_keypoints(driven(seen), SOURCE, AnimateOptions(best_frame=wanted))

    assert moved.anchor == anchor
    assert np.array_equal(moved.to.value[anchor], SOURCE.value[0])
    assert np.array_equal(moved.to.jacobian[anchor], SOURCE.jacobian[0])
    assert same(moved.to, official(seen, anchor))


def test_a_frame_that_is_not_there_names_how_many_there_are() -> None:
    with pytest.raises(InvalidOption, match="20 frames") as refused:
        moved_keypoints(driven(a_motion(20)), SOURCE, AnimateOptions(best_frame=20))

    assert refused.value.params["option"] == "best_frame"


def opened() -> tuple[KeypointArrays, KeypointArrays]:
    """A clip that begins far from rest, and a source that looks as its frame 9 does, elsewhere and larger."""
    seen = a_motion(20, seed=4, way=0.0)
    away = np.random.default_rng(5).normal(0.0, 0.12, (10, 2))
    share = np.abs(np.arange(20) - 9)[:, None, None] / 10
    seen = KeypointArrays((seen.value + share * away).astype(np.float32), seen.jacobian)
    return seen, KeypointArrays(1.2 * seen.value[9:10] + np.float32(0.1), SOURCE.jacobian)


def test_an_own_clip_is_measured_from_the_frame_that_looks_like_the_photo() -> None:
    seen, source = opened()

    moved = moved_keypoints(driven(seen, is_own=True), source, AnimateOptions())

    assert moved.anchor == 9
    assert "clip_rest_chosen" in moved.notes


@pytest.mark.parametrize("options", [AnimateOptions(best_frame="first"), AnimateOptions(relative=False)])
def test_nothing_is_chosen_where_the_first_is_wanted_or_rest_means_nothing(options: AnimateOptions) -> None:
    seen, source = opened()

    moved = moved_keypoints(driven(seen, is_own=True), source, options)

    assert moved.anchor == 0
    assert "clip_rest_chosen" not in moved.notes


def test_a_preset_is_always_measured_from_its_first_frame() -> None:
    seen, source = opened()

    assert moved_keypoints(driven(seen), source, AnimateOptions()).anchor == 0


def test_a_small_gain_is_no_reason_to_choose() -> None:
    seen = a_motion(20, way=0.01)

    assert moved_keypoints(driven(seen, is_own=True), SOURCE, AnimateOptions()).anchor == 0


def test_what_no_network_can_draw_is_held_and_told() -> None:
    wild: DrivenMotion = driven(a_motion(way=0.6))

    moved = moved_keypoints(wild, SOURCE, AnimateOptions(adapt_scale=False, intensity=1.5))

    assert moved.notes == ("motion_limited",)
    assert np.linalg.norm(moved.to.value - SOURCE.value, axis=-1).max() <= 0.5 + 1e-6
