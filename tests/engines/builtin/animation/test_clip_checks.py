from pathlib import Path

import numpy as np
import pytest

from backend.engines.builtin.animation.clip_checks import ClipReport, check_clip
from backend.engines.builtin.animation.presets import RECIPES
from backend.engines.builtin.animation.sample_clips import SampleStage
from backend.media.types import RgbImage
from tests.clips import a_clip, moving_frames

SHIPPED = Path(__file__).resolve().parents[4] / "driving_videos"


@pytest.fixture(scope="module")
def at_rest() -> RgbImage:
    return SampleStage().frame(RECIPES[0].curve(), 0)


def failed(report: ClipReport) -> set[str]:
    return {check.name for check in report.checks if not check.passed}


def test_our_own_liveliest_clip_passes() -> None:
    report = check_clip(SHIPPED / "surprise.mp4")

    assert failed(report) == set()
    assert report.passed


def test_a_clip_of_nothing_says_what_is_missing(tmp_path: Path) -> None:
    report = check_clip(a_clip(tmp_path / "clip.mp4", moving_frames(10, 128, 96)))

    assert {"file", "face", "jitter", "neutral_start"} <= failed(report)
    assert not report.passed


def test_a_changed_clip_fails_its_checksum(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "clip.mp4")

    assert "checksum" in failed(check_clip(clip, expected_sha256="0" * 64))
    assert "checksum" not in {check.name for check in check_clip(clip).checks}


def test_a_cut_and_what_comes_of_it_are_found(tmp_path: Path, at_rest: RgbImage) -> None:
    shot = [at_rest] * 13
    other = [np.ascontiguousarray(255 - frame) for frame in shot]

    report = check_clip(a_clip(tmp_path / "clip.mp4", [*shot, *other]))

    assert {"cut", "loop", "background", "face"} <= failed(report)
    cut = next(check for check in report.checks if check.name == "cut")
    assert "frame 13" in cut.measured


def test_a_face_at_the_edge_fails(tmp_path: Path, at_rest: RgbImage) -> None:
    aside = np.roll(at_rest, 50, axis=1)

    assert "face" in failed(check_clip(a_clip(tmp_path / "clip.mp4", [aside] * 12)))
