from pathlib import Path

import numpy as np
from PIL import Image

from backend.domain.errors import NoFaceFound
from backend.engines.animation_api import AnimateOptions, Animation, Driving, MotionCurve
from backend.engines.api import Checkpoint
from backend.engines.fakes import FakeAnimator
from backend.evaluation.gallery.animated import animated_cells, telling_frames
from backend.media.images import encode_poster
from backend.media.types import RgbImage
from tests.builders import a_photo


def test_the_telling_frames_of_a_curve_hold_its_short_blink() -> None:
    blink = [0.0] * 75
    blink[37] = 1.0
    curve = MotionCurve(
        fps=25.0, channels={"blink_left": tuple(blink), "yaw": tuple(np.linspace(0, 0.1, 75))}
    )

    frames = telling_frames(curve, 6)

    assert 37 in frames
    assert frames[0] == 0
    assert frames == tuple(sorted(set(frames)))
    assert len(frames) == 6


def test_a_curve_shorter_than_asked_for_is_shown_whole() -> None:
    assert telling_frames(MotionCurve(fps=25.0, channels={"yaw": (0.0, 0.1)}), 6) == (0, 1)


def test_there_is_a_cell_for_each_face_and_expression(tmp_path: Path) -> None:
    curves = {
        "nod": MotionCurve(fps=25.0, channels={"pitch": (0.0, 0.1, 0.2)}),
        "smile": MotionCurve(fps=25.0, channels={"smile": (0.0, 1.0)}),
    }

    cells = list(animated_cells(tmp_path, "anna", encode_poster(a_photo()), FakeAnimator(), curves))

    assert [cell.key for cell in cells] == ["animate/builtin/anna/nod/0", "animate/builtin/anna/smile/0"]
    assert cells[0].figures["frames"] == "0, 1, 2"
    with Image.open(tmp_path / cells[0].image) as picture:
        width_px, height_px = picture.size
    assert (width_px, height_px) == (3 * height_px + 2 * 4, 240)


def test_a_photo_without_a_face_has_no_cell(tmp_path: Path) -> None:
    class NobodyThere(FakeAnimator):
        def animate(
            self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
        ) -> Animation:
            raise NoFaceFound("nobody")

    curves = {"nod": MotionCurve(fps=25.0, channels={"pitch": (0.0, 0.1)})}

    assert list(animated_cells(tmp_path, "sea", encode_poster(a_photo()), NobodyThere(), curves)) == []
