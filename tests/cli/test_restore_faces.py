"""`restore` with an engine that restores faces one by one: its options, and the official script's files."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from backend.engines.api import (
    Checkpoint,
    GfpganSetup,
    Restoration,
    RestoreOptions,
    Restorer,
    SourcePhoto,
    no_checkpoint,
)
from backend.engines.fake_gfpgan import FACE_PX, FakeGfpgan
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer
from backend.worker import build_engines
from tests.builders import a_photo
from tests.catalogues import GfpganInstalled
from tests.cli.conftest import Run

FACE: list[list[float]] = [[20, 20], [40, 20], [30, 30.5], [22, 40], [38, 40]]


class AskedFor(FakeGfpgan):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.photos: list[SourcePhoto] = []
        self.options: list[RestoreOptions] = []

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        self.photos.append(photo)
        self.options.append(options)
        return super().restore(photo, options, checkpoint)


@pytest.fixture
def restorer() -> AskedFor:
    return AskedFor()


@pytest.fixture
def setups(monkeypatch: pytest.MonkeyPatch, restorer: AskedFor) -> list[GfpganSetup]:
    """How the engine was put together, each time it was; its weights are in no folder."""
    seen: list[GfpganSetup] = []

    def build(_weights: object, setup: GfpganSetup) -> build_engines.Engines:
        seen.append(setup)
        restorers: dict[str, Restorer] = {"builtin": FakeRestorer(), "gfpgan": restorer}
        return build_engines.Engines(
            restorers=restorers, animators={"builtin": FakeAnimator()}, print_cutter=FakePrintCutter()
        )

    monkeypatch.setattr(build_engines, "build_engines", build)
    return seen


@pytest.fixture
def installed(setups: list[GfpganSetup], monkeypatch: pytest.MonkeyPatch) -> list[GfpganSetup]:
    """The weights are installed."""
    monkeypatch.setattr("backend.cli.restore.build_engine_catalogue", lambda *_: GfpganInstalled())
    return setups


def _save(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(a_photo()).save(path)
    return path


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _photos(folder: Path) -> list[dict[str, Any]]:
    photos: list[dict[str, Any]] = json.loads((folder / "report.json").read_text("utf-8"))["photos"]
    return photos


def _pixels(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.usefixtures("installed")
def test_each_face_has_its_files_by_the_official_names(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "外婆.png")

    result = run("restore", photo, "-o", "out", "--suffix", "new", "--mode", "parity")

    assert (result.exit_code, result.stderr) == (0, "")
    assert _names(tmp_path / "out") == [
        "cmp/外婆_00.png",
        "cmp/外婆_01.png",
        "cropped_faces/外婆_00.png",
        "cropped_faces/外婆_01.png",
        "report.json",
        "restored_faces/外婆_00_new.png",
        "restored_faces/外婆_01_new.png",
        "restored_imgs/外婆_new.png",
    ]


@pytest.mark.usefixtures("installed")
def test_the_files_show_the_face_before_and_after(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")
    made = FakeGfpgan().restore(SourcePhoto(pixels=a_photo()), RestoreOptions(), no_checkpoint)

    run("restore", photo, "-o", "out")

    out = tmp_path / "out"
    for index, crop in enumerate(made.crops):
        assert np.array_equal(_pixels(out / f"cropped_faces/a_{index:02d}.png"), crop.before)
        assert np.array_equal(_pixels(out / f"restored_faces/a_{index:02d}.png"), crop.after)
        both = np.concatenate((crop.before, crop.after), axis=1)
        assert np.array_equal(_pixels(out / f"cmp/a_{index:02d}.png"), both)
    assert np.array_equal(_pixels(out / "restored_imgs/a.png"), made.image)
    assert (out / "cmp/a.jpg").exists()


@pytest.mark.usefixtures("installed")
def test_the_report_says_which_model_faces_and_files(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")

    run("restore", photo, "-o", "out", "--only-center-face", "--model", "v1.3")

    [line] = _photos(tmp_path / "out")
    assert (line["engine"], line["model"], line["error"]) == ("gfpgan", "v1.3", None)
    assert [(face["id"], face["used"]) for face in line["faces"]] == [(0, True), (1, False)]
    assert [files["face_id"] for files in line["face_files"]] == [0]
    assert Path(line["face_files"][0]["restored"]) == Path("out/restored_faces/a_00.png")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--model", "restoreformer"], RestoreOptions(model="restoreformer")),
        (["--mode", "fast"], RestoreOptions(mode="fast")),
        (["--scope", "faces"], RestoreOptions(scope="faces")),
        (["--background", "realesrgan"], RestoreOptions(background="realesrgan")),
        (["--fidelity", "0.25"], RestoreOptions(fidelity=0.25)),
        (["--only-center-face"], RestoreOptions(face_ids="centre")),
        (["--colour", "model"], RestoreOptions(colour="model")),
        (["--colour", "neutral", "--upscale", "4"], RestoreOptions(colour="neutral", upscale="4")),
    ],
    ids=str,
)
def test_options_reach_the_engine(
    run: Run, tmp_path: Path, restorer: AskedFor, words: list[str], expected: RestoreOptions
) -> None:
    result = run("restore", _save(tmp_path / "a.png"), "-o", "out", *words)

    assert (result.exit_code, restorer.options) == (0, [expected])


def test_files_given_by_path_need_no_installed_weights(
    run: Run, tmp_path: Path, setups: list[GfpganSetup], restorer: AskedFor
) -> None:
    for name in ("own.pth", "parse.pth"):
        (tmp_path / name).write_bytes(b"weights")
    words = [
        "--model-path",
        "own.pth",
        "--parse-model",
        "parse.pth",
        "--device",
        "cpu",
        "--precision",
        "fp32",
    ]

    result = run("restore", _save(tmp_path / "a.png"), "-o", "out", *words)

    assert result.exit_code == 0
    assert setups == [
        GfpganSetup(model_path=Path("own.pth"), parse_model=Path("parse.pth"), device="cpu", precision="fp32")
    ]
    assert len(restorer.photos) == 1


@pytest.mark.usefixtures("installed")
def test_aligned_inputs_give_faces_and_no_pictures(run: Run, tmp_path: Path, restorer: AskedFor) -> None:
    face = tmp_path / "face.png"
    Image.fromarray(a_photo(FACE_PX, FACE_PX)).save(face)

    result = run("restore", face, "-o", "out", "--aligned")

    assert result.exit_code == 0
    assert restorer.photos[0].is_face_crop
    assert _names(tmp_path / "out") == [
        "cmp/face_00.png",
        "cropped_faces/face_00.png",
        "report.json",
        "restored_faces/face_00.png",
    ]
    [line] = _photos(tmp_path / "out")
    assert (line["output"], line["comparison"]) == (None, None)


@pytest.mark.usefixtures("installed")
def test_a_photo_without_faces_has_its_result_and_a_note(run: Run, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "dark.png")

    result = run("restore", "dark.png", "-o", "out")

    assert result.exit_code == 0
    assert "no_face_found" in _photos(tmp_path / "out")[0]["notes"]
    assert _names(tmp_path / "out") == ["cmp/dark.jpg", "report.json", "restored_imgs/dark.png"]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("shape", [(64, 96), (64, 96, 3)], ids=["gray", "colour"])
@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_sixteen_bits_are_taken(run: Run, tmp_path: Path, shape: tuple[int, ...], ending: str) -> None:
    deep = np.linspace(0, 65535, int(np.prod(shape))).reshape(shape).astype(np.uint16)
    assert cv2.imwrite(str(tmp_path / f"deep.{ending}"), deep)

    result = run("restore", f"deep.{ending}", "-o", "out")

    assert (result.exit_code, result.stderr) == (0, "")
    assert 100 < _pixels(tmp_path / "out/restored_imgs/deep.png").mean() < 160


@pytest.mark.usefixtures("installed")
def test_landmarks_of_one_photo_are_a_list(run: Run, tmp_path: Path, restorer: AskedFor) -> None:
    (tmp_path / "points.json").write_text(json.dumps([FACE]))

    result = run("restore", _save(tmp_path / "a.png"), "-o", "out", "--landmarks", "points.json")

    assert result.exit_code == 0
    assert restorer.photos[0].landmarks == (tuple((float(x), float(y)) for x, y in FACE),)
    assert [face["box"] for face in _photos(tmp_path / "out")[0]["faces"]] == [[20, 20, 41, 41]]


@pytest.mark.usefixtures("installed")
def test_landmarks_of_many_photos_go_by_name(run: Run, tmp_path: Path, restorer: AskedFor) -> None:
    photos = [_save(tmp_path / "album" / name) for name in ("外婆.png", "b.png")]
    (tmp_path / "points.json").write_text(json.dumps({"外婆.png": [FACE, FACE], "b.png": [], "c.png": 7}))

    result = run("restore", *photos, "-o", "out", "--landmarks", "points.json")

    assert result.exit_code == 0
    assert [len(photo.landmarks or ()) for photo in restorer.photos] == [2, 0]
    assert restorer.photos[1].landmarks == ()  # nobody, and not: look


@pytest.mark.usefixtures("installed")
def test_landmarks_may_begin_as_windows_writes_files(run: Run, tmp_path: Path, restorer: AskedFor) -> None:
    (tmp_path / "l.json").write_text(json.dumps([FACE]), "utf-8-sig")

    run("restore", _save(tmp_path / "a.png"), "-o", "out", "--landmarks", "l.json")

    assert len(restorer.photos[0].landmarks or ()) == 1


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("7", "must hold a list of faces"),
        ("[[[1, 2]]]", "face 0 must be five points"),
        (json.dumps([[*FACE[:4], [1]]]), "face 0, point 4 must be two numbers"),
        (json.dumps([FACE, [*FACE[:4], [1, "2"]]]), "face 1, point 4 must be two numbers"),
        (json.dumps([[*FACE[:4], [1, True]]]), "face 0, point 4 must be two numbers"),
        ("[[[1,2],[1,2],[1,2],[1,2],[1,NaN]]]", "face 0, point 4 must be two numbers"),
        (json.dumps([[*FACE[:4], [1, 10**400]]]), "face 0, point 4 must be two numbers"),
        (json.dumps({"b.png": []}), "says nothing of a.png"),
        (json.dumps({"a.png": {}}), "a.png: the faces must be a list"),
        (json.dumps({"a.png": [[]]}), "a.png: face 0 must be five points"),
    ],
)
def test_wrong_landmarks_are_named(run: Run, tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "points.json").write_text(content)

    result = run("restore", _save(tmp_path / "a.png"), "-o", "out", "--landmarks", "points.json")

    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("installed")
def test_one_photos_landmarks_are_not_for_two(run: Run, tmp_path: Path) -> None:
    photos = [_save(tmp_path / name) for name in ("a.png", "b.png")]
    same = [_save(tmp_path / folder / "c.png") for folder in ("x", "y")]
    (tmp_path / "list.json").write_text(json.dumps([FACE]))
    (tmp_path / "names.json").write_text(json.dumps({"c.png": [FACE]}))

    for inputs, file in ((photos, "list.json"), (same, "names.json")):
        assert run("restore", *inputs, "-o", "out", "--landmarks", file).exit_code == 2


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    "words",
    [
        ["--engine", "builtin", "--model", "v1.4"],
        ["--engine", "builtin", "--mode", "parity"],
        ["--engine", "builtin", "--model-path", "w.pth"],
        ["--engine", "builtin", "--parse-model", "w.pth"],
        ["--engine", "builtin", "--aligned"],
        ["--engine", "builtin", "--only-center-face"],
        ["--engine", "builtin", "--landmarks", "points.json"],
        ["--engine", "builtin", "--device", "cpu"],
        ["--engine", "builtin", "--precision", "bf16"],
        ["--model", "v1.4", "--model-path", "w.pth"],
        ["--model-path", "missing.pth"],
        ["--model", "v2"],
        ["--fidelity", "1.5"],
        ["--mode", "parity", "--fidelity", "0.5"],
        ["--mode", "parity", "--mask", "a.png"],
        ["--mode", "parity", "--scratches", "strong"],
        ["--scope", "faces", "--background", "realesrgan"],
        ["--precision", "fp16"],
        ["--aligned", "--landmarks", "points.json"],
        ["--aligned", "--only-center-face"],
        ["--aligned", "--mask", "a.png"],
        ["--aligned", "--prints", "auto"],
        ["--aligned", "--upscale", "2"],
        ["--aligned", "--scratches", "strong"],
        ["--aligned", "--background", "realesrgan"],
        ["--mode", "parity", "--colour", "keep"],
        ["--landmarks", "points.json", "--prints", "auto"],
    ],
    ids=" ".join,
)
def test_options_that_contradict_are_wrong_use(run: Run, tmp_path: Path, words: list[str]) -> None:
    _save(tmp_path / "a.png")
    (tmp_path / "w.pth").write_bytes(b"weights")
    (tmp_path / "points.json").write_text(json.dumps([FACE]))

    result = run("restore", "a.png", "-o", "out", *words)

    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("word", ["--aligned", "--only-center-face"])
def test_without_weights_what_needs_them_is_wrong_use(run: Run, tmp_path: Path, word: str) -> None:
    result = run("restore", _save(tmp_path / "a.png"), "-o", "out", word)

    assert result.exit_code == 2
    assert f"{word} is for the engine gfpgan" in result.stderr


@pytest.mark.usefixtures("installed")
def test_a_broken_photo_does_not_stop_the_faces_of_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")

    result = run("restore", "text.jpg", _save(tmp_path / "good.png"), "-o", "out")

    assert result.exit_code == 1
    assert [line["error"] is None for line in _photos(tmp_path / "out")] == [False, True]
    assert (tmp_path / "out/restored_faces/good_01.png").exists()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("folder", ["cropped_faces", "restored_faces", "cmp"])
def test_faces_are_never_written_over_inputs(run: Run, tmp_path: Path, folder: str) -> None:
    earlier = _save(tmp_path / "out" / folder / "a_00.png")

    result = run("restore", earlier, "-o", "out")

    assert result.exit_code == 2
    assert "lies where results are written" in result.stderr
