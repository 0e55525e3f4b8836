"""Each figure is proved by a film that is spoiled in one way: that figure rises, the others stay."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import cos, pi, sin

import cv2
import numpy as np
import pytest

from backend.domain.films import FilmQuality
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.film_watch import FilmWatch, WatchedFace
from backend.media.types import Mask, RgbImage
from tests.builders import a_photo, a_portrait

FRAMES = 24
BOX = (84.0, 62.0, 174.0, 166.0)  # of the portrait's face, by eye
Spoil = Callable[[RgbImage, int], RgbImage]


def _moving() -> Mask:
    """1 on the face, 0 beyond the head; float32 (256, 256)."""
    y, x = np.indices((256, 256), dtype=np.float32)
    away = np.hypot((x - 129) / 80, (y - 112) / 95)
    return np.asarray(np.clip((1.0 - away) / 0.35, 0, 1), np.float32)


MOVING = _moving()


def _moved(right_px: float, down_px: float) -> RgbImage:
    """The portrait with its face moved; the same array every time that nothing moves."""
    y, x = np.indices((256, 256), dtype=np.float32)
    moved = cv2.remap(a_portrait(), x - right_px * MOVING, y - down_px * MOVING, cv2.INTER_CUBIC)
    return np.where(MOVING[..., None] > 0, np.asarray(moved, np.uint8), a_portrait())


def _path(index: int) -> tuple[float, float]:
    """Once around a circle of 3 px; frame 0 at rest."""
    turn = 2 * pi * index / FRAMES
    return 3 * sin(turn), 3 * (1 - cos(turn))


def _film(spoil: Spoil | None = None) -> list[RgbImage]:
    frames = [_moved(*_path(index)) for index in range(FRAMES)]
    return [spoil(frame, index) for index, frame in enumerate(frames)] if spoil else frames


def _quality(frames: Sequence[RgbImage], *, loops: bool = True, anchor: int = 0) -> FilmQuality:
    watch = FilmWatch(a_portrait(), [WatchedFace(BOX, None)], may_change=MOVING, anchor=anchor, loops=loops)
    for _ in watch.watched(frames):
        pass
    return watch.quality()


def _lighter(frame: RgbImage, levels: float, where: Mask = MOVING) -> RgbImage:
    return np.clip(np.rint(frame + levels * where[..., None]), 0, 255).astype(np.uint8)


def _with_edge(frame: RgbImage, _: int) -> RgbImage:
    """A ring, 2 px wide, just inside of what may change."""
    inside = (MOVING > 0).astype(np.uint8)
    ring = inside - cv2.erode(inside, np.ones((5, 5), np.uint8))
    return _lighter(frame, 40, ring.astype(np.float32))


def _flickering(frame: RgbImage, index: int) -> RgbImage:
    return _lighter(frame, 8.0 * (index % 2))


def _trembling(frame: RgbImage, index: int) -> RgbImage:
    right, down = _path(index)
    return _moved(right + (index % 2), down)


def _another_face(frame: RgbImage, index: int) -> RgbImage:
    """By and by, and back again: the face upside down, whose edges lie elsewhere."""
    other = np.roll(frame[::-1, ::-1], (-28, 2), axis=(0, 1))
    share = sin(pi * index / FRAMES) ** 2 * MOVING[..., None]
    return np.rint(frame + share * (other.astype(np.float32) - frame)).astype(np.uint8)


def _with_a_pixel(frame: RgbImage, index: int) -> RgbImage:
    spoiled = frame.copy()
    if index > 4:
        spoiled[3, 250, 1] ^= 3
    return spoiled


def _off_colour(frame: RgbImage, _: int) -> RgbImage:
    return _lighter(frame, 5)


def test_a_smooth_film_of_the_same_face_has_nothing_to_say() -> None:
    quality = _quality(_film())

    assert quality.identity_change is not None and quality.identity_change < 0.02
    # a twentieth of a pixel of 256: what optical flow sees of a motion that is smooth
    assert quality.jitter is not None and quality.jitter < 0.15
    assert quality.flicker is not None and quality.flicker < 0.8  # rounding and resampling
    assert quality.seam is not None and quality.seam < 1.1
    assert quality.loop == pytest.approx(1.0, abs=0.15)  # steps in all directions, not all alike
    assert (quality.outside, quality.start) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("spoil", "figure", "least", "others"),
    [
        (_with_edge, "seam", 2.0, ("identity_change", "jitter", "flicker", "outside", "loop")),
        (_flickering, "flicker", 5.0, ("identity_change", "seam", "outside", "loop", "start")),
        (_trembling, "jitter", 0.8, ("identity_change", "seam", "outside", "start")),
        (_another_face, "identity_change", 0.4, ("seam", "outside", "start")),
        (_with_a_pixel, "outside", 1.0, ("identity_change", "jitter", "flicker", "seam", "loop", "start")),
        (_off_colour, "start", 4.0, ("identity_change", "jitter", "flicker", "outside", "loop")),
    ],
)
def test_what_is_spoiled_shows_in_its_figure_alone(
    spoil: Spoil, figure: str, least: float, others: tuple[str, ...]
) -> None:
    clean, spoiled = _quality(_film()), _quality(_film(spoil))

    assert getattr(clean, figure) < least / 2 or figure == "seam"
    assert getattr(spoiled, figure) >= least
    for other in others:  # a fifth, and what resampling changes
        assert getattr(spoiled, other) == pytest.approx(getattr(clean, other), rel=0.2, abs=0.1), other


def test_a_film_that_stops_halfway_does_not_close() -> None:
    quality = _quality(_film()[: FRAMES // 2 + 1])

    assert quality.loop is not None and quality.loop > 3.0
    assert _quality(_film(), loops=False).loop is None


def test_the_anchor_is_the_frame_that_is_held_against_the_photo() -> None:
    turned = [*_film()[6:], *_film()[:6]]

    assert _quality(turned, anchor=FRAMES - 6).start == 0.0
    assert (_quality(turned).start or 0.0) > 1.0
    assert _quality(turned, anchor=FRAMES).start is None


def test_of_several_faces_the_worst_counts() -> None:
    two = np.concatenate([a_portrait(), a_portrait()], axis=1)
    other = (BOX[0] + 256, BOX[1], BOX[2] + 256, BOX[3])
    frames = [
        np.concatenate([steady, trembling], axis=1)
        for steady, trembling in zip(_film(), _film(_trembling), strict=True)
    ]

    def jitter(*boxes: tuple[float, float, float, float]) -> float:
        watch = FilmWatch(two, [WatchedFace(box, None) for box in boxes], may_change=None, loops=True)
        list(watch.watched(frames))
        quality = watch.quality()
        assert (quality.seam, quality.outside) == (None, None)
        assert quality.jitter is not None
        return quality.jitter

    assert jitter(BOX, other) == jitter(other) > 2 * jitter(BOX)


def test_frames_pass_as_they_are_one_by_one() -> None:
    frames = [frame.copy() for frame in _film()[:3]]
    asked: list[int] = []

    def given() -> Iterator[RgbImage]:
        for index, frame in enumerate(frames):
            asked.append(index)
            yield frame

    watch = FilmWatch(a_portrait(), [WatchedFace(BOX, None)], may_change=MOVING, loops=True)
    watched = watch.watched(given())

    assert asked == []
    assert next(watched) is frames[0]
    assert asked == [0]
    assert all(np.array_equal(frame, kept) for frame, kept in zip(frames, _film()[:3], strict=True))


def test_what_cannot_be_told_is_none() -> None:
    still = [a_portrait()] * 6
    no_face = FilmWatch(a_portrait(), [], may_change=MOVING, loops=True)
    list(no_face.watched(still))

    assert _quality([]) == FilmQuality()
    assert _quality([a_portrait()]) == FilmQuality(identity_change=0.0, seam=1.0, outside=0.0, start=0.0)
    assert replace(_quality(still), jitter=None) == FilmQuality(
        identity_change=0.0, flicker=0.0, seam=1.0, outside=0.0, start=0.0
    )
    assert _quality(still).jitter == pytest.approx(0.0, abs=1e-9)
    assert no_face.quality() == FilmQuality(outside=0.0)


def test_a_tiny_face_and_one_half_out_of_the_film_do_no_harm() -> None:
    still = a_photo(90, 70)
    faces = [WatchedFace((10, 10, 30, 30), None), WatchedFace((60, -20, 130, 50), None)]
    watch = FilmWatch(still, faces, may_change=np.ones((70, 90), np.float32), loops=True)
    frames = [still, np.roll(still, 1, axis=1), still]

    list(watch.watched(frames))

    assert watch.quality().start == 0.0
    assert watch.quality().identity_change is not None  # of the one that is large enough


def test_builtin_films_say_how_good_they_are() -> None:
    from backend.engines.animation_api import AnimateOptions, MotionCurve
    from backend.engines.api import no_checkpoint

    nod = MotionCurve(fps=25.0, channels={"pitch": tuple(0.1 * sin(pi * t / 12) ** 2 for t in range(12))})
    film = BuiltinAnimator().animate(a_portrait(), nod, AnimateOptions(), no_checkpoint)
    still = BuiltinAnimator().animate(a_portrait(), nod, AnimateOptions(intensity=0.0), no_checkpoint)

    list(film.frames), list(still.frames)

    quality = film.quality()
    assert (quality.outside, quality.start) == (0.0, 0.0)
    assert quality.identity_change is not None and quality.identity_change < 0.05
    assert quality.seam is not None and quality.seam < 1.1
    assert quality.jitter is not None and quality.jitter > 0.0
    assert still.quality().loop is None
