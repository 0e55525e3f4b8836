"""What a browser sends and what a worker does, for tests of the services between them."""

import io
from dataclasses import dataclass, field

from backend.domain.errors import AppError, JobCancelled
from backend.domain.jobs import Job, JobError, JobKind
from backend.engines.animation_api import Animator
from backend.engines.api import Checkpoint, Restorer, no_checkpoint
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer
from backend.engines.print_api import PrintCutter
from backend.media.images import PhotoFormat, encode_photo
from backend.media.types import RgbImage
from backend.services.bundle import Services
from backend.services.requests import NewFile
from backend.storage.jobs import JobStore
from tests.builders import a_photo


def a_file(content: bytes, name: str = "外婆 1962.png") -> NewFile:
    return NewFile(content=io.BytesIO(content), name=name)


def a_photo_file(
    pixels: RgbImage | None = None, *, photo_format: PhotoFormat = "png", name: str = "外婆 1962.png"
) -> NewFile:
    """A photo as it comes with a request; 96 x 64 pixels unless given."""
    return a_file(encode_photo(a_photo() if pixels is None else pixels, photo_format), name)


@dataclass
class Worker:
    """Takes one job at a time, as the worker's process does."""

    services: Services
    jobs: JobStore
    restorer: Restorer
    animator: Animator
    print_cutter: PrintCutter = field(default_factory=FakePrintCutter)

    def run_next(self, checkpoint: Checkpoint = no_checkpoint) -> Job:
        """The job whose turn it was, as it ended."""
        claimed = self.jobs.claim_next()
        assert claimed is not None, "nothing waits"
        job, lease = claimed
        try:
            if job.kind is JobKind.RESTORE:
                self.services.restorations.run(job, lease, self.restorer, checkpoint)
            elif job.kind is JobKind.FIND_PRINTS:
                self.services.prints.run_find(job, lease, self.print_cutter, checkpoint)
            elif job.kind is JobKind.CUT_PRINTS:
                self.services.prints.run_cut(job, lease, self.print_cutter, checkpoint)
            else:
                self.services.animations.run(job, lease, lambda: self.restorer, self.animator, checkpoint)
        except JobCancelled:
            self.jobs.cancel(lease)
        except AppError as error:
            self.jobs.fail(lease, JobError(code=error.code, params=error.params))
        return self.jobs.get(job.owner_id, job.id)


def a_worker(services: Services, jobs: JobStore) -> Worker:
    return Worker(services=services, jobs=jobs, restorer=FakeRestorer(), animator=FakeAnimator())
