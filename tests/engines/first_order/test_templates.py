import io
import json
import pickle
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.domain.films import ClipCheck
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.template_files import read_motion, write_motion
from backend.engines.first_order.templates import TemplateShelf
from tests.engines.first_order.motions import a_motion, driven

SHA = "ab" * 32
CHECK = ClipCheck(name="cut", passed=False, value=0.2, limit=0.15, frames=(3, 4))


def a_driven_motion() -> DrivenMotion:
    return replace(driven(a_motion(), is_own=True), start_s=1.25, notes=("clip_cropped",), checks=(CHECK,))


def never() -> DrivenMotion:
    raise AssertionError("it is there already")


def same(a: DrivenMotion, b: DrivenMotion) -> bool:
    arrays = all(
        np.array_equal(getattr(a.template, name), getattr(b.template, name))
        for name in ("value", "turn", "jacobian0", "fps", "hull", "detector")
    )
    return arrays and replace(a, template=b.template) == b


def test_what_is_written_is_read_to_the_bit(tmp_path: Path) -> None:
    write_motion(tmp_path / "a.npz", a_driven_motion(), "whole")

    stored = read_motion(tmp_path / "a.npz", "a-detector", "whole")

    assert stored is not None
    assert same(stored, a_driven_motion())


def test_a_motion_is_made_once_for_all_processes(tmp_path: Path) -> None:
    TemplateShelf(tmp_path).kept("a-detector", SHA, "whole", a_driven_motion)

    again = TemplateShelf(tmp_path).kept("a-detector", SHA, "whole", never)

    assert same(again, a_driven_motion())
    assert [path.name for path in (tmp_path / "a-detector").iterdir()] == [f"{SHA}.npz"]


def test_without_a_directory_motions_are_kept_in_memory() -> None:
    shelf = TemplateShelf(None)
    first = shelf.kept("a-detector", SHA, "whole", a_driven_motion)

    assert shelf.kept("a-detector", SHA, "whole", never) is first


@pytest.mark.parametrize(("detector", "origin"), [("another", "whole"), ("a-detector", "followed")])
def test_another_detector_or_way_is_another_motion(tmp_path: Path, detector: str, origin: str) -> None:
    write_motion(tmp_path / "a.npz", a_driven_motion(), "whole")

    assert read_motion(tmp_path / "a.npz", detector, origin) is None


def with_facts(**changed: object) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with np.load(path) as stored:
            arrays = dict(stored)
        facts = json.loads(str(arrays["facts"])) | changed
        np.savez(path, **{**arrays, "facts": np.array(json.dumps(facts))})

    return spoil


def with_array(name: str, array: object) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with np.load(path) as stored:
            arrays = dict(stored)
        np.savez(path, **{**arrays, name: np.asarray(array)})

    return spoil


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def one_bit_off(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def a_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps({"value": 1}))


def an_empty_file(path: Path) -> None:
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def repacked(compression: int, spoil: Callable[[bytearray], None]) -> Callable[[Path], None]:
    """Packed otherwise, and its bytes spoiled."""

    def spoiled(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        packed = bytearray(path.read_bytes())
        spoil(packed)
        path.write_bytes(packed)

    return spoiled


def holes(packed: bytearray) -> None:
    """In what is packed, not in the names."""
    packed[300:400] = b"\xff" * 100


def encrypted(packed: bytearray) -> None:
    """Every entry of the directory says so."""
    at = packed.find(b"PK\x01\x02")
    while at >= 0:
        packed[at + 8] |= 1
        at = packed.find(b"PK\x01\x02", at + 1)


def without_array_names(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name if name.startswith("facts") else name.removesuffix(".npy"), b"x" + content)


def nested_without_an_end(path: Path) -> None:
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(path, **(arrays | {"facts": np.array("[" * 200_000)}))


def a_single_array(path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    path.write_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    "spoil",
    [
        cut_short,
        one_bit_off,
        a_pickle,
        an_empty_file,
        a_folder,
        a_single_array,
        repacked(zipfile.ZIP_DEFLATED, holes),
        repacked(zipfile.ZIP_STORED, encrypted),
        without_array_names,
        nested_without_an_end,
        with_facts(format=2),
        with_facts(fps="fast"),
        with_facts(notes=None),
        with_facts(checks=[{"name": "cut"}]),
        with_array("value", np.full((20, 10, 2), np.nan, np.float32)),
        with_array("value", np.zeros((3, 10, 2), np.float32)),
        with_array("value", np.zeros((20, 10, 2), np.float64)),
        with_array("turn", np.zeros((20, 10, 2, 2), np.float32)),
        with_array("value", np.array([object()])),
    ],
)
def test_a_broken_or_foreign_file_is_not_trusted(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / "a.npz"
    write_motion(path, a_driven_motion(), "whole")

    spoil(path)

    assert read_motion(path, "a-detector", "whole") is None


def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    TemplateShelf(tmp_path).kept("a-detector", SHA, "whole", a_driven_motion)
    cut_short(tmp_path / "a-detector" / f"{SHA}.npz")

    TemplateShelf(tmp_path).kept("a-detector", SHA, "whole", a_driven_motion)

    assert same(TemplateShelf(tmp_path).kept("a-detector", SHA, "whole", never), a_driven_motion())


def test_several_may_write_the_same_at_once(tmp_path: Path) -> None:
    def keep(_: int) -> DrivenMotion:
        return TemplateShelf(tmp_path).kept("a-detector", SHA, "whole", a_driven_motion)

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(keep, range(24)))

    assert all(same(motion, a_driven_motion()) for motion in kept)
    assert [path.name for path in (tmp_path / "a-detector").iterdir()] == [f"{SHA}.npz"]


def test_a_name_that_leads_elsewhere_is_never_written(tmp_path: Path) -> None:
    shelf = TemplateShelf(tmp_path / "shelf")

    shelf.kept("a-detector", "../../outside", "whole", a_driven_motion)

    assert list(tmp_path.rglob("*.npz")) == []


def test_a_directory_that_cannot_be_written_costs_no_film(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "shelf").write_text("a file where a folder should be")

    motion = TemplateShelf(tmp_path / "shelf").kept("a-detector", SHA, "whole", a_driven_motion)

    assert same(motion, a_driven_motion())
    assert "motion template not kept" in caplog.text
