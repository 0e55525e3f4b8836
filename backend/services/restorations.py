"""Restore a photo: take the request in, and later, in the worker, do it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from backend.checkpoints.names import GFPGAN
from backend.domain.clock import Clock
from backend.domain.errors import InvalidOption
from backend.domain.jobs import Job, JobKind, LayerPlace, Outcome, Stage
from backend.domain.media import Variant
from backend.engines.api import Checkpoint, RestoreOptions, Restorer
from backend.media.images import encode_mask, encode_preview
from backend.media.masks import marked_share
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.job_desk import JobDesk
from backend.services.job_files import JobFiles, size_of
from backend.services.layers import store_layers
from backend.services.limits import MAX_RESULT_PIXELS, ServiceLimits
from backend.services.photos import ChosenPhoto, Photos
from backend.services.pipelines import RestoredPhoto, face_outcomes, restore_photo
from backend.services.requests import NewFile, PhotoSource, RestoreRequest
from backend.services.taken_options import require_taken
from backend.services.uploads import Uploads
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore, Lease
from backend.storage.results import ResultStore


class Restorations:
    """Submits restorations and runs them."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        photos: Photos,
        uploads: Uploads,
        engines: EngineCatalogue,
        jobs: JobStore,
        results: ResultStore,
        files: MediaFiles,
        clock: Clock,
        limits: ServiceLimits,
    ) -> None:
        self._desk = desk
        self._photos = photos
        self._uploads = uploads
        self._engines = engines
        self._jobs = jobs
        self._results = results
        self._files = files
        self._clock = clock
        self._limits = limits

    def submit(
        self, owner_id: str, source: PhotoSource, request: RestoreRequest, mask: NewFile | None = None
    ) -> Job:
        """Queue a restoration.

        mask: what its owner wants repaired, instead of what the engine would find
        The job's row keeps the engine that `auto` stands for now, so that it says exactly what will run.
        Raises what `Uploads.add` raises, EngineUnavailable, WeightsMissing, WeightsRefused, InvalidOption,
        NotFound, Conflict, QueueFull.
        """
        engine = self._engines.resolve(JobKind.RESTORE, request.engine)
        require_taken(request, engine)
        if engine == GFPGAN:
            self._engines.require_weights(request.options)
        if mask is not None:
            request.require_mask_allowed()
        self._desk.require_room(owner_id)
        with self._photos.chosen(owner_id, source) as photo:
            self._require_size(photo, request.options)
            options = request.to_json() | {"engine": engine}
            with self._mask_for_job(owner_id, mask, photo) as mask_id:
                return self._desk.queue(owner_id, JobKind.RESTORE, photo, options, mask_upload_id=mask_id)

    def run(self, job: Job, lease: Lease, restorer: Restorer, checkpoint: Checkpoint) -> None:
        """Do the job and finish it. On any exception nothing is kept.

        Raises LeaseLost, JobCancelled and other AppErrors.
        """
        started_s = time.monotonic()
        request = RestoreRequest.from_json(job.options)
        restored = restore_photo(
            self._photos.read(job),
            request,
            restorer,
            checkpoint,
            self._photos.limits_for(job),
            mask=self._photos.read_mask(job),
        )
        checkpoint(Stage.STORE, 0.0)
        with JobFiles(job, self._files, self._results, self._clock) as made:
            image, original = restored.restoration.image, restored.photo.pixels
            result = made.add(Variant.RESULT, restored.mime, restored.data, size_px=size_of(image))
            made.add(Variant.PREVIEW, "image/webp", encode_preview(original), size_px=size_of(original))
            mask = restored.restoration.scratch_mask
            if mask is not None:
                made.add(Variant.MASK, "image/png", encode_mask(mask), size_px=size_of(mask))
            layers = store_layers(made, restored.restoration.layers)
            checkpoint(Stage.STORE, 1.0)
            elapsed_ms = round(1000 * (time.monotonic() - started_s))
            outcome = _outcome(restored, restorer, layers, elapsed_ms)
            self._jobs.finish(lease, outcome, made.results, result.id)

    @contextmanager
    def _mask_for_job(self, owner_id: str, mask: NewFile | None, photo: ChosenPhoto) -> Iterator[str | None]:
        if mask is None:
            yield None
            return
        with self._uploads.mask_for_job(owner_id, mask, (photo.width_px, photo.height_px)) as upload:
            yield upload.id

    def _require_size(self, photo: ChosenPhoto, options: RestoreOptions) -> None:
        photo.require_at_most(self._limits.picture)
        pixels = photo.width_px * photo.height_px
        if pixels * options.upscale_factor(photo.width_px, photo.height_px) ** 2 > MAX_RESULT_PIXELS:
            raise InvalidOption(
                f"the result would have more than {MAX_RESULT_PIXELS // 10**6} megapixels", option="upscale"
            )


def _outcome(
    restored: RestoredPhoto, restorer: Restorer, layers: Mapping[int, LayerPlace], elapsed_ms: int
) -> Outcome:
    height_px, width_px = restored.restoration.image.shape[:2]
    photo_height_px, photo_width_px = restored.photo.pixels.shape[:2]
    mask = restored.restoration.scratch_mask
    return Outcome(
        engine=restorer.name,
        engine_version=restorer.version,
        width_px=width_px,
        height_px=height_px,
        mime=restored.mime,
        model=restored.restoration.model,
        faces=face_outcomes(restored.restoration.faces, layers),
        notes=restored.restoration.notes,
        elapsed_ms=elapsed_ms,
        photo_width_px=photo_width_px,
        photo_height_px=photo_height_px,
        mask_share=None if mask is None else marked_share(mask),
    )
