"""Reads parity fixtures: what the official code made of an input, and how far a result may be from it.

A folder of fixtures is an `index.json`, arrays as `.npz`, pictures as `.png`. Big arrays are kept in part:
rows and columns at a stride, a dense patch, and the mean, least and greatest of the whole.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, TypedDict, cast

import cv2
import numpy as np
import numpy.typing as npt
from torch import Tensor

from backend.domain.errors import InvalidInput
from backend.evaluation.parity.seeded_weights import read_manifest, seeded_state, state_sha256

Array: TypeAlias = npt.NDArray[np.generic]
"""Any shape and dtype; each fixture's index says which."""


Picture: TypeAlias = npt.NDArray[np.uint8 | np.uint16]
"""(H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA."""


class FixtureBroken(InvalidInput):
    """A fixture that cannot be used: a file is missing, or its weights come out other than they were."""


class ArrayInfo(TypedDict, total=False):
    """What the index says of one array; no tolerance = equal."""

    shape: list[int]
    tolerance: float
    stored: str  # "full" or "sample"
    stride: int
    offset: int
    patch: list[int]  # y, x, height, width
    mean: float
    min: float
    max: float


@dataclass(frozen=True)
class Fixture:
    """One entry of an index."""

    folder: Path
    name: str
    meta: Mapping[str, object]

    @cached_property
    def arrays(self) -> Mapping[str, Array]:
        """Every stored array."""
        if "file" not in self.meta:
            return {}
        with np.load(self.folder / str(self.meta["file"]), allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}

    @property
    def array_infos(self) -> Mapping[str, ArrayInfo]:
        """What the index says of the arrays."""
        infos = self.meta.get("arrays", {})
        assert isinstance(infos, dict)
        return infos

    def table(self, key: str) -> Mapping[str, Mapping[str, object]]:
        """A table of the index: its cases, its images."""
        found = self.meta.get(key, {})
        assert isinstance(found, dict)
        return found

    def picture(self, key: str) -> Picture:
        """A PNG of the fixture as it is stored: (H, W), RGB (H, W, 3) or RGBA (H, W, 4), uint8 or uint16."""
        return read_picture(self.folder / str(self.table("images")[key]["file"]))

    def state(self) -> dict[str, Tensor]:
        """The seeded weights of the fixture's network, checked."""
        seed = self.meta["seed"]
        assert isinstance(seed, int)
        return self.seeded(str(self.meta["manifest"]), seed, sha256=str(self.meta["state_sha256"]))

    def seeded(self, manifest: str, seed: int, *, sha256: str | None = None) -> dict[str, Tensor]:
        """Weights of any manifest beside this fixture.

        manifest: a path as the index has it, `manifests/NAME.json`, sought from the folder upwards
        raises:   FixtureBroken
        """
        for above in (self.folder, *self.folder.resolve().parents):
            if (above / manifest).is_file():
                state = seeded_state(read_manifest(above / manifest), seed)
                break
        else:
            raise FixtureBroken(f"{self.name}: there is no {manifest} in or above {self.folder}")
        if sha256 is not None and state_sha256(state) != sha256:
            raise FixtureBroken(f"{self.name}: the weights come out other than the official code had them")
        return state


_RED_FIRST = {3: [2, 1, 0], 4: [2, 1, 0, 3]}  # OpenCV reads blue first


def read_picture(path: Path) -> Picture:
    """A PNG as it is stored: (H, W), RGB (H, W, 3) or RGBA (H, W, 4), uint8 or uint16.

    raises: FixtureBroken where it is none
    """
    found = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise FixtureBroken(f"{path} is no picture")
    return cast(Picture, found[..., _RED_FIRST[found.shape[2]]] if found.ndim == 3 else found)


def find_fixtures(folder: Path) -> list[Fixture]:
    """Every fixture in the folder, or in the folders inside it; `index.json` marks them.

    Another `.json` file beside an index is a fixture too, of which nothing but the name is known.
    raises: FixtureBroken where there is no index
    """
    indices = sorted(
        [*folder.glob("index.json"), *folder.glob("*/index.json"), *folder.glob("*/*/index.json")]
    )
    if not indices:
        raise FixtureBroken(f"there is no index.json in {folder}, nor two folders deep")
    found: list[Fixture] = []
    for index in indices:
        entries = json.loads(index.read_text(encoding="utf-8"))
        found += [Fixture(index.parent, name, meta) for name, meta in entries.items()]
        others = sorted(other for other in index.parent.glob("*.json") if other != index)
        found += [Fixture(index.parent, other.stem, {}) for other in others]
    return found
