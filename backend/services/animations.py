"""Make a film of a photo: take the request in, and later, in the worker, do it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from backend.domain.clock import Clock
from backend.domain.errors import InvalidOption
from backend.domain.jobs import Job, JobKind, Outcome, Stage
from backend.domain.media import UploadKind, Variant
from backend.engines.animation_api import Animation, Animator, BestFrame, Driving
from backend.engines.api import Checkpoint, RestoreOptions, Restorer, SourcePhoto
from backend.media.film import FILM_MIMES
from backend.media.images import decode_photo, encode_poster, encode_preview
from backend.media.types import RgbImage
from backend.services.driving_clips import clip_in, open_driving
from backend.services.driving_videos import Preset, Presets, face_curves, preset_motion
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.films import Film, checked, write_film
from backend.services.job_desk import JobDesk
from backend.services.job_files import JobFiles, size_of
from backend.services.limits import ServiceLimits
from backend.services.photos import Photos
from backend.services.pipelines import face_outcomes
from backend.services.requests import AnimateRequest, NewFile, PhotoSource
from backend.services.taken_options import require_film_options_taken
from backend.services.uploads import Uploads
from backend.storage.expressions import ExpressionStore
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore, Lease
from backend.storage.results import ResultStore
from backend.storage.uploads import UploadStore

# Films are smaller than most photos: enlarging first would only cost time.
_RESTORE_BEFORE = RestoreOptions(upscale="1")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portrait:
    """The photo that is animated, as uploaded and as prepared."""

    original: RgbImage
    pixels: RgbImage
    notes: tuple[str, ...]  # what was done to prepare it


class Animations:
    """Submits animations and runs them."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        photos: Photos,
        uploads: Uploads,
        upload_rows: UploadStore,
        expressions: ExpressionStore,
        presets: Presets,
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
        self._upload_rows = upload_rows
        self._expressions = expressions
        self._presets = presets
        self._engines = engines
        self._jobs = jobs
        self._results = results
        self._files = files
        self._clock = clock
        self._limits = limits

    def submit(
        self, owner_id: str, source: PhotoSource, request: AnimateRequest, driving: NewFile | None = None
    ) -> Job:
        """Queue an animation by a preset, by a preset for each face, or by the caller's own clip.

        The clip comes along, or was saved before as an expression. The job's row keeps the
        presets' slugs and the engine that `auto` stands for now.
        Raises what `Uploads.add` raises, EngineUnavailable, InvalidOption, NotFound, Conflict, QueueFull.
        """
        if request.face_presets is not None and driving is not None:
            raise InvalidOption("a clip drives all faces alike", option="faces")
        if request.expression is not None and driving is not None:
            raise InvalidOption("give either an expression or a driving clip", option="expression")
        is_named = any(
            named is not None for named in (request.preset, request.face_presets, request.expression)
        )
        if is_named == (driving is not None):
            raise InvalidOption("give either a preset or a driving clip", option="preset")
        request = self._with_slugs(request)
        engine = self._engines.resolve(JobKind.ANIMATE, request.engine)
        require_film_options_taken(request, engine)
        self._desk.require_room(owner_id)
        options = request.to_json() | {"engine": engine}
        with (
            self._photos.chosen(owner_id, source) as photo,
            self._clip_for_job(owner_id, request, driving) as clip_id,
        ):
            return self._desk.queue(owner_id, JobKind.ANIMATE, photo, options, driving_upload_id=clip_id)

    def run(
        self,
        job: Job,
        lease: Lease,
        best_restorer: Callable[[], Restorer],
        animator: Animator,
        checkpoint: Checkpoint,
    ) -> None:
        """Do the job and finish it. On any exception nothing is kept.

        best_restorer: called only where the photo is restored first, as it may have to load an engine

        Raises LeaseLost, JobCancelled, NoFaceFound and other AppErrors.
        """
        started_s = time.monotonic()
        request = AnimateRequest.from_json(job.options)
        portrait = self._portrait(job, request, best_restorer, checkpoint)
        with self._files.scratch_folder() as folder:
            clip = self._clip_in(folder, job)
            driving = self._driving(request, clip)
            animation = animator.animate(portrait.pixels, driving, request.engine_options, checkpoint)
            film = write_film(folder / f"film.{request.format}", animation, request, clip)
            checkpoint(Stage.STORE, 0.0)
            with JobFiles(job, self._files, self._results, self._clock) as made:
                result = made.add(Variant.RESULT, FILM_MIMES[request.format], film.path, size_px=film.size_px)
                poster, original = film.poster, portrait.original
                made.add(Variant.POSTER, "image/jpeg", encode_poster(poster), size_px=size_of(poster))
                made.add(Variant.PREVIEW, "image/webp", encode_preview(original), size_px=size_of(original))
                checkpoint(Stage.STORE, 1.0)
                outcome = replace(
                    _outcome(film, animation, request, animator),
                    notes=portrait.notes + animation.notes + film.notes,
                    photo_width_px=portrait.pixels.shape[1],
                    photo_height_px=portrait.pixels.shape[0],
                    elapsed_ms=round(1000 * (time.monotonic() - started_s)),
                )
                self._jobs.finish(lease, outcome, made.results, result.id)

    def _with_slugs(self, request: AnimateRequest) -> AnimateRequest:
        """The request with every preset by its slug. Raises InvalidOption."""
        if request.preset is not None:
            preset = self._presets.find(request.preset)
            _require_frame_in(preset, request.options.best_frame)
            return replace(request, preset=preset.slug)
        if request.face_presets is None:
            return request
        found = self._presets.find_for_faces(request.face_presets)
        face_curves(found)  # do they go together?
        for preset in found.values():
            _require_frame_in(preset, request.options.best_frame)
        return replace(request, face_presets={face_id: preset.slug for face_id, preset in found.items()})

    def _portrait(
        self,
        job: Job,
        request: AnimateRequest,
        best_restorer: Callable[[], Restorer],
        checkpoint: Checkpoint,
    ) -> _Portrait:
        checkpoint(Stage.DECODE, 0.0)
        photo = decode_photo(self._photos.read(job), self._photos.limits_for(job))
        original = photo.pixels
        if not request.restore_first or job.source_job_id is not None:  # that one has been restored already
            return _Portrait(original=original, pixels=original, notes=())
        source = SourcePhoto(pixels=original, jpeg=photo.jpeg)
        restoration = best_restorer().restore(source, _RESTORE_BEFORE, checkpoint)
        return _Portrait(original=original, pixels=restoration.image, notes=restoration.notes)

    @contextmanager
    def _clip_for_job(
        self, owner_id: str, request: AnimateRequest, driving: NewFile | None
    ) -> Iterator[str | None]:
        if request.expression is not None:
            yield self._expressions.get(owner_id, request.expression).clip_upload_id
            return
        if driving is None:
            yield None
            return
        with self._uploads.added_for_job(owner_id, driving, UploadKind.CLIP) as clip:
            yield clip.id

    def _clip_in(self, folder: Path, job: Job) -> Path | None:
        """The caller's own clip as a real file, which ffmpeg needs; None where a preset drives."""
        if job.driving_upload_id is None:
            return None
        clip = self._upload_rows.get(job.owner_id, job.driving_upload_id)
        return clip_in(folder, self._files, clip)

    def _driving(self, request: AnimateRequest, clip: Path | None) -> Driving:
        """What moves the portrait."""
        if request.face_presets is not None:
            return face_curves(self._presets.find_for_faces(request.face_presets))
        if clip is None:
            assert request.preset is not None, "a job has a preset or a clip"
            return preset_motion(self._presets.find(request.preset), self._limits.clip)
        return open_driving(clip, self._limits.clip)


def _require_frame_in(preset: Preset, rest: BestFrame) -> None:
    if isinstance(rest, int) and rest >= preset.frame_count:
        raise InvalidOption(f"{preset.slug} has {preset.frame_count} frames", option="best_frame")


def _outcome(film: Film, animation: Animation, request: AnimateRequest, animator: Animator) -> Outcome:
    return Outcome(
        engine=animator.name,
        engine_version=animator.version,
        width_px=film.size_px[0],
        height_px=film.size_px[1],
        mime=FILM_MIMES[request.format],
        preset=request.preset,
        fps=film.fps,
        frames=film.frame_count,
        faces=face_outcomes(film.faces),
        model=animation.model,
        quality=film.quality,
        clip_checks=checked(animation),
    )
