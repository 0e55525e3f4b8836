"""Rows that tests of the data layer need before they can begin."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.domain.expressions import Expression
from backend.domain.ids import new_id
from backend.domain.jobs import Job, JobKind, JobState, Outcome
from backend.domain.media import Result, Upload, UploadKind, Variant
from backend.domain.users import User
from backend.storage.database import Database
from backend.storage.uploads import UploadStore
from backend.storage.users import UserStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
OUTCOME = Outcome(
    engine="builtin", engine_version="1", width_px=2, height_px=1, mime="image/png", notes=("denoised",)
)


def add_user(database: Database, *, is_guest: bool = True, expires_at: datetime | None = None) -> str:
    user = User(id=new_id(), is_guest=is_guest, created_at=NOON, expires_at=expires_at)
    session_end = NOON + timedelta(hours=24)
    UserStore(database).add_with_session(
        user, token_sha256=user.id, user_agent="", expires_at=expires_at or session_end
    )
    return user.id


def an_upload(owner_id: str, name: str = "外婆 1962.jpg") -> Upload:
    return Upload(
        id=new_id(),
        owner_id=owner_id,
        kind=UploadKind.PHOTO,
        name=name,
        mime="image/jpeg",
        size_bytes=3,
        sha256=64 * "0",
        storage_key=new_id(),
        created_at=NOON,
        width_px=20,
        height_px=30,
    )


def add_upload(database: Database, owner_id: str, name: str = "外婆 1962.jpg") -> Upload:
    upload = an_upload(owner_id, name)
    UploadStore(database).add(upload)
    return upload


def add_clip(database: Database, owner_id: str) -> Upload:
    clip = replace(an_upload(owner_id, "我.mp4"), kind=UploadKind.CLIP)
    UploadStore(database).add(clip)
    return clip


def an_expression(clip: Upload, name: str = "smile") -> Expression:
    return Expression(
        id=new_id(),
        owner_id=clip.owner_id,
        clip_upload_id=clip.id,
        name=name,
        duration_s=1.5,
        created_at=NOON,
    )


def a_job(owner_id: str, **changes: Any) -> Job:
    """A queued restoration."""
    fields: dict[str, Any] = {
        "id": new_id(),
        "owner_id": owner_id,
        "kind": JobKind.RESTORE,
        "state": JobState.QUEUED,
        "options": {"engine": "builtin"},
        "upload_id": None,
        "driving_upload_id": None,
        "mask_upload_id": None,
        "source_job_id": None,
        "attempts": 0,
        "created_at": NOON,
    }
    return Job(**fields | changes)


def a_result(job: Job, variant: Variant = Variant.RESULT) -> Result:
    return Result(
        id=new_id(),
        job_id=job.id,
        owner_id=job.owner_id,
        variant=variant,
        mime="image/png",
        size_bytes=5,
        sha256=64 * "1",
        storage_key=new_id(),
        created_at=NOON,
        width_px=40,
        height_px=60,
    )
