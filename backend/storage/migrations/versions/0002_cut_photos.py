"""Uploads say which picture of a print they were cut out of.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("cut_from_upload_id", sa.CHAR(36)))


def downgrade() -> None:
    op.drop_column("uploads", "cut_from_upload_id")
