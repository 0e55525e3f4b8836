"""Values of the domain as the JSON of `schemas.py`. Pure: nothing here asks for anything."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from backend.domain.jobs import FaceOutcome, Job, JobError, LayerPlace, Outcome
from backend.domain.media import Upload
from backend.domain.users import Session
from backend.services.engine_catalogue import EngineStatus
from backend.services.limits import ServiceLimits
from backend.web.locale import Locale
from backend.web.present_films import clip_check_json, quality_json
from backend.web.present_prints import cut_photo_json, found_print_json
from backend.web.present_weights import model_json
from backend.web.problems import words_for

Json = dict[str, object]

API = "/api/v1"
_COMMAND_LINE_ONLY = ("border", "is_face_crop")  # of the engines' options


def job_json(job: Job, *, token: str | None, locale: Locale, limits: Mapping[str, object]) -> Json:
    """A `Job`. token: goes into its links, for callers without a cookie."""
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "stage": job.stage.value if job.stage else None,
        "progress": round(min(max(job.progress, 0.0), 1.0), 4),
        "queue_position": job.queue_position,
        "eta_s": None if job.eta_s is None else round(job.eta_s, 1),
        "attempts": job.attempts,
        "cancel_requested": job.cancel_requested,
        "options": flat_options(job.options),
        "engine": job.outcome.engine if job.outcome else str(job.options.get("engine", "auto")),
        "upload_id": job.upload_id,
        "source_job_id": job.source_job_id,
        "media_id": job.media_id,
        "result": None if job.outcome is None else _outcome_json(job.outcome),
        "error": None if job.error is None else _job_error_json(job.error, locale, limits),
        "links": _links_json(job, token),
        "created_at": time_json(job.created_at),
        "started_at": time_json(job.started_at),
        "finished_at": time_json(job.finished_at),
    }


def job_address(job_id: str, token: str | None) -> str:
    """Where a job is shown."""
    return _with_token(f"{API}/jobs/{job_id}", token)


def media_address(media_id: str, token: str | None = None, variant: str | None = None) -> str:
    """Where a file is served."""
    return _with_token(f"{API}/media/{media_id}", token, {"variant": variant} if variant else {})


def flat_options(stored: Mapping[str, object]) -> Json:
    """Options as they were sent: one level, and no member that the caller could not have sent."""
    flat = {name: value for name, value in stored.items() if name != "options"}
    nested = stored.get("options")
    flat |= dict(nested) if isinstance(nested, Mapping) else {}
    for name in _COMMAND_LINE_ONLY:
        flat.pop(name, None)
    by_face = flat.pop("face_presets", None)
    return flat if by_face is None else flat | {"faces": by_face}


def restored_face_json(face: FaceOutcome) -> Json:
    """A `RestoredFace`."""
    return _face_json(face) | {"restored": face.used}


def animated_face_json(face: FaceOutcome) -> Json:
    """An `AnimatedFace`."""
    return _face_json(face) | {"animated": face.used}


def upload_json(upload: Upload) -> Json:
    """An `Upload`."""
    return {
        "id": upload.id,
        "kind": upload.kind.value,
        "name": upload.name,
        "mime": upload.mime,
        "size_bytes": upload.size_bytes,
        "sha256": upload.sha256,
        "width": upload.width_px,
        "height": upload.height_px,
        "cut_from_upload_id": upload.cut_from_upload_id,
        "created_at": time_json(upload.created_at),
    }


def me_json(session: Session, *, insecure_transport: bool) -> Json:
    """A `Me`."""
    return {
        "id": session.user.id,
        "is_guest": session.user.is_guest,
        "username": session.user.username,
        "locale": session.user.locale,
        "expires_at": time_json(session.user.expires_at),
        "session_expires_at": time_json(session.expires_at),
        "csrf_token": session.csrf_token,
        "insecure_transport": insecure_transport,
    }


def engine_json(engine: EngineStatus, locale: Locale) -> Json:
    """An `Engine`."""
    return {
        "task": engine.task.value,
        "name": engine.name,
        "installed": engine.installed,
        "reason": engine.reason,
        "needs_weights": engine.needs_weights,
        "version": engine.version,
        "models": [model_json(model, locale) for model in engine.models],
    }


def limits_json(
    limits: ServiceLimits, *, sync_timeout_s: float, photo_types: Sequence[str], clip_types: Sequence[str]
) -> Json:
    """`Limits`."""
    return {
        "photo": {
            "max_bytes": limits.max_photo_bytes,
            "max_pixels": limits.picture.max_pixels,
            "max_side_px": limits.picture.max_side_px,
            "min_side_px": limits.picture.min_side_px,
            "types": list(photo_types),
        },
        "clip": {
            "max_bytes": limits.max_clip_bytes,
            "max_duration_s": limits.clip.max_seconds,
            "used_duration_s": limits.clip.used_seconds,
            "types": list(clip_types),
        },
        "sync_timeout_s": sync_timeout_s,
        "guest_hours": limits.guest_hours,
    }


def time_json(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, `2026-11-20T10:00:00.123456Z`."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _outcome_json(outcome: Outcome) -> Json:
    return {
        "mime": outcome.mime,
        "width": outcome.width_px,
        "height": outcome.height_px,
        "engine": outcome.engine,
        "engine_version": outcome.engine_version,
        "model": outcome.model,
        "seed": outcome.seed,
        "preset": outcome.preset,
        "fps": outcome.fps,
        "frames": outcome.frames,
        "faces": [
            _face_json(face) | {"used": face.used, "layer": _layer_json(face.layer)} for face in outcome.faces
        ],
        "prints": [found_print_json(found) for found in outcome.prints],
        "photos": [cut_photo_json(photo) for photo in outcome.photos],
        "quality": quality_json(outcome.quality),
        "clip_checks": [clip_check_json(check) for check in outcome.clip_checks],
        "notes": list(outcome.notes),
        "elapsed_ms": outcome.elapsed_ms,
        "photo_width": outcome.photo_width_px,
        "photo_height": outcome.photo_height_px,
        "mask_share": outcome.mask_share,
    }


def _face_json(face: FaceOutcome) -> Json:
    return {"id": face.id, "box": list(face.box), "score": face.score, "note": face.note}


def _layer_json(place: LayerPlace | None) -> Json | None:
    if place is None:
        return None
    return {
        "x": place.x_px,
        "y": place.y_px,
        "width": place.width_px,
        "height": place.height_px,
        "row_y": place.row_y_px,
        "row_width": place.row_width_px,
        "row_height": place.row_height_px,
        "scale": place.scale,
    }


def _job_error_json(error: JobError, locale: Locale, limits: Mapping[str, object]) -> Json:
    words = words_for(error.code, locale, {**limits, **error.params})
    return {"code": error.code, "title": words.title, "detail": words.detail, "params": dict(error.params)}


def _links_json(job: Job, token: str | None) -> Json:
    photo = job.upload_id
    has_mask = job.outcome is not None and job.outcome.mask_share is not None
    has_layers = job.outcome is not None and any(face.layer is not None for face in job.outcome.faces)
    return {
        "self": job_address(job.id, token),
        "cancel": _with_token(f"{API}/jobs/{job.id}/cancel", token),
        "result": media_address(job.media_id, token) if job.media_id else None,
        "original": media_address(photo, token, "original") if photo else None,
        "preview": media_address(job.media_id, token, "preview") if job.media_id else None,
        "mask": media_address(job.media_id, token, "mask") if job.media_id and has_mask else None,
        "layers": media_address(job.media_id, token, "layers") if job.media_id and has_layers else None,
    }


def _with_token(address: str, token: str | None, query: Mapping[str, str] | None = None) -> str:
    pairs = {**(query or {}), **({"token": token} if token else {})}
    return f"{address}?{urlencode(pairs)}" if pairs else address
