"""The built-in print cutter: OpenCV and arithmetic, no weights."""

from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint
from backend.engines.builtin.prints.find import find_outlines
from backend.engines.builtin.prints.glare import has_glare
from backend.engines.builtin.prints.straighten import straightened
from backend.engines.builtin.prints.upright import upright
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.print_api import Corners, FoundPrint, StraightPrint, require_quadrilateral
from backend.media.types import RgbImage


class BuiltinPrintCutter:
    """Finds prints by their four straight sides, turns them by the faces in them."""

    name = "builtin"
    version = "1"

    def __init__(self, find: FindFaces = find_faces) -> None:
        """find: the upright faces of a picture, and no others."""
        self._find = find

    def find(self, picture: RgbImage, checkpoint: Checkpoint) -> tuple[FoundPrint, ...]:
        """See `PrintCutter`."""
        checkpoint(Stage.ANALYSE, 0.0)
        prints = [
            FoundPrint(corners=upright(picture, outline.corners, checkpoint, self._find), score=outline.score)
            for outline in find_outlines(picture)
        ]
        return _in_reading_order(prints)

    def straighten(self, picture: RgbImage, corners: Corners, checkpoint: Checkpoint) -> StraightPrint:
        """See `PrintCutter`. Notes: glare_left."""
        height_px, width_px = picture.shape[:2]
        require_quadrilateral(corners, width_px, height_px)
        checkpoint(Stage.ANALYSE, 0.0)
        cut = straightened(picture, corners)
        notes = ("glare_left",) if has_glare(cut) else ()
        return StraightPrint(image=cut, notes=notes)


def _in_reading_order(prints: list[FoundPrint]) -> tuple[FoundPrint, ...]:
    """Rows from the top, each from the left. A row: all whose middles are above its first one's lower end."""
    left = sorted(prints, key=lambda one: _middle(one)[1])
    ordered: list[FoundPrint] = []
    while left:
        bottom = max(y for _, y in left[0].corners)
        row = [one for one in left if _middle(one)[1] < bottom]
        ordered += sorted(row, key=lambda one: _middle(one)[0])
        left = [one for one in left if _middle(one)[1] >= bottom]
    return tuple(ordered)


def _middle(one: FoundPrint) -> tuple[float, float]:
    return sum(x for x, _ in one.corners) / 4, sum(y for _, y in one.corners) / 4
