"""Values as JSON: the parts with arithmetic in them."""

from dataclasses import asdict

import pytest

from backend.engines.animation_api import AnimateOptions, MotionCurve
from backend.services.requests import AnimateRequest
from backend.web.present import flat_options
from backend.web.present_moves import PREVIEW_FPS, thinned
from backend.web.request_schemas import AnimateFieldsSchema


@pytest.mark.parametrize(("fps", "frame_count"), [(25.0, 75), (30.0, 90), (10.0, 5), (60.0, 61)])
def test_a_preview_lasts_as_long_as_the_motion(fps: float, frame_count: int) -> None:
    curve = MotionCurve(fps=fps, channels={"smile": [index / frame_count for index in range(frame_count)]})

    preview = thinned(curve)

    assert isinstance(preview["fps"], float) and isinstance(preview["channels"], dict)
    assert preview["fps"] <= PREVIEW_FPS + 1e-9
    assert len(preview["channels"]["smile"]) / preview["fps"] == pytest.approx(frame_count / fps)


def test_a_preview_reads_between_frames_and_across_the_loop() -> None:
    curve = MotionCurve(fps=20.0, channels={"smile": [0.0, 1.0, 2.0, 3.0]})  # 0.2 s: three frames at 15

    assert thinned(curve) == {"fps": 15.0, "channels": {"smile": [0.0, 1.3333, 2.6667]}}


def test_a_slow_motion_keeps_its_own_frames() -> None:
    curve = MotionCurve(fps=10.0, channels={"yaw": [0.0, 0.12341, -0.2]})

    assert thinned(curve) == {"fps": 10.0, "channels": {"yaw": [0.0, 0.1234, -0.2]}}


def test_presets_of_faces_are_shown_as_they_were_sent() -> None:
    stored = {"preset": None, "face_presets": {"0": "nod"}, "options": {"faces": "all"}}

    assert flat_options(stored) == {"preset": None, "faces": {"0": "nod"}}


def test_what_only_the_command_line_takes_is_not_shown() -> None:
    stored = asdict(AnimateRequest(preset="nod", options=AnimateOptions(faces=(0, 2))))

    shown = flat_options(stored)

    sendable = set(AnimateFieldsSchema().fields)
    assert set(shown) <= sendable
    assert shown["faces"] == (0, 2)


def test_options_are_shown_as_they_were_sent() -> None:
    stored = {"engine": "builtin", "format": "auto", "options": {"upscale": "2"}}

    assert flat_options(stored) == {"engine": "builtin", "format": "auto", "upscale": "2"}
