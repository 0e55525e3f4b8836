"""What `restore` does with one photo: its prints, the results, the comparisons, lines of the report."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from backend.cli.face_files import COMPARISONS, write_faces
from backend.cli.inputs import PhotoInput, print_stems
from backend.cli.outputs import write_whole
from backend.cli.report import PhotoFiles, PhotoReport
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, FivePoints, Restorer
from backend.engines.print_api import PrintCutter
from backend.media.images import EXTENSION_BY_FORMAT, Photo, decode_photo, encode_photo
from backend.media.opening import ImageLimits
from backend.media.types import RgbImage
from backend.services.pipelines import CutPrint, RestoredPhoto, cut_prints, restore_decoded
from backend.services.requests import RestoreRequest

logger = logging.getLogger(__name__)

RESULTS = "restored_imgs"
EXTENSIONS_KEPT = {"png": (".png",), "jpeg": (".jpg", ".jpeg"), "webp": (".webp",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What every photo of one call is worked on with. print_cutter: None = a photo is all of its picture."""

    restorer: Restorer
    print_cutter: PrintCutter | None
    request: RestoreRequest
    limits: ImageLimits
    output: Path
    suffix: str
    photos: tuple[PhotoInput, ...]  # all of the call, whose names are taken
    mask: Path | None  # of what its owner wants repaired; there is one photo only then, and no prints in it
    landmarks: Mapping[Path, tuple[FivePoints, ...]] | None = None  # of every photo; no prints in them
    are_face_crops: bool = False  # the photos are aligned faces: there is no picture to paste them into

    def restore(self, photo: PhotoInput, checkpoint: Checkpoint) -> list[PhotoReport]:
        """Restore one photo, or each print in it, and write what belongs to it; failures are reported."""
        started_s = time.monotonic()
        try:
            checkpoint(Stage.DECODE, 0.0)
            picture = decode_photo(photo.path.read_bytes(), self.limits)
            prints = cut_prints(picture, self.print_cutter, checkpoint) if self.print_cutter else ()
        except Exception as error:  # whatever is wrong with this photo, the others are not to blame
            logger.debug("photo failed", exc_info=error)
            seconds = time.monotonic() - started_s
            return [PhotoReport.of_failure(photo, error, self.restorer, seconds, None)]
        if not prints:
            return [self._restore(photo, picture, None, started_s, checkpoint)]
        named = [replace(photo, stem=stem) for stem in print_stems(photo, len(prints), self.photos)]
        return [
            self._restore(name, one.photo, one, started_s, checkpoint)
            for name, one in zip(named, prints, strict=True)
        ]

    def _restore(
        self,
        name: PhotoInput,
        photo: Photo,
        print_: CutPrint | None,
        started_s: float,
        checkpoint: Checkpoint,
    ) -> PhotoReport:
        try:
            mask = None if self.mask is None else self.mask.read_bytes()
            made = restore_decoded(
                photo,
                self.request,
                self.restorer,
                checkpoint,
                mask=mask,
                landmarks=None if self.landmarks is None else self.landmarks[name.path],
                is_face_crop=self.are_face_crops,
            )
            files = self._write(name, made)
        except Exception as error:  # nor are the other prints
            logger.debug("photo failed", exc_info=error)
            seconds = time.monotonic() - started_s
            return PhotoReport.of_failure(name, error, self.restorer, seconds, print_)
        seconds = time.monotonic() - started_s
        return PhotoReport.of_success(name, made, self.restorer, seconds, files, print_)

    def _write(self, photo: PhotoInput, made: RestoredPhoto) -> PhotoFiles:
        underscore = f"_{self.suffix}" if self.suffix else ""
        faces = write_faces(self.output, photo.stem, underscore, made.restoration.crops)
        if self.are_face_crops:
            return PhotoFiles(faces=faces)
        result = self._write_result(photo, underscore, made)
        if self.request.options.mode == "parity":  # the official script compares faces only
            return PhotoFiles(result=str(result), faces=faces)
        comparison = self.output / COMPARISONS / f"{photo.stem}{underscore}.jpg"
        write_whole(comparison, encode_photo(_side_by_side(made), "jpeg", made.photo.meta))
        return PhotoFiles(result=str(result), comparison=str(comparison), faces=faces)

    def _write_result(self, photo: PhotoInput, underscore: str, made: RestoredPhoto) -> Path:
        own_ending = photo.path.suffix.lower()
        keeps = self.request.format == "auto" and own_ending in EXTENSIONS_KEPT[made.format]
        ending = photo.path.suffix if keeps else f".{EXTENSION_BY_FORMAT[made.format]}"
        result = self.output / RESULTS / f"{photo.stem}{underscore}{ending}"
        write_whole(result, made.data)
        return result


def _side_by_side(made: RestoredPhoto) -> RgbImage:
    """uint8 (H, 2 W, 3) RGB: the photo, enlarged to the result's size, left of the result."""
    after = made.restoration.image
    height_px, width_px = after.shape[:2]
    before = Image.fromarray(made.photo.pixels)
    if before.size != (width_px, height_px):
        before = before.resize((width_px, height_px), Image.Resampling.BICUBIC)
    return np.concatenate((np.asarray(before), after), axis=1)
