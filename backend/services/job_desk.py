"""Where new jobs are handed in: one way to build a job's row, whatever it will make."""

from collections.abc import Mapping

from backend.domain.clock import Clock
from backend.domain.ids import new_id
from backend.domain.jobs import Job, JobKind, JobState
from backend.services.photos import ChosenPhoto
from backend.storage.jobs import JobStore, QueueCaps


class JobDesk:
    """Queues jobs, within the caps."""

    def __init__(self, jobs: JobStore, clock: Clock, caps: QueueCaps) -> None:
        self._jobs = jobs
        self._clock = clock
        self._caps = caps

    def require_room(self, owner_id: str) -> None:
        """Raise QueueFull now rather than after a file has been stored."""
        self._jobs.require_room(owner_id, self._caps)

    def queue(
        self,
        owner_id: str,
        kind: JobKind,
        photo: ChosenPhoto,
        options: Mapping[str, object],
        *,
        driving_upload_id: str | None = None,
        mask_upload_id: str | None = None,
    ) -> Job:
        """A new job, waiting. Raises QueueFull."""
        job = Job(
            id=new_id(),
            owner_id=owner_id,
            kind=kind,
            state=JobState.QUEUED,
            options=dict(options),
            upload_id=photo.upload_id,
            driving_upload_id=driving_upload_id,
            mask_upload_id=mask_upload_id,
            source_job_id=photo.source_job_id,
            attempts=0,
            created_at=self._clock.now(),
        )
        self._jobs.add(job, self._caps)
        return job
