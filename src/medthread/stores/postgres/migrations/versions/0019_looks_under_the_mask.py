"""Looks under the mask: requests, decisions, until when they stand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

def upgrade() -> None:

    op.create_table("unmask_grant",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("asked_by", sa.Text(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("record", sa.Text(), nullable=False),
    sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("hours", sa.Integer(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),
    sa.Column("decided_by", sa.Text(), nullable=True),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("decision", sa.Text(), nullable=True),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("ended_by", sa.Text(), nullable=True),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_unmask_grant")),
    schema="medthread"
    )
    op.create_index("ix_unmask_grant_holder", "unmask_grant", ["asked_by", "entity", "record"], unique=False, schema="medthread")
    op.create_index("ix_unmask_grant_status", "unmask_grant", ["status"], unique=False, schema="medthread")

def downgrade() -> None:

    op.drop_index("ix_unmask_grant_status", table_name="unmask_grant", schema="medthread")
    op.drop_index("ix_unmask_grant_holder", table_name="unmask_grant", schema="medthread")
    op.drop_table("unmask_grant", schema="medthread")

