"""A clip of one's own may be kept as an expression, to drive more films.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "expressions",
        sa.Column("id", sa.CHAR(36), nullable=False),
        sa.Column("owner_id", sa.CHAR(36), nullable=False),
        sa.Column("clip_upload_id", sa.CHAR(36), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expressions"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_expressions_owner_id"),
        sa.ForeignKeyConstraint(["clip_upload_id"], ["uploads.id"], name="fk_expressions_clip_upload_id"),
        sa.UniqueConstraint("clip_upload_id", name="uq_expressions_clip_upload_id"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("ix_expressions_owner_id", "expressions", ["owner_id"])


def downgrade() -> None:
    op.drop_table("expressions")
