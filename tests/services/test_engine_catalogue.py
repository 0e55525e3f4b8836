import pytest

from backend.domain.errors import EngineUnavailable, InvalidOption
from backend.domain.jobs import JobKind
from backend.services.engine_catalogue import EngineCatalogue

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
        (JobKind.RESTORE, "gfpgan"): (False, "not_in_this_version"),
        (JobKind.RESTORE, "builtin"): (True, None),
        (JobKind.ANIMATE, "first_order"): (False, "not_in_this_version"),
        (JobKind.ANIMATE, "builtin"): (True, None),
    }
