"""The engines that a worker loads: there, by the names that jobs ask for, and ready."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.checkpoints.folder import WeightsFolder
from backend.domain.jobs import JobKind
from backend.engines.animation_api import Animator, MotionSetup
from backend.engines.api import GfpganSetup, Restorer
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.faces.finding import FindFaces
from backend.engines.fake_first_order import FakeFirstOrder
from backend.engines.fake_gfpgan import FakeGfpgan
from backend.wiring import build_engine_catalogue
from backend.worker import build_engines as module
from backend.worker.build_engines import build_engines, warm
from tests.weights_folders import a_folder


def test_every_installed_engine_is_there(tmp_path: Path) -> None:
    weights = a_folder(tmp_path)
    engines = build_engines(weights)

    catalogue = build_engine_catalogue(weights)
    installed = {(status.task, status.name) for status in catalogue.list() if status.installed}
    assert installed <= {(JobKind.RESTORE, name) for name in engines.restorers} | {
        (JobKind.ANIMATE, name) for name in engines.animators
    }


def test_engines_go_by_their_own_names(tmp_path: Path) -> None:
    engines = build_engines(a_folder(tmp_path))

    assert all(name == restorer.name for name, restorer in engines.restorers.items())
    assert all(name == animator.name for name, animator in engines.animators.items())


def test_the_engine_with_weights_is_built_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    setups: list[GfpganSetup] = []

    def build(weights: WeightsFolder, setup: GfpganSetup, builtin: BuiltinRestorer) -> Restorer:
        setups.append(setup)
        return FakeGfpgan()

    monkeypatch.setattr(module, "build_gfpgan", build)
    engines = build_engines(a_folder(tmp_path), GfpganSetup(device="cpu"))
    warm(engines)
    assert setups == []

    assert engines.restorers["gfpgan"].name == "gfpgan"
    assert setups == [GfpganSetup(device="cpu")]


def test_the_engine_that_moves_faces_is_built_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built: list[tuple[MotionSetup, Path | None]] = []

    def build(
        weights: WeightsFolder, setup: MotionSetup, find: FindFaces, templates_dir: Path | None
    ) -> Animator:
        built.append((setup, templates_dir))
        return FakeFirstOrder()

    monkeypatch.setattr(module, "build_first_order", build)
    setup = MotionSetup(device="cpu")
    engines = build_engines(a_folder(tmp_path), motion=setup, templates_dir=tmp_path)
    warm(engines)
    assert built == []

    assert engines.animators["first_order"].name == "first_order"
    assert built == [(setup, tmp_path)]


def test_without_weights_there_is_only_what_needs_none() -> None:
    engines = build_engines()

    assert list(engines.animators) == list(engines.restorers) == ["builtin"]


def test_warming_up_needs_no_photo() -> None:
    warm(build_engines())


def test_torch_keeps_to_the_threads_that_are_allowed() -> None:
    script = (
        "from backend.worker.build_engines import use_threads; use_threads(1); "
        "import torch; print(torch.get_num_threads())"
    )

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "1"
