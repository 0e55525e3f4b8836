"""What a gallery is made of: one cell for each thing that a person looks at and gives a word.

A cell is known by its key, the same from one gallery to the next, and by the digest of its pixels.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from backend.domain.errors import InvalidInput
from backend.media.images import encode_poster
from backend.media.types import RgbImage

CELLS_NAME = "cells.json"
IMAGES_NAME = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One picture of the gallery and what is known about it.

    key:     task/engine/photo/what, e.g. "animate/builtin/01_whitman_bw/nod/0"
    image:   of the cell, relative to the gallery's folder
    digest:  of the pixels before they were compressed; equal digests are equal pictures
    figures: name -> what was measured, ready to be read
    """

    key: str
    image: str
    digest: str
    figures: Mapping[str, str]

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """Task, engine, photo, what."""
        task, engine, photo, what = self.key.split("/", 3)
        return task, engine, photo, what

    @classmethod
    def written(cls, folder: Path, key: str, pixels: RgbImage, figures: Mapping[str, str]) -> Self:
        """The cell, its picture stored in the gallery's folder."""
        image = f"{IMAGES_NAME}/{key.replace('/', '.')}.jpg"
        path = folder / image
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_poster(pixels))
        digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()[:16]
        return cls(key=key, image=image, digest=digest, figures=dict(figures))


def write_cells(folder: Path, cells: Iterable[Cell]) -> None:
    """Keep the list beside the pictures."""
    rows = [asdict(cell) for cell in cells]
    (folder / CELLS_NAME).write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def read_cells(folder: Path) -> dict[str, Cell]:
    """Key -> cell; none where the folder holds no gallery. Raises InvalidInput."""
    path = folder / CELLS_NAME
    if not path.is_file():
        return {}
    try:
        cells = [Cell(**row) for row in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{path} is not the list of a gallery") from error
    return {cell.key: cell for cell in cells}
