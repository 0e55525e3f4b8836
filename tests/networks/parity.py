"""Seeded weights and the official networks' outputs on them (`../shared/parity`), for tests of ours."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from backend.networks.state import State
from tests.shared_data import SHARED

_FOLDER = SHARED / "parity"


class Case(NamedTuple):
    """One fixture: weights, inputs, and what the official network made of them."""

    state: State
    x: Tensor  # float32 (N, 3, S, S) in [-1, 1]
    keys: tuple[str, ...]  # of the expected arrays
    fixture: Any  # Fixture of ../shared/parity/fixture_io.py

    def over_tolerance(self, found: Mapping[str, Tensor]) -> dict[str, float]:
        """Arrays whose largest difference is beyond the fixture's own tolerance -> difference / tolerance."""
        compared = [self.fixture.compare(key, found[key].numpy()) for key in self.keys if key in found]
        return {each.key: each.max_abs / each.tolerance for each in compared if each.max_abs > each.tolerance}


def parity_case(name: str) -> Case:
    """The fixture of that name in `../shared/parity/fixtures/dev`."""
    if str(_FOLDER) not in sys.path:
        sys.path.append(str(_FOLDER))
    fixture_io = importlib.import_module("fixture_io")
    seeded_weights = importlib.import_module("seeded_weights")

    fixture = fixture_io.load_fixture(_FOLDER / "fixtures/dev", name)
    manifest = seeded_weights.load_manifest(_FOLDER / fixture.meta["manifest"])
    state = seeded_weights.seeded_state_dict(manifest, fixture.meta["seed"])
    paths = [fixture.image_path(key) for key in sorted(fixture.meta["images"]) if key.startswith("input")]
    return Case(state, network_input(paths), tuple(fixture.meta["arrays"]), fixture)


def network_input(paths: list[Path]) -> Tensor:
    """Pictures of one size -> float32 (N, 3, H, W) RGB in [-1, 1], as the restoring networks take them."""
    pixels = np.stack([np.asarray(Image.open(path).convert("RGB"), dtype=np.float32) for path in paths])
    return torch.from_numpy((pixels / 255 - 0.5) / 0.5).permute(0, 3, 1, 2).contiguous()
