"""The engines that a worker loads: there, by the names that jobs ask for, and ready."""

from pathlib import Path

from backend.domain.jobs import JobKind
from backend.wiring import build_engine_catalogue
from backend.worker.build_engines import build_engines, warm
from tests.weights_folders import a_folder


def test_every_installed_engine_is_built(tmp_path: Path) -> None:
    engines = build_engines()

    catalogue = build_engine_catalogue(a_folder(tmp_path))
    installed = {(status.task, status.name) for status in catalogue.list() if status.installed}
    assert installed == {(JobKind.RESTORE, name) for name in engines.restorers} | {
        (JobKind.ANIMATE, name) for name in engines.animators
    }


def test_engines_go_by_their_own_names() -> None:
    engines = build_engines()

    assert all(name == restorer.name for name, restorer in engines.restorers.items())
    assert all(name == animator.name for name, animator in engines.animators.items())


def test_warming_up_needs_no_photo() -> None:
    warm(build_engines())
