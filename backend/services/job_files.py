"""The files that one run of a job makes: kept together with the rows that name them, or not at all."""

from pathlib import Path
from types import TracebackType
from typing import Self

from backend.domain.clock import Clock
from backend.domain.ids import new_id
from backend.domain.jobs import Job
from backend.domain.media import Result, Upload, UploadKind, Variant
from backend.media.types import Mask, RgbImage
from backend.storage.files import FileWriter, MediaFiles
from backend.storage.results import ResultStore

_READ_BYTES = 1 << 20


class JobFiles:
    """Collects what a job makes. When the `with` block fails, the files go again."""

    def __init__(self, job: Job, files: MediaFiles, results: ResultStore, clock: Clock) -> None:
        self._job = job
        self._files = files
        self._rows = results
        self._clock = clock
        self._written: list[Result] = []
        self._cut_photos: list[Upload] = []

    @property
    def results(self) -> tuple[Result, ...]:
        """Everything so far, for `JobStore.finish`."""
        return tuple(self._written)

    @property
    def cut_photos(self) -> tuple[Upload, ...]:
        """Every cut photo so far, for `JobStore.finish`."""
        return tuple(self._cut_photos)

    def add(self, variant: Variant, mime: str, content: bytes | Path, *, size_px: tuple[int, int]) -> Result:
        """Store a file. size_px: width and height, of a preview those that the photo had."""
        with self._files.writer() as writer:
            _copy(content, writer)
        result = Result(
            id=new_id(),
            job_id=self._job.id,
            owner_id=self._job.owner_id,
            variant=variant,
            mime=mime,
            size_bytes=writer.size_bytes,
            sha256=writer.sha256,
            storage_key=writer.key,
            created_at=self._clock.now(),
            width_px=size_px[0],
            height_px=size_px[1],
        )
        self._written.append(result)
        return result

    def add_cut_photo(self, name: str, mime: str, content: bytes, *, size_px: tuple[int, int]) -> Upload:
        """Store a photo that was cut out of the job's: it becomes an upload of its own."""
        with self._files.writer() as writer:
            writer.write(content)
        upload = Upload(
            id=new_id(),
            owner_id=self._job.owner_id,
            kind=UploadKind.PHOTO,
            name=name,
            mime=mime,
            size_bytes=writer.size_bytes,
            sha256=writer.sha256,
            storage_key=writer.key,
            created_at=self._clock.now(),
            width_px=size_px[0],
            height_px=size_px[1],
            cut_from_upload_id=self._job.upload_id,
        )
        self._cut_photos.append(upload)
        return upload

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        # A connection that breaks during the commit does not say whether the rows are there: look.
        keys = {result.storage_key for result in self._written}
        keys |= {photo.storage_key for photo in self._cut_photos}
        for key in keys - self._rows.keys_in_use(keys):
            self._files.delete(key)


def size_of(pixels: RgbImage | Mask) -> tuple[int, int]:
    """Width and height."""
    return pixels.shape[1], pixels.shape[0]


def _copy(content: bytes | Path, writer: FileWriter) -> None:
    if isinstance(content, bytes):
        writer.write(content)
        return
    with content.open("rb") as file:
        while block := file.read(_READ_BYTES):
            writer.write(block)
