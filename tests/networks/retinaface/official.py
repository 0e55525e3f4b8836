"""Stored outputs of the official detector, and the seeded weights behind them, from `../shared/parity`."""

import importlib.util
import sys
from functools import cache
from types import ModuleType
from typing import Any

from torch import Tensor

from tests.shared_data import SHARED

PARITY = SHARED / "parity"


@cache
def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"parity_{name}", PARITY / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def load_fixture(name: str) -> Any:
    """A `Fixture` of `fixture_io.py`: meta, arrays, image_path, compare."""
    return _module("fixture_io").load_fixture(PARITY / "fixtures" / "dev", name)


def seeded_state(fixture: Any) -> dict[str, Tensor]:
    """The weights that the fixture was made with; their digest is checked."""
    weights = _module("seeded_weights")
    manifest = weights.load_manifest(PARITY / fixture.meta["manifest"])
    state: dict[str, Tensor] = weights.seeded_state_dict(manifest, fixture.meta["seed"])
    assert weights.state_digest(state) == fixture.meta["state_sha256"]
    return state
