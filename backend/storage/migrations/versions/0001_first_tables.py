"""The first tables: users and sessions, uploads, jobs and what they made, workers.

Revision ID: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.CHAR(36)
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("username", sa.String(64)),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(16)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        **MYSQL,
    )
    op.create_index("ix_users_expires_at", "users", ["expires_at"])
    op.create_table(
        "workers",
        sa.Column("id", ID, nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("heartbeat_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
        **MYSQL,
    )
    op.create_table(
        "auth_sessions",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("user_agent", sa.String(120), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_auth_sessions_user_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_auth_sessions"),
        **MYSQL,
    )
    op.create_index("ix_auth_sessions_expires_at", "auth_sessions", ["expires_at"])
    op.create_index("ix_auth_sessions_user_id", "auth_sessions", ["user_id"])
    op.create_table(
        "uploads",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("mime", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("storage_key", ID, nullable=False),
        sa.Column("width_px", sa.Integer()),
        sa.Column("height_px", sa.Integer()),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_uploads_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.UniqueConstraint("storage_key", name="uq_uploads_storage_key"),
        **MYSQL,
    )
    op.create_index("ix_uploads_owner_id", "uploads", ["owner_id"])
    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("upload_id", ID),
        sa.Column("driving_upload_id", ID),
        sa.Column("source_job_id", ID),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(64)),
        sa.Column("lease_until", TIME),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(16)),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("media_id", ID),
        sa.Column("outcome", sa.JSON()),
        sa.Column("error", sa.JSON()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.ForeignKeyConstraint(["driving_upload_id"], ["uploads.id"], name="fk_jobs_driving_upload_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_jobs_owner_id"),
        sa.ForeignKeyConstraint(
            ["source_job_id"], ["jobs.id"], name="fk_jobs_source_job_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_jobs_upload_id"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        **MYSQL,
    )
    op.create_index("ix_jobs_driving_upload_id", "jobs", ["driving_upload_id"])
    op.create_index("ix_jobs_kind_state_finished_at", "jobs", ["kind", "state", "finished_at"])
    op.create_index("ix_jobs_owner_id_created_at_id", "jobs", ["owner_id", "created_at", "id"])
    op.create_index("ix_jobs_owner_id_started_at", "jobs", ["owner_id", "started_at"])
    op.create_index("ix_jobs_source_job_id", "jobs", ["source_job_id"])
    op.create_index("ix_jobs_state_lease_until", "jobs", ["state", "lease_until"])
    op.create_index("ix_jobs_upload_id", "jobs", ["upload_id"])
    op.create_table(
        "history",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_history_job_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_history_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sa.UniqueConstraint("job_id", name="uq_history_job_id"),
        **MYSQL,
    )
    op.create_index("ix_history_owner_id_created_at_id", "history", ["owner_id", "created_at", "id"])
    op.create_table(
        "results",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("variant", sa.String(16), nullable=False),
        sa.Column("mime", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("storage_key", ID, nullable=False),
        sa.Column("width_px", sa.Integer()),
        sa.Column("height_px", sa.Integer()),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_results_job_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_results_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_results"),
        sa.UniqueConstraint("job_id", "variant", name="uq_results_job_id_variant"),
        sa.UniqueConstraint("storage_key", name="uq_results_storage_key"),
        **MYSQL,
    )
    op.create_index("ix_results_owner_id", "results", ["owner_id"])


def downgrade() -> None:
    for table in ("results", "history", "jobs", "uploads", "auth_sessions", "workers", "users"):
        op.drop_table(table)
