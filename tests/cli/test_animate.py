"""`animate`: what it writes for which output, and what it refuses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import NoFaceFound
from backend.engines.animation_api import AnimateOptions, Animation, Driving, DrivingClip, FaceCurves
from backend.engines.api import Checkpoint
from backend.engines.fakes import FakeAnimator
from backend.media.film import FilmWriter
from backend.media.types import RgbImage
from tests.builders import a_photo
from tests.cli.conftest import Run
from tests.presets import FRAME_COUNT


class WatchedAnimator(FakeAnimator):
    """Remembers what it was asked; stops when it is told to."""

    def __init__(self, stop: BaseException | None = None) -> None:
        self.driving: Driving | None = None
        self.options: AnimateOptions | None = None
        self._stop = stop

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        self.driving, self.options = driving, options
        animation = super().animate(portrait, driving, options, checkpoint)
        return replace(animation, frames=self._watched(animation.frames))

    def _watched(self, frames: Iterator[RgbImage]) -> Iterator[RgbImage]:
        for frame_index, frame in enumerate(frames):
            if frame_index == 2 and self._stop is not None:
                raise self._stop
            yield frame


class BlindAnimator(FakeAnimator):
    """Finds nobody."""

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        raise NoFaceFound("nobody to animate")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(a_photo()).save(path)
    return path


def _left(tmp_path: Path) -> set[str]:
    return {path.name for path in tmp_path.iterdir()} - {"photo.png", "presets", "clip.mp4"}


@pytest.mark.parametrize(
    ("name", "start"),
    [("out.mp4", b"....ftyp"), ("out.webm", rb"\x1a\x45\xdf\xa3"), ("OUT.GIF", b"GIF89a")],
)
def test_the_output_s_name_says_the_format(
    run: Run, photo: Path, tmp_path: Path, name: str, start: bytes
) -> None:
    result = run("animate", photo, "--preset", "smile_blink", "-o", name)

    assert (result.exit_code, result.stderr) == (0, "")
    assert re.match(start, (tmp_path / name).read_bytes(), re.DOTALL)
    assert _left(tmp_path) == {name}


def test_a_folder_gets_numbered_frames(run: Run, photo: Path, tmp_path: Path) -> None:
    result = run("animate", photo, "--preset", "9", "-o", "frames")

    assert result.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == [f"{frame_index:04d}.png" for frame_index in range(FRAME_COUNT)]
    with Image.open(tmp_path / "frames/0000.png") as frame:
        assert frame.size == (64, 42)
    assert _left(tmp_path) == {"frames"}


def test_a_clip_of_one_s_own_drives(
    run: Run, photo: Path, tmp_path: Path, use_engines: Callable[..., None]
) -> None:
    with FilmWriter(tmp_path / "clip.mp4", 64, 64, 25.0) as film:
        for shade in range(0, 200, 20):
            film.write(np.full((64, 64, 3), shade, np.uint8))
    animator = WatchedAnimator()
    use_engines(animator=animator)

    result = run("animate", photo, "--driving", tmp_path / "clip.mp4", "-o", "out.mp4")

    assert result.exit_code == 0
    assert isinstance(animator.driving, DrivingClip)
    assert animator.driving.frame_count == 10


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], AnimateOptions()),
        (["--faces", "largest"], AnimateOptions(faces="largest")),
        (["--faces", "0,2"], AnimateOptions(faces=(0, 2))),
        (["--intensity", "0"], AnimateOptions(intensity=0.0)),
        (["--size", "720"], AnimateOptions(size="720")),
    ],
)
def test_options_reach_the_engine(
    run: Run,
    photo: Path,
    use_engines: Callable[..., None],
    arguments: list[str],
    expected: AnimateOptions,
) -> None:
    animator = WatchedAnimator()
    use_engines(animator=animator)

    run("animate", photo, "--preset", "nod", "-o", "out.mp4", *arguments)

    assert animator.options == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["-o", "out.mp4"],
        ["--preset", "nod", "--driving", "photo.png", "-o", "out.mp4"],
        ["--preset", "nod"],
        ["--preset", "nod", "-o", "out.avi"],
        ["--preset", "nod", "-o", "out.mp4", "--faces", "some"],
        ["--preset", "nod", "-o", "out.mp4", "--faces", "-1"],
        ["--preset", "nod", "-o", "out.mp4", "--intensity", "2"],
        ["--preset", "nod", "-o", "out.mp4", "--best-frame", "last"],
        ["--preset", "nod", "-o", "out.mp4", "--best-frame", "3"],
        ["--preset", "nod", "-o", "out.mp4", "--absolute"],
        ["--preset", "nod", "-o", "out.mp4", "--no-adapt-scale"],
        ["--preset", "nod", "-o", "out.mp4", "--mode", "fast"],
        ["--preset", "nod", "-o", "out.mp4", "--border", "official"],
        ["--preset", "nod", "-o", "out.mp4", "--aligned"],
        ["--preset", "nod", "-o", "out.mp4", "--device", "cpu"],
        ["--preset", "nod", "-o", "out.mp4", "--precision", "fp32"],
        ["--preset", "nod", "-o", "out.mp4", "--engine", "builtin", "--model-path", "photo.png"],
        ["--preset", "nod", "-o", "out.mp4", "--faces", "0:nod"],
        ["--driving", "photo.png", "-o", "out.mp4", "--faces", "0:nod"],
    ],
    ids=[
        "no motion",
        "two motions",
        "no output",
        "avi",
        "faces",
        "face -1",
        "intensity",
        "no such frame",
        "builtin: best frame",
        "builtin: absolute",
        "builtin: scale",
        "builtin: mode",
        "builtin: border",
        "builtin: aligned",
        "builtin: device",
        "builtin: precision",
        "builtin: model",
        "a preset for all and for one",
        "a clip and a preset for one",
    ],
)
def test_wrong_use_is_2(run: Run, photo: Path, tmp_path: Path, arguments: list[str]) -> None:
    assert run("animate", photo, *arguments).exit_code == 2
    assert _left(tmp_path) == set()


def test_an_unknown_preset_names_those_there_are(run: Run, photo: Path) -> None:
    result = run("animate", photo, "--preset", "frown", "-o", "out.mp4")

    assert result.exit_code == 1
    assert result.stderr == "Error: preset must be one of smile_blink, puzzled, nod, shake\n"


def test_an_engine_that_is_not_installed_is_one_clear_line(run: Run, photo: Path) -> None:
    result = run("animate", photo, "--preset", "nod", "-o", "out.mp4", "--engine", "first_order")

    assert result.exit_code == 1
    assert result.stderr == (
        "Error: the engine first_order has no weights: "
        "python -m backend weights download vox-cpk --accept-non-commercial\n"
    )


def test_nobody_to_animate_is_one_clear_line(
    run: Run, photo: Path, tmp_path: Path, use_engines: Callable[..., None]
) -> None:
    use_engines(animator=BlindAnimator())

    result = run("animate", photo, "--preset", "nod", "-o", "out.mp4")

    assert (result.exit_code, result.stderr) == (1, "Error: nobody to animate\n")
    assert _left(tmp_path) == set()


def test_each_face_has_its_own_preset(run: Run, photo: Path, use_engines: Callable[..., None]) -> None:
    animator = WatchedAnimator()
    use_engines(animator=animator)

    result = run("animate", photo, "--faces", "2:nod,0:smile_blink", "-o", "out.mp4")

    assert result.exit_code == 0
    assert isinstance(animator.driving, FaceCurves)
    assert sorted(animator.driving.curves) == [0, 2]
    assert animator.options == AnimateOptions(faces=(0, 2))


def test_an_unknown_preset_of_a_face_is_one_clear_line(run: Run, photo: Path, tmp_path: Path) -> None:
    result = run("animate", photo, "--faces", "0:moonwalk", "-o", "out.mp4")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: preset must be one of smile_blink, ")
    assert _left(tmp_path) == set()


@pytest.mark.parametrize("name", ["out.mp4", "frames"])
def test_ctrl_c_leaves_nothing(
    run: Run, photo: Path, tmp_path: Path, use_engines: Callable[..., None], name: str
) -> None:
    use_engines(animator=WatchedAnimator(stop=KeyboardInterrupt()))

    result = run("animate", photo, "--preset", "nod", "-o", name)

    assert result.exit_code == 1
    assert _left(tmp_path) == set()


def test_a_longer_film_s_frames_do_not_stay_behind_a_shorter_one_s(
    run: Run, photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "frames").mkdir()
    last_of_earlier = tmp_path / "frames" / f"{FRAME_COUNT + 7:04d}.png"
    last_of_earlier.write_bytes(b"old")
    (tmp_path / "frames/holiday.png").write_bytes(b"not a frame")

    run("animate", photo, "--preset", "nod", "-o", "frames")

    assert not last_of_earlier.exists()
    assert (tmp_path / "frames/holiday.png").read_bytes() == b"not a frame"


@pytest.mark.parametrize("output", ["0001.gif", "."])
def test_the_photo_itself_is_never_written_over(run: Run, photo: Path, tmp_path: Path, output: str) -> None:
    name = "0001.gif" if output.endswith(".gif") else "0001.png"
    original = photo.rename(tmp_path / name).read_bytes()

    result = run("animate", name, "--preset", "nod", "-o", output)

    assert result.exit_code == 2
    assert f"written over {name}" in result.stderr
    assert (tmp_path / name).read_bytes() == original


def test_frames_replace_those_of_an_earlier_call(run: Run, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames/0000.png").write_bytes(b"old")

    run("animate", photo, "--preset", "nod", "-o", "frames")

    with Image.open(tmp_path / "frames/0000.png") as frame:
        assert frame.format == "PNG"
