"""Prints in a picture of them: look where they are, and cut them out as photos of their own.

Nothing is ever cut unasked: to look and to cut are two jobs, and corners are the caller's in between.
"""

import time
from dataclasses import replace

from backend.domain.clock import Clock
from backend.domain.jobs import CutPhoto, Job, JobKind, Outcome, PrintOutcome, Stage
from backend.engines.api import Checkpoint
from backend.engines.print_api import PrintCutter, StraightPrint
from backend.media.images import (
    EXTENSION_BY_FORMAT,
    MIME_BY_FORMAT,
    Photo,
    decode_photo,
    encode_photo,
    resolve_format,
)
from backend.media.names import result_name
from backend.services.job_desk import JobDesk
from backend.services.job_files import JobFiles, size_of
from backend.services.limits import ServiceLimits
from backend.services.photos import Photos
from backend.services.print_requests import CutRequest
from backend.services.requests import PhotoSource
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore, Lease
from backend.storage.results import ResultStore
from backend.storage.uploads import UploadStore

CUT_JPEG_QUALITY = 97  # what is cut out is restored next: it should lose nothing that can be seen


class Prints:
    """Submits both kinds of jobs and runs them."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        photos: Photos,
        upload_rows: UploadStore,
        jobs: JobStore,
        results: ResultStore,
        files: MediaFiles,
        clock: Clock,
        limits: ServiceLimits,
    ) -> None:
        self._desk = desk
        self._photos = photos
        self._upload_rows = upload_rows
        self._jobs = jobs
        self._results = results
        self._files = files
        self._clock = clock
        self._limits = limits

    def submit_find(self, owner_id: str, source: PhotoSource) -> Job:
        """Queue a look for prints.

        Raises what `Uploads.add` raises, ImageTooLarge, InvalidOption, NotFound, Conflict, QueueFull.
        """
        self._desk.require_room(owner_id)
        with self._photos.chosen(owner_id, source) as photo:
            photo.require_at_most(self._limits.picture)
            return self._desk.queue(owner_id, JobKind.FIND_PRINTS, photo, {})

    def submit_cut(self, owner_id: str, source: PhotoSource, request: CutRequest) -> Job:
        """Queue the cutting. Corners are checked against the photo's size, without opening it.

        Raises what `submit_find` raises.
        """
        self._desk.require_room(owner_id)
        with self._photos.chosen(owner_id, source) as photo:
            photo.require_at_most(self._limits.picture)
            request.require_within(photo.width_px, photo.height_px)
            return self._desk.queue(owner_id, JobKind.CUT_PRINTS, photo, request.to_json())

    def run_find(self, job: Job, lease: Lease, cutter: PrintCutter, checkpoint: Checkpoint) -> None:
        """Look, and finish the job with what was found. Raises LeaseLost, JobCancelled, other AppErrors."""
        started_s = time.monotonic()
        photo = self._decoded(job, checkpoint)
        found = cutter.find(photo.pixels, _spread(checkpoint, Stage.PRINTS, 0, 1))
        checkpoint(Stage.STORE, 0.0)
        outcome = replace(
            self._outcome(job, photo, cutter, started_s),
            prints=tuple(PrintOutcome(corners=one.corners, score=one.score) for one in found),
        )
        self._jobs.finish(lease, outcome, (), None)

    def run_cut(self, job: Job, lease: Lease, cutter: PrintCutter, checkpoint: Checkpoint) -> None:
        """Cut, and finish the job with a new upload for every print. On any exception nothing is kept.

        Raises LeaseLost, JobCancelled and other AppErrors.
        """
        started_s = time.monotonic()
        prints = CutRequest.from_json(job.options).prints
        photo, name = self._decoded(job, checkpoint), self._name_of(job)
        cut: list[CutPhoto] = []
        with JobFiles(job, self._files, self._results, self._clock) as made:
            for index, corners in enumerate(prints):
                part = _spread(checkpoint, Stage.STRAIGHTEN, index, len(prints))
                straight = cutter.straighten(photo.pixels, corners, part)
                cut.append(_keep(straight, photo, f"{index + 1}", name, made))
            checkpoint(Stage.STORE, 1.0)
            outcome = replace(self._outcome(job, photo, cutter, started_s), photos=tuple(cut))
            self._jobs.finish(lease, outcome, (), None, cut_photos=made.cut_photos)

    def _decoded(self, job: Job, checkpoint: Checkpoint) -> Photo:
        checkpoint(Stage.DECODE, 0.0)
        return decode_photo(self._photos.read(job), self._photos.limits_for(job))

    def _name_of(self, job: Job) -> str:
        upload = None if job.upload_id is None else self._upload_rows.find(job.owner_id, job.upload_id)
        return "" if upload is None else upload.name

    def _outcome(self, job: Job, photo: Photo, cutter: PrintCutter, started_s: float) -> Outcome:
        width_px, height_px = size_of(photo.pixels)
        return Outcome(
            engine=cutter.name,
            engine_version=cutter.version,
            width_px=width_px,
            height_px=height_px,
            mime=self._photos.mime_of(job),
            elapsed_ms=round(1000 * (time.monotonic() - started_s)),
        )


def _keep(straight: StraightPrint, photo: Photo, number: str, name: str, made: JobFiles) -> CutPhoto:
    """Store one print: encoded once, with what results keep of their photo's metadata."""
    chosen = resolve_format("auto", photo)
    encoded = encode_photo(straight.image, chosen, photo.meta, jpeg_quality=CUT_JPEG_QUALITY)
    width_px, height_px = size_of(straight.image)
    upload = made.add_cut_photo(
        result_name(name, number, EXTENSION_BY_FORMAT[chosen]),
        MIME_BY_FORMAT[chosen],
        encoded,
        size_px=(width_px, height_px),
    )
    return CutPhoto(
        upload_id=upload.id, name=upload.name, width_px=width_px, height_px=height_px, notes=straight.notes
    )


def _spread(checkpoint: Checkpoint, shown: Stage, index: int, count: int) -> Checkpoint:
    """The checkpoint for print `index` of `count`: whatever an engine is at, it is part of one stage here."""

    def report(stage: Stage, fraction: float) -> None:  # noqa: ARG001  # the protocol's signature
        checkpoint(shown, (index + fraction) / count)

    return report
