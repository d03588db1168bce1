"""decisions on rows that were held, loads of rows that persons corrected"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WAITING = "undone_at is null and taken_load is null"


def upgrade() -> None:
    op.create_table("row_decision",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("act", sa.Text(), nullable=False),
    sa.Column("held", sa.Text(), nullable=False),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("table", sa.Text(), nullable=False),
    sa.Column("load", sa.Text(), nullable=False),
    sa.Column("file", sa.Text(), nullable=False),
    sa.Column("row", sa.BigInteger(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=True),
    sa.Column("key", sa.Text(), nullable=True),
    sa.Column("content", sa.Text(), nullable=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("edits", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("decided_by", sa.Text(), nullable=False),
    sa.Column("taken_load", sa.Text(), nullable=True),
    sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("undone_by", sa.Text(), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_row_decision")),
    schema="medthread",
    )
    op.create_index("ix_row_decision_act", "row_decision", ["act"], unique=False, schema="medthread")
    op.create_index("ix_row_decision_content", "row_decision", ["source", "table", "content"], unique=False, schema="medthread")
    op.create_index("ix_row_decision_held", "row_decision", ["held", "at"], unique=False, schema="medthread")
    op.create_index("ux_row_decision_waiting", "row_decision", ["held"], unique=True, schema="medthread", postgresql_where=sa.text(WAITING))
    op.add_column("load", sa.Column("corrects", postgresql.JSONB(astext_type=sa.Text()), nullable=True), schema="medthread")


def downgrade() -> None:
    op.drop_column("load", "corrects", schema="medthread")
    op.drop_table("row_decision", schema="medthread")
