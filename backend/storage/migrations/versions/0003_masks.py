"""A person's own mask of what to repair belongs to its job.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        # In one statement: SQLite adds no constraint later, and a copy of the table would lose its children.
        op.execute(
            "ALTER TABLE jobs ADD COLUMN mask_upload_id CHAR(36)"
            " CONSTRAINT fk_jobs_mask_upload_id REFERENCES uploads (id)"
        )
    else:
        op.add_column("jobs", sa.Column("mask_upload_id", sa.CHAR(36)))
        op.create_foreign_key("fk_jobs_mask_upload_id", "jobs", "uploads", ["mask_upload_id"], ["id"])
    op.create_index("ix_jobs_mask_upload_id", "jobs", ["mask_upload_id"])


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint("fk_jobs_mask_upload_id", "jobs", type_="foreignkey")
    op.drop_index("ix_jobs_mask_upload_id", "jobs")
    op.drop_column("jobs", "mask_upload_id")
