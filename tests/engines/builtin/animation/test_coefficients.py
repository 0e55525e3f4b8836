import math

import pytest

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import MotionCurve
from backend.engines.builtin.animation.coefficients import (
    CHANNELS,
    LIMITS,
    Coefficients,
    at_frame,
    require_playable,
)


@pytest.mark.parametrize(
    "curve",
    [
        MotionCurve(fps=25.0, channels={}),
        MotionCurve(fps=25.0, channels={"smile": ()}),
        MotionCurve(fps=25.0, channels={"ears": (0.0, 1.0)}),
        MotionCurve(fps=25.0, channels={"smile": (0.0, 1.0), "open": (0.0,)}),
        MotionCurve(fps=25.0, channels={"smile": (0.0, math.nan)}),
        MotionCurve(fps=0.0, channels={"smile": (0.0, 1.0)}),
        MotionCurve(fps=math.inf, channels={"smile": (0.0, 1.0)}),
    ],
)
def test_a_curve_that_no_face_can_play_is_a_bad_option(curve: MotionCurve) -> None:
    with pytest.raises(InvalidOption) as caught:
        require_playable(curve)

    assert caught.value.option == "preset"


def test_every_channel_can_be_played() -> None:
    require_playable(MotionCurve(fps=25.0, channels=dict.fromkeys(CHANNELS, (0.0, 0.1))))


def test_channels_that_a_curve_leaves_out_are_nought() -> None:
    assert at_frame(MotionCurve(fps=25.0, channels={"smile": (0.0, 0.5)}), 1) == Coefficients(smile=0.5)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("intensity", [0.0, 0.5, 1.0, 1.5])
def test_intensity_scales_every_channel(channel: str, intensity: float) -> None:
    half = LIMITS[channel][1] / 2

    scaled = Coefficients(**{channel: half}).scaled(intensity)

    assert scaled == Coefficients(**{channel: half * intensity})


def test_more_than_a_face_can_do_is_held_at_its_limit() -> None:
    everything = Coefficients(**dict.fromkeys(CHANNELS, 1.0)).scaled(1.5)

    assert everything == Coefficients(**{name: high for name, (_, high) in LIMITS.items()})
    assert Coefficients(**dict.fromkeys(CHANNELS, 1.0)).scaled(0.0) == Coefficients()
