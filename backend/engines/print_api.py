"""What a print cutter is to everything above it: where paper prints lie in a picture, and each one cut out.

Free of OpenCV, as `api.py` is. Apart from it, because neither a restorer nor an animator has prints.
"""

from dataclasses import dataclass
from typing import Protocol

from backend.engines.api import Checkpoint
from backend.media.types import RgbImage

Point = tuple[float, float]
"""x, y in pixels of the picture; a pixel's centre lies at + 0.5."""

Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left of a print as it hangs on a wall, wherever they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPrint:
    """A paper print that was found in a picture of it. The order of its corners turns it upright."""

    corners: Corners
    score: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightPrint:
    """A print cut out of a picture, flat and upright, and what else was done: "glare_reduced", ..."""

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
