from pathlib import Path

import pytest

from backend.domain.errors import EngineUnavailable, InvalidOption, WeightsMissing, WeightsRefused
from backend.domain.jobs import JobKind
from backend.engines.api import RestoreOptions
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
        (JobKind.ANIMATE, "first_order"): (False, "weights_missing"),
        (JobKind.ANIMATE, "builtin"): (True, None),
    }


ENTRIES = (
    an_entry("v1.4", "v14.pth", model="v1.4"),
    an_entry("restoreformer", "rf.pth", model="restoreformer", content=b"another"),
    an_entry("restoreformer-author", "rf.ckpt", model="restoreformer"),
    an_entry("retinaface-r50", "r50.pth", role="detector"),
    an_entry("realesrgan-x2plus", "x2.pth", role="background"),
    an_entry("realesr-general-x4v3", "x4.pth", role="background"),
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


def films_catalogue_over(directory: Path) -> EngineCatalogue:
    entries = (
        an_entry("vox-own", "own.pth.tar", engine="first_order", role="motion", commercial_use=False),
        an_entry("vox-cpk", "vox-cpk.pth.tar", engine="first_order", role="motion", content=b"another"),
        an_entry("vox-mobile", "mobile.pdparams", engine="first_order", role="motion_mobile"),
    )
    return EngineCatalogue(
        builtin_version="1", first_order_version="2", weights=a_folder(directory, *entries)
    )


def test_first_order_without_weights_says_how_to_get_them(tmp_path: Path) -> None:
    catalogue = films_catalogue_over(tmp_path)
    (tmp_path / "mobile.pdparams").write_bytes(CONTENT)  # no network of ours

    with pytest.raises(WeightsMissing, match="download vox-own --accept-non-commercial") as caught:
        catalogue.resolve(JobKind.ANIMATE, "first_order")

    assert caught.value.params == {"engine": "first_order", "file": "own.pth.tar"}
    assert catalogue.resolve(JobKind.ANIMATE, "auto") == "builtin"


def test_first_order_is_the_best_as_soon_as_a_file_of_it_is_there(tmp_path: Path) -> None:
    catalogue = films_catalogue_over(tmp_path)
    catalogue.list()

    (tmp_path / "vox-cpk.pth.tar").write_bytes(b"another")

    assert catalogue.resolve(JobKind.ANIMATE, "auto") == "first_order"
    assert catalogue.resolve(JobKind.ANIMATE, "builtin") == "builtin"
    assert catalogue.resolve(JobKind.RESTORE, "auto") == "builtin"
    engine = next(engine for engine in catalogue.list() if engine.name == "first_order")
    assert (engine.installed, engine.reason, engine.version) == (True, None, "2")
    assert [(model.name, model.installed) for model in engine.models] == [
        ("vox-own", False),
        ("vox-cpk", True),
    ]


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


@pytest.mark.parametrize(
    ("here", "options", "missing"),
    [
        (["v14.pth"], RestoreOptions(), None),
        (["v14.pth"], RestoreOptions(model="restoreformer"), "rf.pth"),
        (["rf.ckpt"], RestoreOptions(model="restoreformer"), None),
        (["v14.pth"], RestoreOptions(model="v1"), "v1"),  # this manifest has none
        (["v14.pth"], RestoreOptions(mode="parity"), "r50.pth"),
        (["v14.pth", "r50.pth"], RestoreOptions(mode="parity"), None),
        (["v14.pth"], RestoreOptions(background="realesrgan"), "x2.pth"),
        (["v14.pth", "x4.pth"], RestoreOptions(background="realesrgan"), None),
        (["v14.pth", "r50.pth", "x4.pth"], RestoreOptions(mode="parity", background="realesrgan"), "x2.pth"),
    ],
)
def test_every_file_that_a_request_needs_is_looked_for(
    tmp_path: Path, here: list[str], options: RestoreOptions, missing: str | None
) -> None:
    catalogue = catalogue_over(tmp_path)
    for name in here:
        (tmp_path / name).write_bytes(CONTENT)

    if missing is None:
        catalogue.require_weights(options)
        return
    with pytest.raises(WeightsMissing) as caught:
        catalogue.require_weights(options)
    assert caught.value.params["file"] == missing


def test_a_model_that_is_damaged_is_refused_before_it_is_tried(tmp_path: Path) -> None:
    catalogue = catalogue_over(tmp_path)
    (tmp_path / "v14.pth").write_bytes(CONTENT[:-1])

    with pytest.raises(WeightsRefused):
        catalogue.require_weights(RestoreOptions(model="v1.4"))
