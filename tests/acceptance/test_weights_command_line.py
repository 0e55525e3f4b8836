"""The engine with weights by the command line: fetched, checked, used, in the official script's folders."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from backend.cli.main import jiuying
from backend.media.types import RgbImage
from backend.media.video import ClipLimits, probe_clip, read_frames
from tests.builders import a_portrait
from tests.checkpoints.file_server import serving
from tests.clips import a_clip, run_ffmpeg
from tests.narrow_networks import as_file
from tests.narrow_weights import V13, V14, install, narrow_files, narrow_folder

Run = Callable[..., Result]

# Eyes, nose and mouth corners of `a_portrait`, marked by hand.
POINTS = [[98, 101], [149, 103], [127, 121], [104, 139], [152, 140]]
LIMITS = ClipLimits(max_seconds=10.0, max_side_px=512)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return narrow_files()


@pytest.fixture
def weights_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> Iterator[Path]:
    """Nothing is installed; the manifest's addresses answer."""
    with serving(files=files) as shelf:
        narrow_folder(tmp_path / "weights", shelf.address, files)
        monkeypatch.setenv("JIUYING_WEIGHTS_DIR", str(tmp_path / "weights"))
        yield tmp_path / "weights"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(jiuying, [str(argument) for argument in arguments])


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    return saved(tmp_path / "anna.png", a_portrait())


def saved(path: Path, pixels: RgbImage) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def opened(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.int16)


def made_in(output: Path) -> set[str]:
    return {str(path.relative_to(output)) for path in output.rglob("*") if path.is_file()}


def states(run: Run) -> dict[str, str]:
    return {item["name"]: item["state"] for item in json.loads(run("weights", "list", "--json").stdout)}


def test_a_model_is_fetched_checked_and_then_used_by_itself(
    run: Run, weights_dir: Path, files: dict[str, bytes], portrait: Path
) -> None:
    before = run("restore", portrait, "-o", "before", "--upscale", "1")
    refused = run("restore", portrait, "-o", "refused", "--engine", "gfpgan")
    fetched = run("weights", "download", "v1.4", "v1.3")
    verified = run("weights", "verify")
    after = run("restore", portrait, "-o", "after", "--upscale", "1", "--suffix", "new")

    assert [before.exit_code, fetched.exit_code, verified.exit_code, after.exit_code] == [0, 0, 0, 0]
    assert refused.exit_code != 0
    assert "weights download v1.4" in refused.stderr
    assert (weights_dir / V14).read_bytes() == files[V14]
    assert {name for name, state in states(run).items() if state == "installed"} == {"v1.4", "v1.3"}
    assert json.loads(Path("before/report.json").read_text())["photos"][0]["engine"] == "builtin"
    line = json.loads(Path("after/report.json").read_text())["photos"][0]
    assert (line["engine"], line["model"]) == ("gfpgan", "v1.4")
    assert made_in(Path("after")) == {
        "report.json",
        "restored_imgs/anna_new.png",
        "cropped_faces/anna_00.png",
        "restored_faces/anna_00_new.png",
        "cmp/anna_00.png",
        "cmp/anna_new.jpg",
    }
    crop, face = (
        opened(Path("after/cropped_faces/anna_00.png")),
        opened(Path("after/restored_faces/anna_00_new.png")),
    )
    assert crop.shape == face.shape == (512, 512, 3)
    assert np.array_equal(opened(Path("after/cmp/anna_00.png")), np.concatenate((crop, face), axis=1))
    assert np.abs(face - crop).max() > 20


