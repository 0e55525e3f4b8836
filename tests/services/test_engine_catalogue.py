from pathlib import Path

import pytest

from backend.domain.errors import EngineUnavailable, InvalidOption, WeightsMissing
from backend.domain.jobs import JobKind
from backend.services.engine_catalogue import EngineCatalogue, EngineStatus
from tests.weights_folders import CONTENT, a_folder, an_entry

CATALOGUE = EngineCatalogue(builtin_version="1.2")


@pytest.mark.parametrize("task", [kind for kind in JobKind if kind.makes_media])
def test_auto_is_the_best_engine_that_is_installed(task: JobKind) -> None:
    assert CATALOGUE.resolve(task, "auto") == "builtin"
    assert CATALOGUE.resolve(task, "builtin") == "builtin"


@pytest.mark.parametrize(("task", "name"), [(JobKind.RESTORE, "gfpgan"), (JobKind.ANIMATE, "first_order")])
def test_an_engine_that_is_not_installed_is_an_error(task: JobKind, name: str) -> None:
    with pytest.raises(EngineUnavailable):
        CATALOGUE.resolve(task, name)


def test_an_engine_of_the_other_task_is_a_bad_option() -> None:
    with pytest.raises(InvalidOption):
        CATALOGUE.resolve(JobKind.RESTORE, "first_order")


def test_the_list_says_why_an_engine_is_missing() -> None:
    stated = {(engine.task, engine.name): (engine.installed, engine.reason) for engine in CATALOGUE.list()}

    assert stated == {
        (JobKind.RESTORE, "gfpgan"): (False, "weights_missing"),
        (JobKind.RESTORE, "builtin"): (True, None),
        (JobKind.ANIMATE, "first_order"): (False, "not_in_this_version"),
        (JobKind.ANIMATE, "builtin"): (True, None),
    }


ENTRIES = (
    an_entry("v1.4", "v14.pth", model="v1.4"),
    an_entry("restoreformer", "rf.pth", model="restoreformer", content=b"another"),
    an_entry("restoreformer-author", "rf.ckpt", model="restoreformer"),
    an_entry("r50", "r50.pth", role="detector"),
)


def catalogue_over(directory: Path) -> EngineCatalogue:
    return EngineCatalogue(builtin_version="1.2", gfpgan_version="3", weights=a_folder(directory, *ENTRIES))


def gfpgan_of(catalogue: EngineCatalogue) -> EngineStatus:
    return next(engine for engine in catalogue.list() if engine.name == "gfpgan")


def test_gfpgan_without_a_face_model_names_the_file_that_it_needs(tmp_path: Path) -> None:
    catalogue = catalogue_over(tmp_path)
    (tmp_path / "r50.pth").write_bytes(CONTENT)  # a detector alone restores nothing

    with pytest.raises(WeightsMissing, match=r"weights download v1\.4") as caught:
        catalogue.resolve(JobKind.RESTORE, "gfpgan")

    assert caught.value.params["file"] == "v14.pth"
    assert catalogue.resolve(JobKind.RESTORE, "auto") == "builtin"


def test_gfpgan_is_there_as_soon_as_its_file_is(tmp_path: Path) -> None:
    catalogue = catalogue_over(tmp_path)
    catalogue.list()

    (tmp_path / "v14.pth").write_bytes(CONTENT)

    assert catalogue.resolve(JobKind.RESTORE, "auto") == "gfpgan"
    assert catalogue.resolve(JobKind.RESTORE, "gfpgan") == "gfpgan"
    assert catalogue.resolve(JobKind.ANIMATE, "auto") == "builtin"
    assert (gfpgan_of(catalogue).reason, gfpgan_of(catalogue).version) == (None, "3")


def test_a_damaged_file_makes_no_engine(tmp_path: Path) -> None:
    catalogue = catalogue_over(tmp_path)

    (tmp_path / "v14.pth").write_bytes(CONTENT[:-1])

    assert gfpgan_of(catalogue).installed is False


def test_each_model_is_listed_once_and_by_the_file_that_is_there(tmp_path: Path) -> None:
    catalogue = catalogue_over(tmp_path)
    (tmp_path / "rf.ckpt").write_bytes(CONTENT)

    models = gfpgan_of(catalogue).models

    assert [(model.name, model.installed, model.weights) for model in models] == [
        ("v1.4", False, "v1.4"),
        ("restoreformer", True, "restoreformer-author"),
    ]
