"""The tables. Migrations create them; a test compares the two on every database we support."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from backend.storage.columns import UtcDateTime, id_type

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: SchemaItem) -> Table:
    """Byte order for text, so that ids and names compare the same on every database."""
    return Table(
        name,
        metadata,
        *parts,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


users = _table(
    "users",
    Column("id", id_type(), primary_key=True),
    Column("username", String(64), unique=True),  # None for guests
    Column("is_guest", Boolean, nullable=False),
    Column("locale", String(16)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, index=True),  # None = stays
)

auth_sessions = _table(
    "auth_sessions",
    Column("token_sha256", String(64), primary_key=True),  # hex; the token itself is only in the cookie
    Column("user_id", id_type(), ForeignKey("users.id"), nullable=False, index=True),
    Column("user_agent", String(120), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

uploads = _table(
    "uploads",
    Column("id", id_type(), primary_key=True),
    Column("owner_id", id_type(), ForeignKey("users.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(120), nullable=False),
    Column("mime", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("storage_key", id_type(), nullable=False, unique=True),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    # no foreign key: a photo stays one that was cut out when the picture it came from is gone
    Column("cut_from_upload_id", id_type()),
)

jobs = _table(
    "jobs",
    Column("id", id_type(), primary_key=True),
    Column("owner_id", id_type(), ForeignKey("users.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("options", JSON, nullable=False),
    Column("upload_id", id_type(), ForeignKey("uploads.id"), index=True),
    Column("driving_upload_id", id_type(), ForeignKey("uploads.id"), index=True),
    Column("mask_upload_id", id_type(), ForeignKey("uploads.id"), index=True),
    Column("source_job_id", id_type(), ForeignKey("jobs.id", ondelete="SET NULL"), index=True),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_token", String(64)),
    Column("lease_until", UtcDateTime),
    Column("cancel_requested", Boolean, nullable=False),
    Column("stage", String(16)),
    Column("progress", Double, nullable=False),
    Column("media_id", id_type()),  # of the result; a foreign key would make a circle
    Column("outcome", JSON(none_as_null=True)),
    Column("error", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Index("ix_jobs_state_lease_until", "state", "lease_until"),
    Index("ix_jobs_kind_state_finished_at", "kind", "state", "finished_at"),
    Index("ix_jobs_owner_id_created_at_id", "owner_id", "created_at", "id"),
    Index("ix_jobs_owner_id_started_at", "owner_id", "started_at"),
)

results = _table(
    "results",
    Column("id", id_type(), primary_key=True),
    Column("job_id", id_type(), ForeignKey("jobs.id"), nullable=False),
    Column("owner_id", id_type(), ForeignKey("users.id"), nullable=False, index=True),
    Column("variant", String(16), nullable=False),
    Column("mime", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("storage_key", id_type(), nullable=False, unique=True),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("job_id", "variant"),
)

history = _table(
    "history",
    Column("id", id_type(), primary_key=True),
    Column("owner_id", id_type(), ForeignKey("users.id"), nullable=False),
    Column("job_id", id_type(), ForeignKey("jobs.id"), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(120), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # read backwards, newest first
    Index("ix_history_owner_id_created_at_id", "owner_id", "created_at", "id"),
)

expressions = _table(
    "expressions",
    Column("id", id_type(), primary_key=True),
    Column("owner_id", id_type(), ForeignKey("users.id"), nullable=False, index=True),
    Column("clip_upload_id", id_type(), ForeignKey("uploads.id"), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

workers = _table(
    "workers",
    Column("id", id_type(), primary_key=True),
    Column("device", String(64), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
)
