"""The detector's file becomes the built-in engines' finder, and torch waits until there is one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.engines.animation_api import AnimateOptions, MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.faces.boxes import FoundFace, side
from backend.engines.faces.detector import find_faces
from backend.media.types import RgbImage
from backend.worker.build_detector import DETECTOR, InstalledFinder
from tests.builders import a_portrait
from tests.shared_data import SHARED, needs_shared
from tests.weights_folders import a_folder, an_entry

FILE = SHARED / "data/weights/mobilenet0.25_Final.pth"


def an_entry_for(content: bytes) -> str:
    return an_entry(DETECTOR, "detector.pth", content=content, role="detector")


def test_without_a_file_the_cascades_find_faces(tmp_path: Path) -> None:
    find = InstalledFinder(a_folder(tmp_path, an_entry_for(b"not here yet")))

    assert find(a_portrait()) == find_faces(a_portrait())


@needs_shared("data/weights")
def test_a_file_that_arrives_is_used_at_once_with_boxes_as_the_engines_are_used_to(tmp_path: Path) -> None:
    find = InstalledFinder(a_folder(tmp_path, an_entry_for(FILE.read_bytes())))
    (by_cascades,) = find(a_portrait())
    shutil.copy(FILE, tmp_path / "detector.pth")

    (face,) = find(a_portrait())

    assert by_cascades.landmarks is None
    assert face.landmarks is not None and len(face.eyes) == 2
    assert side(face.box) == pytest.approx(side(by_cascades.box), rel=0.12)  # two deviations of the fit


def test_a_file_that_is_no_detector_is_refused(tmp_path: Path) -> None:
    torch.save({"conv.weight": torch.zeros(1, 1, 1, 1)}, tmp_path / "detector.pth")
    find = InstalledFinder(a_folder(tmp_path, an_entry_for((tmp_path / "detector.pth").read_bytes())))

    with pytest.raises(WeightsRefused, match="RetinaFace"):
        find(a_portrait())


def test_the_animator_asks_the_finder_it_was_given() -> None:
    asked: list[RgbImage] = []
    still = MotionCurve(fps=25.0, channels={"smile": [0.0]})

    def find(photo: RgbImage) -> tuple[FoundFace, ...]:
        asked.append(photo)
        return find_faces(photo)

    BuiltinAnimator(find).animate(a_portrait(), still, AnimateOptions(), no_checkpoint)

    assert len(asked) == 1


def test_without_a_detector_no_torch_is_loaded(tmp_path: Path) -> None:
    a_folder(tmp_path)
    program = (
        "import sys; from pathlib import Path; from backend.worker.build_engines import build_engines, warm;"
        "from backend.checkpoints.folder import open_weights_folder;"
        f"warm(build_engines(open_weights_folder(Path({str(tmp_path)!r}))));"
        "sys.exit('torch' in sys.modules)"
    )

    finished = subprocess.run([sys.executable, "-c", program], check=False, timeout=120)

    assert finished.returncode == 0
