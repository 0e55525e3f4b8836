"""Before, after and mask of a photo: the gallery's cells of the restorers."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from backend.engines.api import RestoreOptions, Restorer, Scratches, no_checkpoint
from backend.evaluation.gallery.cells import Cell
from backend.evaluation.gallery.strips import at_size, marked, strip
from backend.evaluation.metrics import psnr_db
from backend.media.opening import ImageLimits
from backend.services.pipelines import restore_photo
from backend.services.requests import RestoreRequest

STRENGTHS: tuple[Scratches, ...] = ("auto", "strong")
_HEIGHT_PX = 560


def restored_cells(folder: Path, name: str, data: bytes, restorer: Restorer) -> Iterator[Cell]:
    """A cell for each strength of looking for scratches.

    name, data: of the photo: what its cells are called, and its file as a user sends it
    """
    for strength in STRENGTHS:
        request = RestoreRequest(options=RestoreOptions(scratches=strength))
        started_s = time.perf_counter()
        made = restore_photo(data, request, restorer, no_checkpoint, ImageLimits())
        elapsed_s = time.perf_counter() - started_s
        before, after = made.photo.pixels, made.restoration.image
        mask = made.restoration.scratch_mask
        distance_db = psnr_db(at_size(after, before.shape[1], before.shape[0]), before)
        pixels = strip([before, after, marked(before, mask)], _HEIGHT_PX)
        figures = {
            "notes": ", ".join(made.restoration.notes),
            "seconds": f"{elapsed_s:.2f}",
            "PSNR to the photo, dB": f"{distance_db:.1f}",
            "repaired": "0 %" if mask is None else f"{100 * float(np.mean(mask > 0.5)):.2f} %",
        }
        yield Cell.written(folder, f"restore/{restorer.name}/{name}/{strength}", pixels, figures)
