"""`restore`: which files it reads, which it writes, and what it says when one fails."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, Restoration, RestoreOptions, SourcePhoto
from backend.engines.fakes import FakePrintCutter, FakeRestorer
from backend.engines.print_api import Corners, FoundPrint
from backend.media.types import Mask, RgbImage
from tests.builders import a_photo
from tests.cli.conftest import Run


class StoppedRestorer(FakeRestorer):
    """Is stopped by Ctrl-C at its second photo."""

    def __init__(self) -> None:
        self._count = 0

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        self._count += 1
        if self._count == 2:
            checkpoint(Stage.ANALYSE, 0.5)
            raise KeyboardInterrupt
        return super().restore(photo, options, checkpoint)


class MaskKeeper(FakeRestorer):
    """Remembers the mask it was given."""

    damage: Mask | None = None

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        self.damage = photo.damage
        return super().restore(photo, options, checkpoint)


class BuggyRestorer(FakeRestorer):
    """Cannot do dark photos."""

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        if photo.pixels.max() == 0:
            raise ZeroDivisionError("no light")
        return super().restore(photo, options, checkpoint)


def _save(path: Path, **kinds: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(a_photo()).save(path, **kinds)
    return path


def _report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return report


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_photo_gets_a_result_a_comparison_and_a_line_in_the_report(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "外婆 1962.png")

    result = run("restore", photo, "-o", "out")

    assert (result.exit_code, result.stderr) == (0, "")
    out = tmp_path / "out"
    assert _names(out) == ["cmp/外婆 1962.jpg", "report.json", "restored_imgs/外婆 1962.png"]
    [line] = _report(out)["photos"]
    assert (line["engine"], line["model"], line["error"]) == ("builtin", None, None)
    assert (line["width_px"], line["height_px"]) == (192, 128)
    assert line["notes"] == ["enlarged_2x"]
    assert line["seconds"] >= 0


def test_the_comparison_shows_the_photo_left_of_the_result(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")

    run("restore", photo, "-o", "out", "--upscale", "1")

    with Image.open(tmp_path / "out/cmp/a.jpg") as comparison:
        both = np.asarray(comparison.convert("RGB"), int)
    left, right = both[:, :96], both[:, 96:]
    assert both.shape == (64, 192, 3)
    # the fake brightens by 16; JPEG 95 and highlights at 255 take a little
    assert 13 < (right - left).mean() < 17


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("a.png", [], "a.png"),
        ("a.jpg", [], "a.jpg"),
        ("a.jpeg", [], "a.jpeg"),
        ("a.JPG", [], "a.JPG"),
        ("a.bmp", [], "a.png"),
        ("a.png", ["--ext", "jpg"], "a.jpg"),
        ("a.jpg", ["--ext", "png"], "a.png"),
        ("a.png", ["--ext", "webp"], "a.webp"),
        ("a.png", ["--suffix", "修复"], "a_修复.png"),
    ],
)
def test_results_are_named_after_their_photos(
    run: Run, tmp_path: Path, name: str, options: list[str], expected: str
) -> None:
    photo = _save(tmp_path / name)

    run("restore", photo, "-o", "out", *options)

    assert [path.name for path in (tmp_path / "out/restored_imgs").iterdir()] == [expected]


def test_a_folder_means_the_pictures_in_it(run: Run, tmp_path: Path) -> None:
    for name in ("b.png", "a.JPEG", ".hidden.png", "deeper/c.png"):
        _save(tmp_path / "album" / name)
    (tmp_path / "album/notes.txt").write_text("not a picture")

    run("restore", tmp_path / "album", "-o", "out")

    assert [Path(line["input"]).name for line in _report(tmp_path / "out")["photos"]] == ["a.JPEG", "b.png"]


def test_photos_of_the_same_name_do_not_overwrite_each_other(run: Run, tmp_path: Path) -> None:
    photos = [
        _save(tmp_path / folder / name) for folder, name in [("x", "a.png"), ("y", "A.png"), ("z", "a.jpg")]
    ]

    run("restore", *photos, "-o", "out")

    assert sorted(path.name for path in (tmp_path / "out/restored_imgs").iterdir()) == [
        "A_2.png",
        "a.png",
        "a_3.jpg",
    ]


def test_two_spellings_of_an_accent_are_one_name(run: Run, tmp_path: Path) -> None:
    photos = [_save(tmp_path / "x" / "caf\u00e9.png"), _save(tmp_path / "y" / "cafe\u0301.png")]

    run("restore", *photos, "-o", "out")

    names = [path.stem for path in (tmp_path / "out/restored_imgs").iterdir()]
    assert sum(name.endswith("_2") for name in names) == 1


def test_a_broken_photo_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    good = _save(tmp_path / "good.png")
    cut = tmp_path / "cut.png"
    cut.write_bytes(good.read_bytes()[:200])
    text = tmp_path / "text.jpg"
    text.write_text("hello")

    result = run("restore", cut, text, good, "-o", "out")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
    assert result.stderr.splitlines()[0].startswith(f"{cut}: ")
    codes = [line["error"] and line["error"]["code"] for line in _report(tmp_path / "out")["photos"]]
    assert codes == ["unreadable_image", "unsupported_media", None]
    assert _names(tmp_path / "out/restored_imgs") == ["good.png"]


def test_a_photo_that_shows_a_bug_does_not_stop_the_others(
    run: Run, tmp_path: Path, use_engines: Callable[..., None]
) -> None:
    dark, good = tmp_path / "dark.png", _save(tmp_path / "good.png")
    Image.new("RGB", (64, 64)).save(dark)
    use_engines(restorer=BuggyRestorer())

    result = run("restore", dark, good, "-o", "out")

    assert result.exit_code == 1
    assert result.stderr == f"{dark}: a fault of ours: ZeroDivisionError: no light\n"
    assert _names(tmp_path / "out/restored_imgs") == ["good.png"]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--upscale", "1"), ("--colour", "keep"), ("--colour", "neutral"), ("--scratches", "off")],
)
def test_options_reach_the_engine(run: Run, tmp_path: Path, option: str, value: str) -> None:
    photo = _save(tmp_path / "a.png")

    run("restore", photo, "-o", "out", option, value)

    assert _report(tmp_path / "out")["request"]["options"][option.removeprefix("--")] == value


def test_options_change_the_result(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")

    run("restore", photo, "-o", "plain")
    run("restore", photo, "-o", "keep", "--colour", "keep")

    results = [(tmp_path / folder / "restored_imgs/a.png").read_bytes() for folder in ("plain", "keep")]
    assert results[0] != results[1]


def test_a_mask_says_what_is_repaired(run: Run, tmp_path: Path, use_engines: Callable[..., None]) -> None:
    photo = _save(tmp_path / "a.png")
    Image.new("1", (48, 32), 1).save(tmp_path / "mask.png")
    restorer = MaskKeeper()
    use_engines(restorer=restorer)

    result = run("restore", photo, "-o", "out", "--mask", "mask.png")

    assert result.exit_code == 0
    assert restorer.damage is not None
    assert (restorer.damage.shape, restorer.damage.min()) == ((64, 96), 1.0)


def test_a_mask_of_another_photo_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")
    Image.new("1", (64, 96)).save(tmp_path / "mask.png")

    result = run("restore", photo, "-o", "out", "--mask", "mask.png")

    assert result.exit_code == 1
    assert result.stderr == f"{photo}: the mask must be 96 x 64 pixels, or a whole fraction of that\n"


def test_an_engine_that_is_not_installed_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")

    result = run("restore", photo, "-o", "out", "--engine", "gfpgan")

    assert result.exit_code == 1
    assert "the engine gfpgan has no weights: python -m backend weights download v1.4" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.png"],
        ["missing.png", "-o", "out"],
        ["a.png", "-o", "out", "--upscale", "3"],
        ["a.png", "-o", "out", "--colour", "model"],
        ["a.png", "-o", "out", "--model", "v1.4"],
        ["a.png", "-o", "out", "--suffix", "../x"],
        ["empty", "-o", "out"],
        ["a.png", "a.png", "-o", "out", "--mask", "a.png"],
        ["a.png", "-o", "out", "--mask", "a.png", "--scratches", "strong"],
        ["a.png", "-o", "out", "--mask", "missing.png"],
        ["a.png", "-o", "out", "--mask", "a.png", "--prints", "auto"],
    ],
    ids=[
        "nothing",
        "no output",
        "missing",
        "upscale",
        "a colour of networks",
        "a model without networks",
        "suffix",
        "empty",
        "one mask, two photos",
        "a mask, and look as well",
        "no such mask",
        "a mask of which print",
    ],
)
def test_wrong_use_is_2(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    _save(tmp_path / "a.png")
    (tmp_path / "empty").mkdir()

    assert run("restore", *arguments).exit_code == 2
    assert not (tmp_path / "out").exists()


def test_results_are_never_restored_onto_themselves(run: Run, tmp_path: Path) -> None:
    earlier = _save(tmp_path / "out/restored_imgs/a.png")
    before = earlier.read_bytes()

    result = run("restore", earlier.parent, "-o", "out")

    assert result.exit_code == 2
    assert "lies where results are written" in result.stderr
    assert earlier.read_bytes() == before


def test_ctrl_c_leaves_whole_files_only(run: Run, tmp_path: Path, use_engines: Callable[..., None]) -> None:
    photos = [_save(tmp_path / name) for name in ("a.png", "b.png", "c.png")]
    use_engines(restorer=StoppedRestorer())

    result = run("restore", *photos, "-o", "out")

    assert result.exit_code == 1
    assert _names(tmp_path / "out") == ["cmp/a.jpg", "report.json", "restored_imgs/a.png"]
    assert len(_report(tmp_path / "out")["photos"]) == 1


class NoPrints(FakePrintCutter):
    """Sees a photo in every picture, and no picture of one."""

    def find(self, picture: RgbImage, checkpoint: Checkpoint) -> tuple[FoundPrint, ...]:
        return ()


class TwoPrints(FakePrintCutter):
    """Sees two prints side by side."""

    def find(self, picture: RgbImage, checkpoint: Checkpoint) -> tuple[FoundPrint, ...]:
        height_px, width_px = picture.shape[:2]
        middle = width_px / 2
        left: Corners = ((0, 0), (middle, 0), (middle, height_px), (0, height_px))
        right: Corners = ((middle, 0), (width_px, 0), (width_px, height_px), (middle, height_px))
        return FoundPrint(corners=left, score=1.0), FoundPrint(corners=right, score=0.95)


def test_each_print_in_a_picture_is_cut_out_and_restored(
    run: Run, tmp_path: Path, use_engines: Callable[..., None]
) -> None:
    use_engines(print_cutter=TwoPrints())
    photo = _save(tmp_path / "album.png")
    height_px, width_px = a_photo().shape[:2]

    result = run("restore", photo, "-o", "out", "--prints", "auto", "--upscale", "1")

    assert result.stdout == f"2 of 2 restored: {Path('out/report.json')}\n"
    assert _names(tmp_path / "out") == [
        "cmp/album_1.jpg",
        "cmp/album_2.jpg",
        "report.json",
        "restored_imgs/album_1.png",
        "restored_imgs/album_2.png",
    ]
    first, second = _report(tmp_path / "out")["photos"]
    assert first["input"] == second["input"] == str(photo)
    assert first["print_corners"] == [[0, 0], [width_px / 2, 0], [width_px / 2, height_px], [0, height_px]]
    with Image.open(second["output"]) as restored:
        assert restored.size == (width_px // 2, height_px)


def test_a_print_takes_no_name_of_another_photo(
    run: Run, tmp_path: Path, use_engines: Callable[..., None]
) -> None:
    use_engines(print_cutter=TwoPrints())
    photos = [_save(tmp_path / name) for name in ("a.png", "A_1.png")]

    run("restore", *photos, "-o", "out", "--prints", "auto")

    results = [name for name in _names(tmp_path / "out") if name.startswith("restored_imgs")]
    assert [Path(name).stem for name in results] == ["A_1_1", "A_1_2", "a_2", "a_3"]


def test_a_picture_without_prints_is_restored_as_it_is(
    run: Run, tmp_path: Path, use_engines: Callable[..., None]
) -> None:
    use_engines(print_cutter=NoPrints())
    photo = _save(tmp_path / "a.png")

    run("restore", photo, "-o", "out", "--prints", "auto")

    [line] = _report(tmp_path / "out")["photos"]
    assert Path(line["output"]).name == "a.png"
    assert line["print_corners"] is None


def test_prints_are_left_alone_unless_asked_for(run: Run, tmp_path: Path) -> None:
    photo = _save(tmp_path / "a.png")

    run("restore", photo, "-o", "out")

    assert [line["print_corners"] for line in _report(tmp_path / "out")["photos"]] == [None]
