"""The detector's file becomes the built-in engines' finder, and torch waits until there is one."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.engines.api import AnimateOptions, MotionCurve, RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.faces.boxes import FoundFace, side
from backend.engines.faces.detector import find_faces
from backend.media.types import RgbImage
from backend.worker.build_detector import build_builtin_detector
from backend.worker.build_engines import build_engines
from tests.builders import a_portrait
from tests.shared_data import SHARED, needs_shared

FILE = SHARED / "data/weights/mobilenet0.25_Final.pth"


def load_state(path: Path) -> Mapping[str, torch.Tensor]:
    return dict(torch.load(path, weights_only=True, map_location="cpu"))


@needs_shared("data/weights")
def test_the_built_in_engines_get_boxes_as_they_are_used_to() -> None:
    find = build_builtin_detector(FILE, load_state)

    (face,), (by_cascades,) = find(a_portrait()), find_faces(a_portrait())

    assert side(face.box) == pytest.approx(side(by_cascades.box), rel=0.12)  # two deviations of the fit
    assert face.landmarks is not None and len(face.eyes) == 2


def test_a_file_that_is_no_detector_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.pth"
    torch.save({"conv.weight": torch.zeros(1, 1, 1, 1)}, file)

    with pytest.raises(WeightsRefused, match="RetinaFace"):
        build_builtin_detector(file, load_state)


class Finder:
    """Finds nothing, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        self.asked += 1
        return find_faces(photo)


def test_the_animator_asks_the_finder_it_was_given() -> None:
    find = Finder()
    still = MotionCurve(fps=25.0, channels={"smile": [0.0]})

    build_engines(find).animators["builtin"].animate(a_portrait(), still, AnimateOptions(), no_checkpoint)

    assert find.asked == 1


def test_the_restorer_spares_the_faces_of_the_finder_it_was_given() -> None:
    find = Finder()
    photo = a_portrait()
    photo[:, 128] = 255  # a scratch, so that there is something to spare faces from

    restorer = build_engines(find).restorers["builtin"]
    restorer.restore(SourcePhoto(pixels=photo), RestoreOptions(scratches="strong"), no_checkpoint)

    assert find.asked == 1


def test_without_a_detector_no_torch_is_loaded() -> None:
    program = (
        "import sys; from backend.worker.build_engines import build_engines;"
        "import backend.worker.build_detector; build_engines(); sys.exit('torch' in sys.modules)"
    )

    finished = subprocess.run([sys.executable, "-c", program], check=False, timeout=120)

    assert finished.returncode == 0
