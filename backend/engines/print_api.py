"""What a print cutter is to everything above it: where paper prints lie in a picture, and each one cut out.

Free of OpenCV, as `api.py` is. Apart from it, because neither a restorer nor an animator has prints.
"""

from dataclasses import dataclass
from math import hypot
from typing import Protocol

from backend.domain.errors import InvalidOption
from backend.engines.api import Checkpoint
from backend.media.types import RgbImage

Point = tuple[float, float]
"""x, y in pixels of the picture; a pixel's centre lies at + 0.5."""

Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left of a print as it hangs on a wall, wherever they lie."""


LEAST_SIDE_PX = 16.0  # of a print; the least that can be restored
_OUTSIDE_PX = 0.5  # corners that were rounded on their way here are still in the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPrint:
    """A paper print that was found in a picture of it. The order of its corners turns it upright."""

    corners: Corners
    score: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightPrint:
    """A print cut out of a picture, flat and upright, and what to know of it: "glare_left"."""

    image: RgbImage
    notes: tuple[str, ...] = ()


class PrintCutter(Protocol):
    """Finds paper prints in a phone picture or a scan, and cuts them out straight."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def find(self, picture: RgbImage, checkpoint: Checkpoint) -> tuple[FoundPrint, ...]:
        """The prints, in reading order; none where the picture is itself the photo, and no picture of one."""
        ...

    def straighten(self, picture: RgbImage, corners: Corners, checkpoint: Checkpoint) -> StraightPrint:
        """Cut one print out. Raises InvalidOption for corners that are no convex quadrilateral in it."""
        ...


def require_quadrilateral(corners: Corners, width_px: int, height_px: int) -> None:
    """Raise InvalidOption unless `corners` lie in the picture and go around convexly, clockwise."""
    for x, y in corners:
        # Written so that NaN fails.
        if not (-_OUTSIDE_PX <= x <= width_px + _OUTSIDE_PX and -_OUTSIDE_PX <= y <= height_px + _OUTSIDE_PX):
            raise InvalidOption("corners must lie in the picture", option="corners")
    for index, (x, y) in enumerate(corners):
        (before_x, before_y), (after_x, after_y) = corners[index - 1], corners[(index + 1) % 4]
        turn = (x - before_x) * (after_y - y) - (y - before_y) * (after_x - x)
        if turn <= 0:
            raise InvalidOption("corners must go around a convex quadrilateral, clockwise", option="corners")
        if hypot(after_x - x, after_y - y) < LEAST_SIDE_PX:
            raise InvalidOption(f"a print's sides must be {LEAST_SIDE_PX:g} px or more", option="corners")
