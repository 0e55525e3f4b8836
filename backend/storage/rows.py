"""Table rows -> the frozen values of `domain`, and outcomes -> JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from backend.domain.films import ClipCheck, FilmQuality
from backend.domain.jobs import (
    CutPhoto,
    FaceOutcome,
    Job,
    JobError,
    JobKind,
    JobState,
    LayerPlace,
    Outcome,
    PrintOutcome,
    Stage,
)
from backend.domain.media import Result, Upload, UploadKind, Variant
from backend.domain.users import User

Row = RowMapping


def user_from(row: Row) -> User:
    """A row of `users`."""
    return User(
        id=row["id"],
        is_guest=row["is_guest"],
        created_at=row["created_at"],
        username=row["username"],
        locale=row["locale"],
        expires_at=row["expires_at"],
    )


def upload_from(row: Row) -> Upload:
    """A row of `uploads`."""
    return Upload(**{**row, "kind": UploadKind(row["kind"])})


def result_from(row: Row) -> Result:
    """A row of `results`."""
    return Result(**{**row, "variant": Variant(row["variant"])})


def job_from(row: Row) -> Job:
    """A row of `jobs`, without its place in the queue."""
    return Job(
        id=row["id"],
        owner_id=row["owner_id"],
        kind=JobKind(row["kind"]),
        state=JobState(row["state"]),
        options=row["options"],
        upload_id=row["upload_id"],
        driving_upload_id=row["driving_upload_id"],
        mask_upload_id=row["mask_upload_id"],
        source_job_id=row["source_job_id"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        stage=Stage(row["stage"]) if row["stage"] else None,
        progress=row["progress"],
        cancel_requested=row["cancel_requested"],
        media_id=row["media_id"],
        outcome=_outcome_from(row["outcome"]) if row["outcome"] else None,
        error=JobError(**row["error"]) if row["error"] else None,
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """As `jobs.outcome` keeps it."""
    return asdict(outcome)


def _outcome_from(stored: Mapping[str, Any]) -> Outcome:
    faces = tuple(_face_from(face) for face in stored["faces"])
    prints = tuple(
        PrintOutcome(corners=tuple((x, y) for x, y in found["corners"]), score=found["score"])
        for found in stored.get("prints", ())  # older rows have none
    )
    photos = tuple(
        CutPhoto(**{**photo, "notes": tuple(photo["notes"])}) for photo in stored.get("photos", ())
    )
    read = {"faces": faces, "prints": prints, "photos": photos, "notes": tuple(stored["notes"])}
    return Outcome(**{**stored, **read, **_film_facts_from(stored)})


def _film_facts_from(stored: Mapping[str, Any]) -> dict[str, object]:
    """What was measured of a film and of its clip; older rows have neither."""
    quality = stored.get("quality")
    checks = stored.get("clip_checks", ())
    return {
        "quality": None if quality is None else FilmQuality(**quality),
        "clip_checks": tuple(ClipCheck(**{**check, "frames": tuple(check["frames"])}) for check in checks),
    }


def _face_from(stored: Mapping[str, Any]) -> FaceOutcome:
    layer = stored.get("layer")  # older rows have none
    place = None if layer is None else LayerPlace(**layer)
    return FaceOutcome(**{**stored, "box": tuple(stored["box"]), "layer": place})
