"""`animate` with the engine that has weights: which options reach it, and what is said of its film."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from backend.checkpoints.folder import WeightsFolder
from backend.domain.films import ClipCheck, FilmQuality
from backend.engines.animation_api import AnimateOptions, Animation, Driving, MotionSetup
from backend.engines.api import Checkpoint
from backend.engines.fakes import FakeAnimator, FakePrintCutter
from backend.media.types import RgbImage
from backend.worker import build_engines
from backend.worker.build_engines import Engines
from tests.builders import a_photo
from tests.cli.conftest import Run


class WeighedAnimator(FakeAnimator):
    """Remembers what it was asked; its films come with everything that can be known of one."""

    name = "first_order"
    options: AnimateOptions
    setup: MotionSetup
    templates_dir: Path

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        self.options = options
        return replace(
            super().animate(portrait, driving, options, checkpoint),
            model="vox-cpk",
            notes=("motion_limited",),
            clip_checks=(
                ClipCheck(name="face", passed=True),
                ClipCheck(name="jitter", passed=False, frames=(12, 13, 14, 40)),
                ClipCheck(name="amplitude", passed=False, value=0.812, limit=0.5),
            ),
            quality=lambda: FilmQuality(identity_change=0.0214, seam=1.0, jitter=float("nan")),
        )


@pytest.fixture
def animator(monkeypatch: pytest.MonkeyPatch) -> WeighedAnimator:
    """In the place of the engine, which needs files that are not here."""
    animator = WeighedAnimator()

    def build(_weights: WeightsFolder, *, motion: MotionSetup, templates_dir: Path) -> Engines:
        animator.setup, animator.templates_dir = motion, templates_dir
        return Engines(restorers={}, animators={"first_order": animator}, print_cutter=FakePrintCutter())

    monkeypatch.setattr(build_engines, "build_engines", build)
    return animator


@pytest.fixture
def animate(run: Run, tmp_path: Path) -> Callable[..., list[str]]:
    """Make a film with a file of weights; the lines that are said of it."""
    Image.fromarray(a_photo()).save(tmp_path / "photo.png")
    (tmp_path / "own.pth.tar").write_bytes(b"weights")

    def made(*arguments: str) -> list[str]:
        result = run("animate", "photo.png", "-o", "out.mp4", "--model-path", "own.pth.tar", *arguments)
        assert (result.exit_code, result.stderr) == (0, "")
        return list(result.stdout.splitlines())

    return made


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], AnimateOptions()),
        (["--mode", "fast"], AnimateOptions(mode="fast")),
        (["--mode", "parity", "--border", "official"], AnimateOptions(mode="parity", border="official")),
        (["--absolute"], AnimateOptions(relative=False)),
        (["--no-adapt-scale"], AnimateOptions(adapt_scale=False)),
        (["--best-frame", "first"], AnimateOptions(best_frame="first")),
        (["--best-frame", "12"], AnimateOptions(best_frame=12)),
        (["--aligned"], AnimateOptions(is_face_crop=True)),
        (["--border", "frozen"], AnimateOptions(border="frozen")),
    ],
)
def test_options_reach_the_engine(
    animate: Callable[..., list[str]],
    animator: WeighedAnimator,
    arguments: list[str],
    expected: AnimateOptions,
) -> None:
    animate("--preset", "nod", *arguments)

    assert animator.options == expected


def test_the_engine_is_put_together_as_asked(
    animate: Callable[..., list[str]], animator: WeighedAnimator
) -> None:
    animate("--preset", "nod", "--device", "cpu", "--precision", "fp32")

    assert animator.setup == MotionSetup(model_path=Path("own.pth.tar"), device="cpu", precision="fp32")
    assert animator.templates_dir == Path("var/templates")  # the server's


@pytest.mark.usefixtures("animator")
def test_a_film_is_reported_with_what_failed_and_where(animate: Callable[..., list[str]]) -> None:
    said = animate("--preset", "nod")

    assert said[1:] == [
        "model: vox-cpk",
        "motion_limited",
        "quality: identity change 0.021, seam 1.00",
        "jitter: frames 12-14, 40",
        "amplitude: 0.812, limit 0.5",
    ]


@pytest.mark.usefixtures("animator")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--absolute", "--best-frame", "3"],
        ["--mode", "parity", "--size", "720"],
        ["--mode", "parity", "--intensity", "0.5"],
        ["--aligned", "--faces", "largest"],
    ],
)
def test_options_that_contradict_each_other_are_wrong_use(
    run: Run, tmp_path: Path, arguments: list[str]
) -> None:
    Image.fromarray(a_photo()).save(tmp_path / "photo.png")
    (tmp_path / "own.pth.tar").write_bytes(b"weights")

    result = run(
        "animate",
        *("photo.png", "--preset", "nod", "-o", "out.mp4", "--model-path", "own.pth.tar"),
        *arguments,
    )

    assert result.exit_code == 2
    assert arguments[0].removeprefix("--").split("-")[0] in result.stderr or "best-frame" in result.stderr
    assert not (tmp_path / "out.mp4").exists()
