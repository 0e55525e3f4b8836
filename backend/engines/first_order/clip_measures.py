"""How fit a driving clip is: what can be told from its keypoints, its crops and its face's boxes.

A clip that fails here still drives; the checks say what a film of it will suffer from. Lengths of keypoints
are in face sizes, H = the root of their hull's area in frame 0. The limits begin at those of talking-head
data sets. Followed by optical flow and no trained detector, our own clips pass by far (cut 0.03, jitter
0.004, neutral_start 0, loop 0.001, amplitude 0.03 to 0.16, condition 1.5, nose 0.15, background 0.08), and
three foreign ones reach a jitter of 0.013. How much a detector with real weights trembles is not known yet:
`cut`, `jitter`, `neutral_start`, `amplitude` and `invertible` need a look with them.
"""

from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.domain.films import ClipCheck
from backend.engines.api import FivePoints
from backend.engines.clips.shots import CutDetector
from backend.engines.clips.spread import Spread
from backend.engines.clips.stirring import Stirring
from backend.engines.faces.boxes import side
from backend.engines.first_order.algebra import Wide, face_size
from backend.engines.first_order.crops import face_box_in
from backend.engines.first_order.driver_crop import Driver, DriverLook
from backend.engines.first_order.relative import turn_since
from backend.engines.first_order.seams import KeypointArrays
from backend.media.types import RgbImage

_MOST_FRAMES: Final = 20  # that are named
_CUT: Final = 0.15
_JITTER: Final = 0.02
_NEUTRAL: Final = 0.03
_STILL_FRAMES: Final = 5
_FACE_SEEN: Final = 0.8
_FACE_LEAST, _FACE_MOST = 0.38, 0.8  # of the crop's side
_FACE_OFFSET: Final = 0.2
_ASIDE: Final = 0.3  # eye distances that the nose is off the eyes' middle; of a straight look below 0.1
_MOST_ROLL: Final = 25.0  # degrees
_LOOP: Final = 0.03
_LOOP_TURN: Final = 0.05
_CONDITION: Final = 20.0
_BACKGROUND: Final = 3.0  # grey levels
_CORNER_SHARE: Final = 0.08
_AMPLITUDE: Final = 0.35

Flags = npt.NDArray[np.bool_]


class FrameWatch:
    """Takes the crops that the detector sees, in order; keeps a few small pictures, however long the clip."""

    def __init__(self, seen: Driver) -> None:
        """seen: what of a crop lies beyond the picture is mirrored, and says nothing of the background."""
        self.face = Stirring()
        square = seen.square
        origin = (square.x, square.y, square.x, square.y)
        self._face = [(edge - at) / square.side for edge, at in zip(seen.face, origin, strict=True)]
        x1, y1, x2, _ = seen.square.shown(*seen.size_px)
        self._shown = [
            (edge - at) / seen.square.side for edge, at in ((x1, seen.square.x), (x2, seen.square.x))
        ]
        self._top = (y1 - seen.square.y) / seen.square.side
        self.cuts: list[int] = []
        self._corners = Spread()
        self._shots = CutDetector()
        self._count = 0

    def add(self, crop: RgbImage) -> None:
        """The next crop, uint8 (S, S, 3)."""
        if self._shots.is_cut(crop):
            self.cuts.append(self._count)
        self._count += 1
        side_px = crop.shape[0]
        x1, y1, x2, y2 = (round(edge * side_px) for edge in self._face)
        self.face.add(np.asarray(cv2.cvtColor(crop[y1:y2, x1:x2], cv2.COLOR_RGB2GRAY), np.uint8))
        # The two upper corners: shoulders may move in the lower ones. Averaged blocks: grain is no motion.
        part = max(1, round(side_px * _CORNER_SHARE))
        top = round(self._top * side_px)
        left, right = (round(edge * side_px) for edge in self._shown)
        band = cv2.blur(crop[top : top + part], (5, 5)).astype(np.float32)
        self._corners.add(
            np.concatenate([band[:, left : left + part], band[:, right - part : right]], axis=1)
        )

    @property
    def background(self) -> float:
        """Grey levels by which the upper corners vary."""
        return float(self._corners.deviation().mean())


def motion_checks(driver: KeypointArrays) -> tuple[ClipCheck, ...]:
    """What keypoints alone tell: jitter, neutral_start, loop, invertible, amplitude.

    driver: as the detector gave them, before anything is smoothed
    """
    size = face_size(driver.value[0])
    value = driver.value.astype(np.float64) / size
    ways = _mean_way(value - value[0])
    trembling = _mean_way(np.diff(value, 2, axis=0)) if len(value) > 2 else np.zeros(1)
    usual = float(np.median(trembling))
    turned = turn_since(driver.jacobian[0], driver.jacobian[-1:])[0]
    # one figure for both: what is left of the turn counts as the way that is as far off its limit
    left = max(float(ways[-1]), float(np.abs(turned - np.eye(2)).max()) * _LOOP / _LOOP_TURN)
    folded, condition = _folded(driver)
    return (
        _check("jitter", usual, _JITTER, frames=(trembling > _JITTER) & (usual > _JITTER), first=1),
        _check("neutral_start", float(ways[:_STILL_FRAMES].max()), _NEUTRAL, frames=_first(ways > _NEUTRAL)),
        ClipCheck(name="loop", passed=left <= _LOOP, value=left, limit=_LOOP),
        _check("invertible", condition, _CONDITION, frames=folded),
        _check("amplitude", float(ways.max()), _AMPLITUDE, frames=ways > _AMPLITUDE),
    )


