"""The list of model files: what ours says, and what is refused in an operator's own."""

from pathlib import Path
from typing import get_args

import pytest

from backend.checkpoints.manifest import SHIPPED, read_manifest
from backend.checkpoints.names import FIRST_ORDER, LARGE_MOTION, MOTION_ROLE
from backend.domain.errors import NotFound, SettingsError
from backend.engines.api import FaceModel
from tests.weights_folders import an_entry

OURS = read_manifest(SHIPPED)
PERMISSIVE = {"Apache-2.0", "MIT", "BSD-3-Clause"}


def test_what_is_fetched_without_names_is_permissive_and_pinned() -> None:
    default = [file for file in OURS if file.default]

    assert [file.name for file in default] == [
        "v1.4",
        "retinaface-mobile0.25",
        "realesr-general-x4v3",
    ]
    assert {file.licence for file in default} <= PERMISSIVE
    assert all(file.commercial_use and file.is_pinned and file.size_bytes for file in default)


def test_every_model_of_the_option_has_a_file() -> None:
    served = {file.model for file in OURS if (file.engine, file.role) == ("gfpgan", "face")}

    assert served == set(get_args(FaceModel))


def test_every_address_of_ours_is_https() -> None:
    assert all(url.startswith("https://") for file in OURS for url in file.urls)


def test_the_masks_and_the_motion_are_labelled_non_commercial() -> None:
    labelled = {file.name for file in OURS if not file.commercial_use}

    assert labelled == {"parsenet"} | {file.name for file in OURS if file.engine == "first_order"}


def test_files_that_animate_stand_in_order_and_the_one_that_cannot_has_no_part_in_it() -> None:
    animating = [file.name for file in OURS if (file.engine, file.role) == (FIRST_ORDER, MOTION_ROLE)]

    assert (animating[0], animating[-1]) == ("vox-cpk", LARGE_MOTION)
    assert OURS.find("vox-mobile-paddle").role != MOTION_ROLE


def test_no_licence_goes_without_its_catch() -> None:
    assert all(file.licence_note.zh and file.licence_note.en for file in OURS)


@pytest.mark.parametrize("name", ["v1.4", "V1.4", "GFPGANv1.4.pth", "gfpganv1.4.PTH"])
def test_a_file_is_found_by_either_name(name: str) -> None:
    assert OURS.find(name).file == "GFPGANv1.4.pth"


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"v1\.4, v1\.3"):
        OURS.find("v9")


def test_a_size_that_nobody_knows_is_bounded_all_the_same() -> None:
    assert OURS.find("vox-cpk-512-paddle").most_bytes == 2 << 30
    assert OURS.find("v1").most_bytes == 922_500_000
    assert OURS.find("v1.4").most_bytes == 348_632_874


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (an_entry(file="../../etc/passwd"), "characters"),
        (an_entry(file=".hidden"), "characters"),
        (an_entry(file="a.pth.part"), "characters"),
        (an_entry(name="a/b"), "characters"),
        (an_entry(urls=("file:///etc/passwd",)), "address"),
        (an_entry(urls=("ftp://example.org/a",)), "address"),
        (an_entry(content=None, sha256="ABC"), "sha256"),
        (an_entry(content=None, bytes=-1), "bytes"),
        (an_entry().replace("Apache-2.0", ""), "licence"),
        (an_entry(shasum="abc"), "unknown shasum"),
        (an_entry(commercial_use="yes"), "commercial_use"),
        (an_entry() + an_entry(), "the same name"),
        (an_entry() + an_entry(name="other"), "the same file"),
        ("[[weights]]\n", "KeyError"),
        ("weights = 3", "TypeError"),
        ("not toml", "TOMLDecodeError"),
    ],
)
def test_a_manifest_that_is_wrong_says_where(tmp_path: Path, wrong: str, complaint: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(wrong, "utf-8")

    with pytest.raises(SettingsError, match=complaint):
        read_manifest(path)
