"""The engines that a worker loads: there, by the names that jobs ask for, and ready."""

from backend.domain.jobs import JobKind
from backend.wiring import build_engine_catalogue
from backend.worker.build_engines import build_engines, warm


def test_every_installed_engine_is_built() -> None:
    engines = build_engines()

    installed = {(status.task, status.name) for status in build_engine_catalogue().list() if status.installed}
    assert installed == {(JobKind.RESTORE, name) for name in engines.restorers} | {
        (JobKind.ANIMATE, name) for name in engines.animators
    }


def test_engines_go_by_their_own_names() -> None:
    engines = build_engines()

    assert all(name == restorer.name for name, restorer in engines.restorers.items())
    assert all(name == animator.name for name, animator in engines.animators.items())


def test_warming_up_needs_no_photo() -> None:
    warm(build_engines())
