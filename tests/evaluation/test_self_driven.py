"""A photo moved by a film of itself, by animators that do it perfectly, not at all, and by a fake network."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.animation_api import AnimateOptions, Animation, Driving, MotionCurve
from backend.engines.api import Checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.faces.detector import find_faces
from backend.evaluation.moving import LabelledPhoto
from backend.evaluation.samples import Sample
from backend.evaluation.self_driven import SelfDriven, measure_self_driven, self_driven_section
from backend.media.types import RgbImage
from tests.builders import a_portrait
from tests.engines.first_order.stages import an_engine

NOD = MotionCurve(fps=25.0, channels={"pitch": (0.0, 0.06, 0.12, 0.12, 0.06, 0.0)})


class Redrawing:
    """Draws the frames of the clip that drives it, so many times slower."""

    name, version = "redrawing", "1"

    def __init__(self, slower: int = 1) -> None:
        self._slower = slower

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        assert isinstance(driving, MotionCurve) and driving.open_clip is not None
        clip = driving.open_clip()
        frames = list(clip.read(fps=clip.fps, start_s=0.0, seconds=clip.duration_s, long_side_px=256))
        assert np.array_equal(portrait, frames[0]) and options.is_face_crop
        shown = [frames[index // self._slower] for index in range(len(frames))]
        return Animation(
            width_px=256, height_px=256, fps=25.0, frame_count=len(shown), frames=iter(shown), faces=()
        )


@pytest.fixture
def photos(tmp_path: Path) -> list[LabelledPhoto]:
    """A portrait, and a wall without a face."""
    pictures = {"01_portrait": a_portrait(), "02_wall": np.full((96, 96, 3), 128, np.uint8)}
    labelled = []
    for name, picture in pictures.items():
        path = tmp_path / f"{name}.png"
        Image.fromarray(picture).save(path)
        sample = Sample(name=name, is_ffhq=False, folder=tmp_path)
        labelled.append(LabelledPhoto(sample=sample, path=path, accepted_counts=(1,), boxes=()))
    return labelled


def _measured(photos: list[LabelledPhoto], animator: object) -> SelfDriven:
    (figures,) = measure_self_driven(
        photos,
        animator,  # type: ignore[arg-type]  # of several kinds
        BuiltinAnimator(),
        find_faces,
        {"nod": NOD},
        lambda *_: None,
    )
    return figures


def test_who_draws_the_film_itself_is_nowhere_off(photos: list[LabelledPhoto]) -> None:
    figures = _measured(photos, Redrawing())

    assert (figures.sample.name, figures.preset) == ("01_portrait", "nod")
    assert (figures.l1, figures.path_px) == (0.0, 0.0)
    assert figures.still_l1 > 0.005 and figures.still_path_px > 1.0


def test_who_never_moves_is_as_far_off_as_the_photo(photos: list[LabelledPhoto]) -> None:
    figures = _measured(photos, Redrawing(slower=len(NOD.channels["pitch"])))

    assert figures.l1 == figures.still_l1
    assert figures.path_px == pytest.approx(figures.still_path_px)  # the window follows, or does not


def test_the_engine_itself_is_measured(photos: list[LabelledPhoto]) -> None:
    figures = _measured(photos, an_engine())

    assert figures.l1 > 0.0 and figures.path_px > 0.0


def test_the_section_holds_trained_weights_against_doing_nothing_and_random_ones_against_nothing() -> None:
    sample = Sample(name="c01", is_ffhq=False, folder=Path())
    worse = SelfDriven(sample=sample, preset="nod", l1=0.03, still_l1=0.02, path_px=2.0, still_path_px=4.0)

    trained = self_driven_section("Self: all", [worse])
    random = self_driven_section("Self: all", [worse], is_trained=False)

    assert len(trained.misses) == 1 and "L1 / of the photo as it is" in trained.misses[0]
    assert any(line.startswith("| path / of the photo as it is") and "0.50" in line for line in trained.lines)
    assert random.judged_count == 0
    assert any("random numbers" in line for line in random.lines)
