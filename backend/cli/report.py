"""`report.json` of `restore`: what happened to each photo, for scripts to read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from backend.cli.face_files import FaceFiles
from backend.cli.inputs import PhotoInput
from backend.domain.errors import AppError
from backend.engines.api import FaceInfo, Restorer
from backend.engines.print_api import Corners
from backend.services.pipelines import CutPrint, RestoredPhoto
from backend.services.requests import RestoreRequest
from backend.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoError:
    """Why a photo could not be restored: a code of `domain/errors.py`, and words."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFiles:
    """What was written for a photo. An aligned face has no picture around it, so no result of its own."""

    result: str | None = None
    comparison: str | None = None
    faces: tuple[FaceFiles, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoReport:
    """One photo's line."""

    input: str
    output: str | None
    comparison: str | None
    print_corners: Corners | None  # in px of the input, where the photo is a print that was cut out of it
    engine: str
    engine_version: str
    model: str | None
    width_px: int | None
    height_px: int | None
    faces: tuple[FaceInfo, ...]
    face_files: tuple[FaceFiles, ...]
    seconds: float
    notes: tuple[str, ...]
    error: PhotoError | None

    @classmethod
    def of_success(
        cls,
        photo: PhotoInput,
        made: RestoredPhoto,
        restorer: Restorer,
        seconds: float,
        files: PhotoFiles,
        print_: CutPrint | None,
    ) -> Self:
        """A photo that was restored."""
        height_px, width_px = made.restoration.image.shape[:2]
        return cls(
            input=str(photo.path),
            output=files.result,
            comparison=files.comparison,
            print_corners=print_.corners if print_ else None,
            engine=restorer.name,
            engine_version=restorer.version,
            model=made.restoration.model,
            width_px=width_px,
            height_px=height_px,
            faces=made.restoration.faces,
            face_files=files.faces,
            seconds=round(seconds, 3),
            notes=(*(print_.notes if print_ else ()), *made.restoration.notes),
            error=None,
        )

    @classmethod
    def of_failure(
        cls,
        photo: PhotoInput,
        error: Exception,
        restorer: Restorer,
        seconds: float,
        print_: CutPrint | None,
    ) -> Self:
        """A photo that was not."""
        return cls(
            input=str(photo.path),
            output=None,
            comparison=None,
            print_corners=print_.corners if print_ else None,
            engine=restorer.name,
            engine_version=restorer.version,
            model=None,
            width_px=None,
            height_px=None,
            faces=(),
            face_files=(),
            seconds=round(seconds, 3),
            notes=(),
            error=_error_of(error),
        )


def report_json(reports: Sequence[PhotoReport], request: RestoreRequest) -> dict[str, object]:
    """The whole report as JSON values."""
    return {
        "version": VERSION,
        "request": request.to_json(),
        "photos": [asdict(report) for report in reports],
    }


def _error_of(error: Exception) -> PhotoError:
    if isinstance(error, AppError):
        return PhotoError(code=error.code, message=str(error))
    if isinstance(error, OSError):
        return PhotoError(code="file_error", message=error.strerror or type(error).__name__)
    if isinstance(error, MemoryError):
        return PhotoError(code="out_of_memory", message="not enough memory for this photo")
    return PhotoError(code=AppError.code, message=f"a fault of ours: {type(error).__name__}: {error}")
