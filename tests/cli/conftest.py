"""The command line in a folder of the test's own, with instant engines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli.main import jiuying
from backend.engines.animation_api import Animator
from backend.engines.api import Restorer
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer
from backend.engines.print_api import PrintCutter
from backend.worker import build_engines
from tests.presets import write_catalogue

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command line: `run("restore", "a.png", "-o", "out")`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JIUYING_DRIVING_VIDEOS_DIR", str(write_catalogue(tmp_path / "presets")))
    return lambda *arguments: CliRunner().invoke(jiuying, [str(argument) for argument in arguments])


@pytest.fixture
def use_engines(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put engines in the place of those that are installed."""

    def use(
        restorer: Restorer | None = None,
        animator: Animator | None = None,
        print_cutter: PrintCutter | None = None,
    ) -> None:
        engines = build_engines.Engines(
            restorers={"builtin": restorer or FakeRestorer()},
            animators={"builtin": animator or FakeAnimator()},
            print_cutter=print_cutter or FakePrintCutter(),
        )
        monkeypatch.setattr(build_engines, "build_engines", lambda *_setup, **_more: engines)

    return use


@pytest.fixture(autouse=True)
def _instant_engines(use_engines: Callable[..., None]) -> None:
    use_engines()