def picture_checks(driver: KeypointArrays, watch: FrameWatch, seen: Driver) -> tuple[ClipCheck, ...]:
    """What takes pictures and boxes: cut, face, frontal, background."""
    size = face_size(driver.value[0])
    steps = _mean_way(np.diff(driver.value.astype(np.float64) / size, axis=0))
    is_cut = np.concatenate([[False], steps > _CUT])
    is_cut[watch.cuts] = True
    off = [look for look in seen.looks if not _is_placed(look, seen)]
    placed = (len(seen.looks) - len(off)) / max(1, len(seen.looks))
    aside = [(_aside(look.points), look.frame) for look in seen.looks if look.points is not None]
    return (
        ClipCheck(
            name="cut",
            passed=not bool(is_cut.any()),
            value=float(steps.max(initial=0.0)),
            limit=_CUT,
            frames=_numbers(is_cut),
        ),
        ClipCheck(
            name="face",
            passed=placed >= _FACE_SEEN,
            value=placed,
            limit=_FACE_SEEN,
            frames=tuple(look.frame for look in off)[:_MOST_FRAMES],
        ),
        ClipCheck(
            name="frontal",
            passed=all(value <= _ASIDE for value, _ in aside),
            value=max((value for value, _ in aside), default=None),
            limit=_ASIDE,
            frames=tuple(frame for value, frame in aside if value > _ASIDE)[:_MOST_FRAMES],
        ),
        ClipCheck(
            name="background",
            passed=watch.background <= _BACKGROUND,
            value=watch.background,
            limit=_BACKGROUND,
        ),
    )


def _check(name: str, value: float, limit: float, *, frames: Flags, first: int = 0) -> ClipCheck:
    """A check that fails above a limit. first: the frame of the first flag."""
    passed = value <= limit and not bool(frames.any())
    return ClipCheck(name=name, passed=passed, value=value, limit=limit, frames=_numbers(frames, first))


def _numbers(flags: Flags, first: int = 0) -> tuple[int, ...]:
    return tuple(int(index) + first for index in np.flatnonzero(flags)[:_MOST_FRAMES])


def _first(flags: Flags) -> Flags:
    """Of the first frames only."""
    return flags & (np.arange(len(flags)) < _STILL_FRAMES)


def _mean_way(change: Wide) -> Wide:
    """Mean length over the keypoints: (N, K, 2) to (N,)."""
    way: Wide = np.linalg.norm(change, axis=-1).mean(axis=-1)
    return way


def _folded(driver: KeypointArrays) -> tuple[Flags, float]:
    """Where a Jacobian changes its sign or is nearly flat, and the worst condition number."""
    wide = driver.jacobian.astype(np.float64)
    sign = np.sign(np.linalg.det(wide))
    stretch = np.linalg.svd(wide, compute_uv=False)
    condition = stretch[..., 0] / np.maximum(stretch[..., 1], 1e-9)
    flags = ((sign != sign[0]) | (condition > _CONDITION)).any(axis=-1)
    return np.asarray(flags, np.bool_), float(condition.max())


def _is_placed(look: DriverLook, driver: Driver) -> bool:
    """Whether the face is where a network expects it: in the middle, neither small nor cut off."""
    if look.box is None:
        return False
    x1, y1, x2, y2 = look.box
    square = driver.square
    usual_x1, usual_y1, usual_x2, usual_y2 = face_box_in(square.side)
    off_x = (x1 + x2 - usual_x1 - usual_x2) / 2 - square.x
    off_y = (y1 + y2 - usual_y1 - usual_y2) / 2 - square.y
    share = side(look.box) / square.side
    return _FACE_LEAST <= share <= _FACE_MOST and max(abs(off_x), abs(off_y)) <= _FACE_OFFSET * square.side


def _aside(points: FivePoints) -> float:
    """How far the nose is off the middle of the eyes, along their line, in eye distances.

    A face that lies on its side counts as turned away.
    """
    (x1, y1), (x2, y2), (nose_x, nose_y), *_ = points
    across_x, across_y = x2 - x1, y2 - y1
    apart = max(hypot(across_x, across_y), 1e-6)
    off = abs((nose_x - (x1 + x2) / 2) * across_x + (nose_y - (y1 + y2) / 2) * across_y) / apart**2
    roll = abs(degrees(atan2(across_y, across_x)))
    return max(off, _ASIDE * roll / _MOST_ROLL)


def notes_of(checks: Sequence[ClipCheck]) -> tuple[str, ...]:
    """What a person is told of failed checks, as stable codes."""
    failed = {check.name for check in checks if not check.passed}
    told = (("jitter", "clip_shaky"), ("background", "clip_background_moves"))
    return tuple(note for name, note in told if name in failed)
