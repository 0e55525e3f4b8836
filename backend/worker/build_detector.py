"""The faces that the built-in engines work with: by the small detector if it is installed, else by cascades.

Looked up at every photo, so that a file that arrives is used at once; without one no torch is loaded.
"""

from threading import Lock

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.status import InstalledFile
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.cascade_boxes import with_cascade_boxes
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.media.types import RgbImage

# The small one alone: large enough for these engines, and 1.8 MB that anybody may use.
DETECTOR = "retinaface-mobile0.25"


class InstalledFinder:
    """A `FindFaces`: upright faces in boxes as the cascades draw them, whoever finds them."""

    def __init__(self, weights: WeightsFolder) -> None:
        self._weights = weights
        self._building = Lock()
        self._built: tuple[str, FindFaces] | None = None

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        """photo: uint8 (H, W, 3) RGB. Raises WeightsRefused for a file that is no detector."""
        files = self._weights.find("gfpgan", "detector")
        file = next((file for file in files if file.file.name == DETECTOR), None)
        return find_faces(photo) if file is None else self._finder(file)(photo)

    def _finder(self, file: InstalledFile) -> FindFaces:
        with self._building:
            if self._built is None or self._built[0] != file.sha256:
                self._built = (file.sha256, _build(file))
            return self._built[1]


def _build(file: InstalledFile) -> FindFaces:
    from backend.engines.faces.detector_file import finder_of  # torch: not before it is needed

    return with_cascade_boxes(finder_of(file.path, sha256=file.sha256, only_upright=True))
