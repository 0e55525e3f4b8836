"""Where a job's photo comes from: sent along, uploaded before, or made by an earlier job."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from backend.domain.errors import Conflict, ImageTooLarge, InvalidOption, NotFound
from backend.domain.ids import is_id
from backend.domain.jobs import Job, JobKind, JobState
from backend.domain.media import Result, Upload, UploadKind, Variant
from backend.media.opening import ImageLimits
from backend.services.limits import ServiceLimits
from backend.services.requests import NewFile, PhotoSource
from backend.services.uploads import Uploads
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from backend.storage.results import ResultStore
from backend.storage.uploads import UploadStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPhoto:
    """A photo that is here. `upload_id` is what its owner once sent, also where a job's result is meant."""

    upload_id: str | None
    source_job_id: str | None
    width_px: int
    height_px: int

    def require_at_most(self, limits: ImageLimits) -> None:
        """Raise ImageTooLarge for an earlier result that is larger than any upload may be."""
        if self.width_px * self.height_px > limits.max_pixels:
            raise ImageTooLarge(
                "this result is too large to be worked on again", params={"max_pixels": limits.max_pixels}
            )


class Photos:
    """Finds the photo that a caller means, and reads it when the job runs."""

    def __init__(
        self,
        uploads: Uploads,
        upload_rows: UploadStore,
        jobs: JobStore,
        results: ResultStore,
        files: MediaFiles,
        limits: ServiceLimits,
    ) -> None:
        self._uploads = uploads
        self._upload_rows = upload_rows
        self._jobs = jobs
        self._results = results
        self._files = files
        self._limits = limits

    @contextmanager
    def chosen(self, owner_id: str, source: PhotoSource) -> Iterator[ChosenPhoto]:
        """The photo that is meant.

        One that came along goes again when the block, which queues the job, fails.
        """
        if isinstance(source, NewFile):
            with self._uploads.added_for_job(owner_id, source, UploadKind.PHOTO) as upload:
                yield _from_upload(upload)
            return
        if not is_id(source.id):  # any text may come from outside, also some that no database takes
            raise NotFound("no such upload or job")
        stored = self._upload_rows.find(owner_id, source.id)
        yield self._from_job(owner_id, source.id) if stored is None else _from_upload(stored)

    def read(self, job: Job) -> bytes:
        """The file of the photo that a job works on."""
        return self._files.read_all(self._stored(job).storage_key)

    def mime_of(self, job: Job) -> str:
        """The type of that file."""
        return self._stored(job).mime

    def read_mask(self, job: Job) -> bytes | None:
        """The file of the owner's own mask of what to repair; None where the job has none."""
        if job.mask_upload_id is None:
            return None
        return self._files.read_all(self._upload_rows.get(job.owner_id, job.mask_upload_id).storage_key)

    def limits_for(self, job: Job) -> ImageLimits:
        """What sizes the job's photo may have: our own results may be larger than uploads."""
        return self._limits.picture if job.source_job_id is None else self._limits.result

    def _from_job(self, owner_id: str, job_id: str) -> ChosenPhoto:
        job = self._jobs.get(owner_id, job_id)
        if job.kind is not JobKind.RESTORE:
            raise Conflict("only the result of a restoration can be used as a photo")
        if job.state is not JobState.SUCCEEDED:
            raise Conflict(f"the job that makes this photo is {job.state}")
        result = self._result_of(owner_id, job_id)
        assert result.width_px is not None and result.height_px is not None
        return ChosenPhoto(
            upload_id=job.upload_id,
            source_job_id=job.id,
            width_px=result.width_px,
            height_px=result.height_px,
        )

    def _stored(self, job: Job) -> Upload | Result:
        if job.source_job_id is not None:
            return self._result_of(job.owner_id, job.source_job_id)
        if job.upload_id is None:
            raise NotFound("the photo is gone")
        return self._upload_rows.get(job.owner_id, job.upload_id)

    def _result_of(self, owner_id: str, job_id: str) -> Result:
        result = self._results.of_job(owner_id, job_id, Variant.RESULT)
        if result is None:
            raise NotFound("the photo is gone")
        return result


def _from_upload(upload: Upload) -> ChosenPhoto:
    if upload.kind is not UploadKind.PHOTO:
        raise InvalidOption(f"the source is a {upload.kind}, not a photo", option="source")
    assert upload.width_px is not None and upload.height_px is not None
    return ChosenPhoto(
        upload_id=upload.id, source_job_id=None, width_px=upload.width_px, height_px=upload.height_px
    )
