from collections.abc import Generator, Sequence
from dataclasses import replace

import pytest

from backend.domain.errors import JobCancelled, NoFaceFound, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.sample_portrait import neutral_portrait
from backend.engines.clips.stretch import Look, best_stretch, chosen_stretch
from backend.evaluation.following import as_clip
from backend.media.types import RgbImage
from tests.clips import moving_frames


def looks(*shots: str) -> list[Look]:
    """A digit a look, five looks a second: its quality in tenths."""
    digits = [(shot, digit) for shot, text in enumerate(shots) for digit in text]
    return [
        Look(at_s=index / 5, shot=shot, quality=int(digit) / 10) for index, (shot, digit) in enumerate(digits)
    ]


def ends_s(*shots: str) -> Sequence[float]:
    return [sum(len(text) for text in shots[: index + 1]) / 5 for index in range(len(shots))]


def test_a_clip_that_is_good_throughout_is_used_whole() -> None:
    stretch = chosen_stretch(looks("8888888888"), ends_s("8888888888"), 10.0)

    assert (stretch.start_s, stretch.seconds) == (0.0, 2.0)
    assert not stretch.is_part
    assert not stretch.is_cut


def test_the_longest_shot_with_a_face_is_used() -> None:
    shots = ("88888", "0000000000", "8888888888", "888")

    stretch = chosen_stretch(looks(*shots), ends_s(*shots), 10.0)

    assert stretch.start_s == pytest.approx(3.0)
    # short of the cut: the picture before it may show the next shot already
    assert 1.8 < stretch.seconds < 2.0
    assert stretch.is_cut
    assert {look.shot for look in stretch.looks} == {2}


def test_a_blink_does_not_end_a_stretch_and_an_absence_does() -> None:
    blinked = chosen_stretch(looks("8880088888"), ends_s("8880088888"), 10.0)
    left = chosen_stretch(looks("8880000088888888"), ends_s("8880000088888888"), 10.0)

    assert blinked.seconds == 2.0
    assert left.start_s == pytest.approx(1.5)
    assert left.is_part


def test_of_a_long_stretch_the_clearest_seconds_are_used() -> None:
    text = "3" * 50 + "9" * 50 + "3" * 50

    stretch = chosen_stretch(looks(text), ends_s(text), 10.0)

    assert stretch.seconds == 10.0
    assert stretch.start_s == pytest.approx(10.0)


def test_a_clip_without_a_face_is_refused() -> None:
    with pytest.raises(NoFaceFound):
        chosen_stretch(looks("00000"), ends_s("00000"), 10.0)


def test_real_frames_are_looked_through() -> None:
    portrait, _ = neutral_portrait()
    somebody = [portrait] * 30
    nobody: list[RgbImage] = moving_frames(20, portrait.shape[1], portrait.shape[0])

    stretch = best_stretch(as_clip([*nobody, *somebody]), no_checkpoint)

    assert stretch.start_s == pytest.approx(0.8, abs=0.1)
    assert stretch.seconds == pytest.approx(1.2, abs=0.1)
    assert stretch.is_cut


def test_a_clip_without_frames_is_unreadable() -> None:
    with pytest.raises(UnreadableVideo):
        best_stretch(as_clip([]), no_checkpoint)


def test_looking_stops_when_asked() -> None:
    def stop(stage: Stage, fraction: float) -> None:
        assert stage is Stage.MOTION
        raise JobCancelled

    with pytest.raises(JobCancelled):
        best_stretch(as_clip(moving_frames(5)), stop)


def test_a_clip_that_is_looked_through_no_further_is_closed_at_once() -> None:
    closed: list[bool] = []
    clip = as_clip(moving_frames(5))

    def read(
        *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]:
        try:
            yield from clip.read(fps=fps, start_s=start_s, seconds=seconds, long_side_px=long_side_px)
        finally:
            closed.append(True)

    def stop(stage: Stage, fraction: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled) as cancelled:
        best_stretch(replace(clip, read=read), stop)

    assert cancelled.tb is not None  # whoever keeps the traceback keeps what it names
    assert closed == [True]
