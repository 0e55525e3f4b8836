"""Where the picture ends and its margin, card or scanner lid begins.

Apart from the tone step, which only asks: what lies around a picture tells nothing of how it has faded, and
must not change with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import shrunk
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 512
_MOST_LAYERS = 3  # a scanner's lid around a card around a print's white margin
_WIDEST_SHARE = 0.3  # of the side; a cabinet card's foot is a quarter of it
_NARROWEST_PX = 4
_ALIKE = 14.0  # grey levels within which a line's pixels are of one paper
_PAPER_SHARE = 0.72  # of a line; lettering on the card is the rest
_PICTURE_SHARE = 0.5  # of a line that is paper no more
_WHOLE_LINE = 0.9  # the same, where the picture is not darker or lighter but of another colour
_LEAST_PICTURE_SHARE = 0.33  # the same, where the other sides have shown that there is a border
_EDGE_SHARE = 0.03  # of the side, within which paper ends: prints lie a little askew
_STEP = 8.0  # grey levels between paper and picture
_ONE_SIDED = 0.7  # of what is no paper there: all darker, or all lighter
_BLACK, _WHITE = 24.0, 236.0  # beyond, two sides are enough: a lid or a screen, and no scene
_PAPER_FROM = 110.0
_SMALLEST_SHARE = 0.3  # of either side, left for the picture

Four = tuple[float, float, float, float]
Plane = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """What lies around a picture. Shares of the height (top, bottom) and of the width (left, right).

    start: where the innermost layer begins on each side, from the photo's edge; outer: where it begins to
    end; inner: where it has
    """

    start: Four
    outer: Four
    inner: Four
    is_paper: bool  # the innermost layer is light: a margin or a card, not a scanner's lid


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    outer_px: int
    inner_px: int
    brightness: float
    is_lighter: bool


def find_border(photo: FloatImage) -> Border | None:
    """The margin, card or lid around the picture; None where the picture fills the photo.

    Even, of one colour, ending along a straight line, on three sides at least: a clear sky is all of that on
    one side. Black and white need only two sides.

    photo: float32 (H, W, 3) RGB in [0, 255]
    """
    small = np.asarray(cv2.medianBlur(shrunk(photo, _MEASURED_SIDE_PX), 3), np.float32)
    height_px, width_px = small.shape[:2]
    start, outer, inner = [0] * 4, [0] * 4, [0] * 4
    is_paper = False
    for _ in range(_MOST_LAYERS):
        top, bottom, left, right = inner
        within = small[top : height_px - bottom, left : width_px - right]
        sides = [_side(lines) for lines in _from_each_side(within)]
        found = [side for side in sides if side is not None]
        if not _is_frame(found):
            break
        is_paper = all(side.brightness > _PAPER_FROM for side in found)
        like = float(np.median([side.brightness for side in found]))
        sides = [
            side or _side(lines, like=like)
            for side, lines in zip(sides, _from_each_side(within), strict=True)
        ]
        for index, side in enumerate(sides):
            if side is not None:
                start[index] = inner[index]
                outer[index], inner[index] = start[index] + side.outer_px, start[index] + side.inner_px
        if min(height_px - inner[0] - inner[1], width_px - inner[2] - inner[3]) < _SMALLEST_SHARE * min(
            height_px, width_px
        ):
            return None
    if not any(inner):
        return None
    sizes_px = (height_px, height_px, width_px, width_px)
    return Border(
        start=_four(px / size for px, size in zip(start, sizes_px, strict=True)),
        outer=_four(px / size for px, size in zip(outer, sizes_px, strict=True)),
        inner=_four(px / size for px, size in zip(inner, sizes_px, strict=True)),
        is_paper=is_paper,
    )


def _four(values: Iterable[float]) -> Four:
    top, bottom, left, right = values
    return top, bottom, left, right


def _from_each_side(picture: FloatImage) -> tuple[FloatImage, ...]:
    turned = picture.swapaxes(0, 1)
    return picture, picture[::-1], turned, turned[::-1]


def _side(lines: FloatImage, like: float | None = None) -> _Side | None:
    """The border along the first lines of a picture; None where there is none.

    lines: float32 (lines from the edge inwards, pixels along the edge, 3)
    like: brightness of the border on the other sides; what is like it needs to end less clearly
    """
    count, length = lines.shape[:2]
    if count <= 2 * _NARROWEST_PX or length <= 2 * _NARROWEST_PX:
        return None
    # Paper under a lamp is brighter at one end: every pixel is held against the paper near it.
    paper = _smooth(np.median(lines[:_NARROWEST_PX], axis=0))
    outer_px = 0
    while outer_px < _WIDEST_SHARE * count:
        is_alike = np.abs(lines[outer_px] - paper).max(axis=-1) < _ALIKE
        if is_alike.mean() < _PAPER_SHARE:
            break
        paper = np.where(is_alike[:, None], paper + 0.2 * (lines[outer_px] - paper), paper)
        outer_px += 1
    else:
        return None
    edge_px = round(_EDGE_SHARE * count) + 2
    ahead = lines[outer_px + 1 : outer_px + 1 + edge_px] - paper
    if outer_px < _NARROWEST_PX or len(ahead) == 0:
        return None
    is_picture = np.abs(ahead).max(axis=-1) >= _ALIKE
    ends = is_picture.mean(axis=1)
    inner_px = outer_px + 1 + int(np.argmax(ends >= ends.max() - 0.05))
    brighter = ahead.mean(axis=-1)
    darker, lighter = (brighter < -_STEP).mean(), (brighter > _STEP).mean()
    if like is not None:
        is_border = ends.max() >= _LEAST_PICTURE_SHARE and abs(np.median(paper) - like) < 2 * _ALIKE
    else:
        is_one_sided = max(darker, lighter) >= _ONE_SIDED * (darker + lighter)
        is_border = ends.max() >= (_PICTURE_SHARE if is_one_sided else _WHOLE_LINE)
    if not is_border:
        return None
    return _Side(
        outer_px=outer_px,
        inner_px=inner_px,
        brightness=float(np.median(paper)),
        is_lighter=bool(darker > lighter),
    )


def _smooth(line: FloatImage) -> FloatImage:
    width = max(3, len(line) // 8) | 1
    return np.asarray(cv2.blur(line[None], (width, 1), borderType=cv2.BORDER_REPLICATE)[0], np.float32)


def _is_frame(sides: list[_Side]) -> bool:
    """Sides that are of one thing: all four, or all lighter than the picture, or all darker."""
    if len(sides) < 4 and len({side.is_lighter for side in sides}) != 1:
        return False
    is_extreme = all(not _BLACK < side.brightness < _WHITE for side in sides)
    return len(sides) >= (2 if is_extreme else 3)


def inside(border: Border | None, height_px: int, width_px: int) -> tuple[slice, slice]:
    """Rows and columns of the picture within its border, in a copy of the photo of this size."""
    return _within((0.0,) * 4 if border is None else border.inner, height_px, width_px)


def _within(shares: Four, height_px: int, width_px: int) -> tuple[slice, slice]:
    top, bottom, left, right = shares
    return (
        slice(ceil(top * height_px), height_px - ceil(bottom * height_px)),
        slice(ceil(left * width_px), width_px - ceil(right * width_px)),
    )


def picture_share(border: Border, height_px: int, width_px: int) -> tuple[Plane, Plane]:
    """How much of a row (H,) and of a column (W,) is picture: 0 on the border, 1 within, a ramp between."""
    rows = _ramp(height_px, border.outer[:2], border.inner[:2])
    return rows, _ramp(width_px, border.outer[2:], border.inner[2:])


def _ramp(size_px: int, outer: tuple[float, ...], inner: tuple[float, ...]) -> Plane:
    place = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px
    share = np.ones(size_px, np.float32)
    for distance, start, end in ((place, outer[0], inner[0]), (1.0 - place, outer[1], inner[1])):
        if end > 0.0:
            share *= np.clip((distance - start) / (end - start), 0.0, 1.0)
    return share


def paper_of(border: Border, height_px: int, width_px: int) -> npt.NDArray[np.bool_]:
    """Where the innermost layer of the border lies: (height_px, width_px), empty unless on all sides."""
    is_paper = np.zeros((height_px, width_px), np.bool_)
    if min(end - start for start, end in zip(border.start, border.outer, strict=True)) <= 0.0:
        return is_paper
    is_paper[_within(border.start, height_px, width_px)] = True
    is_paper[_within(border.outer, height_px, width_px)] = False
    return is_paper
