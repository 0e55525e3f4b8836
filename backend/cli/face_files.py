"""Each restored face as files, in the folders and under the names of the official GFPGAN script.

Apart from `workshop.py`, as only engines that restore faces one by one write them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.cli.outputs import write_whole
from backend.engines.api import FaceCrop
from backend.media.images import encode_photo

CROPS, FACES, COMPARISONS = "cropped_faces", "restored_faces", "cmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFiles:
    """A face's files: as the network saw it, as it came out, and both side by side."""

    face_id: int
    cropped: str
    restored: str
    comparison: str


def write_faces(output: Path, stem: str, suffix: str, crops: Sequence[FaceCrop]) -> tuple[FaceFiles, ...]:
    """PNG files of 512 x 512: NAME_00, NAME_01, … in the order of `crops`.

    suffix: what the restored faces' names end with, its underscore included; as there, no others' do
    """
    written = []
    for index, crop in enumerate(crops):
        name = f"{stem}_{index:02d}"
        files = FaceFiles(
            face_id=crop.face_id,
            cropped=str(output / CROPS / f"{name}.png"),
            restored=str(output / FACES / f"{name}{suffix}.png"),
            comparison=str(output / COMPARISONS / f"{name}.png"),
        )
        write_whole(Path(files.cropped), encode_photo(crop.before, "png"))
        write_whole(Path(files.restored), encode_photo(crop.after, "png"))
        both = np.concatenate((crop.before, crop.after), axis=1)
        write_whole(Path(files.comparison), encode_photo(both, "png"))
        written.append(files)
    return tuple(written)