def test_a_changed_file_is_found_and_not_used(
    run: Run, weights_dir: Path, files: dict[str, bytes], portrait: Path
) -> None:
    install(weights_dir, files, V14)
    changed = bytearray(files[V14])
    changed[len(changed) // 2] ^= 1
    (weights_dir / V14).write_bytes(changed)

    verified = run("weights", "verify")
    restored = run("restore", portrait, "-o", "out")

    assert verified.exit_code == 1
    assert f"{V14}: refused: checksum" in verified.stdout
    assert restored.exit_code == 0
    assert json.loads(Path("out/report.json").read_text())["photos"][0]["engine"] == "builtin"


def test_an_aligned_face_needs_no_folder_and_no_detector(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    monkeypatch.setenv("JIUYING_WEIGHTS_DIR", str(tmp_path / "nothing"))
    (tmp_path / "mine.pth").write_bytes(files[V13])
    face = saved(tmp_path / "face.png", cv2.resize(a_portrait()[50:210, 45:205], (512, 512)))  # type: ignore[arg-type]  # uint8

    result = run("restore", face, "-o", "out", "--aligned", "--model-path", "mine.pth")

    assert result.exit_code == 0, result.output
    assert made_in(Path("out")) == {
        "report.json",
        "cropped_faces/face_00.png",
        "restored_faces/face_00.png",
        "cmp/face_00.png",
    }
    assert json.loads(Path("out/report.json").read_text())["photos"][0]["model"] == "mine.pth"
    assert np.array_equal(opened(Path("out/cropped_faces/face_00.png")), opened(face))
    assert np.abs(opened(Path("out/restored_faces/face_00.png")) - opened(face)).max() > 20


def test_a_file_that_restores_no_faces_is_refused_with_the_reason(
    run: Run, weights_dir: Path, files: dict[str, bytes], portrait: Path
) -> None:
    install(weights_dir, files)

    result = run("restore", portrait, "-o", "out", "--model-path", weights_dir / "RealESRGAN_x2plus.pth")

    assert result.exit_code == 1
    error = json.loads(Path("out/report.json").read_text())["photos"][0]["error"]
    assert error["code"] == "weights_refused"
    assert "rrdbnet" in error["message"]
    assert made_in(Path("out")) == {"report.json"}


class Evil:
    """Unpickled by a careless program, it leaves a file."""

    def __reduce__(self) -> tuple[Callable[..., None], tuple[Path]]:
        return Path.touch, (Path("was_here"),)


def test_a_file_that_would_run_code_runs_none(run: Run, weights_dir: Path, portrait: Path) -> None:
    Path("evil.pth").write_bytes(as_file({"params_ema": {"a": Evil()}}))

    result = run("restore", portrait, "-o", "out", "--model-path", "evil.pth")

    assert result.exit_code == 1
    error = json.loads(Path("out/report.json").read_text())["photos"][0]["error"]
    assert error["code"] == "weights_refused"
    assert "unsafe" in error["message"]
    assert not Path("was_here").exists()


def test_landmarks_stand_in_for_a_detector_in_the_official_pipeline(
    run: Run, weights_dir: Path, files: dict[str, bytes], portrait: Path
) -> None:
    install(weights_dir, files, V14)
    Path("points.json").write_text(json.dumps([POINTS]))

    found = run("restore", portrait, "-o", "found", "--mode", "parity")
    told = run("restore", portrait, "-o", "told", "--mode", "parity", "--landmarks", "points.json")

    assert found.exit_code == 1
    assert "detection_Resnet50_Final.pth" in found.stderr
    assert told.exit_code == 0, told.output
    line = json.loads(Path("told/report.json").read_text())["photos"][0]
    assert line["notes"] == ["parity", "square_mask"]
    assert made_in(Path("told")) == {
        "report.json",
        "restored_imgs/anna.png",
        "cropped_faces/anna_00.png",
        "restored_faces/anna_00.png",
        "cmp/anna_00.png",
    }
    assert opened(Path("told/restored_imgs/anna.png")).shape == (512, 512, 3)  # official default: twice


def test_only_the_centre_face_of_three_is_restored(
    run: Run, weights_dir: Path, files: dict[str, bytes], tmp_path: Path
) -> None:
    install(weights_dir, files, V14)
    row = saved(tmp_path / "row.png", np.concatenate([a_portrait()] * 3, axis=1))
    faces = [[[x + 256 * place, y] for x, y in POINTS] for place in range(3)]
    Path("points.json").write_text(json.dumps(faces))
    common = ("--landmarks", "points.json", "--scope", "faces", "--upscale", "1", "--scratches", "off")

    result = run("restore", row, "-o", "out", "--only-center-face", *common)

    assert result.exit_code == 0, result.output
    line = json.loads(Path("out/report.json").read_text())["photos"][0]
    assert [face["used"] for face in line["faces"]] == [False, True, False]
    changed = np.abs(opened(Path("out/restored_imgs/row.png")) - opened(row)).max(axis=(0, 2)) > 0
    assert changed[256:512].any()
    assert not changed[:230].any() and not changed[538:].any()  # hair may reach a little over the seam


def test_one_bad_photo_does_not_stop_the_rest(
    run: Run, weights_dir: Path, files: dict[str, bytes], portrait: Path, tmp_path: Path
) -> None:
    install(weights_dir, files, V14)
    folder = tmp_path / "album"
    folder.mkdir()
    (folder / "a.png").write_bytes(portrait.read_bytes()[:500])
    (folder / "b.png").write_bytes(portrait.read_bytes())

    result = run("restore", folder, "-o", "out", "--mode", "fast", "--upscale", "1")

    assert result.exit_code == 1
    lines = json.loads(Path("out/report.json").read_text())["photos"]
    assert [line["error"] is None for line in lines] == [False, True]
    assert (Path("out") / "restored_imgs" / "b.png").is_file()


def test_a_film_keeps_its_frames_and_its_sound_and_its_face_is_followed(
    run: Run, weights_dir: Path, files: dict[str, bytes], tmp_path: Path
) -> None:
    install(weights_dir, files, V14)
    frames = [np.roll(a_portrait(), 3 * index, axis=1) for index in range(6)]
    silent = a_clip(tmp_path / "silent.mp4", frames, fps=12.0)
    clip = tmp_path / "clip.mp4"
    sound = ("-f", "lavfi", "-i", "sine=frequency=440:duration=0.5")
    run_ffmpeg("-i", str(silent), *sound, "-c:v", "copy", "-c:a", "aac", str(clip))

    result = run("restore-video", clip, "-o", "out.mp4")

    assert result.exit_code == 0, result.output
    assert "6 frames, up to 1 faces" in result.stdout
    before, after = probe_clip(clip, LIMITS), probe_clip(tmp_path / "out.mp4", LIMITS)
    assert after.has_audio
    assert (after.width_px, after.height_px, after.fps) == (before.width_px, before.height_px, before.fps)
    for index, (old, new) in enumerate(zip(*map(decoded, (clip, tmp_path / "out.mp4")), strict=True)):
        change = np.abs(new.astype(np.int16) - old).mean(axis=2)
        shift = 3 * index
        face, corner = change[80:150, 90 + shift : 160 + shift], change[200:, :60]
        # The corner is coded twice and no more; the face is another one, in every frame.
        assert face.mean() > 2 * corner.mean() + 1


def decoded(clip: Path) -> list[RgbImage]:
    facts = probe_clip(clip, LIMITS)
    return [
        frame.copy()
        for frame in read_frames(clip, fps=facts.fps, seconds=2.0, long_side_px=256, limits=LIMITS)
    ]
