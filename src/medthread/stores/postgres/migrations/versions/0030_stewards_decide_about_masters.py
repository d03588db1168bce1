"""what stewards decide about master records"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("match_decision",
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("sides", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column("golden", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("impact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),
    sa.Column("asked_by", sa.Text(), nullable=False),
    sa.Column("decided_by", sa.Text(), nullable=True),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("decision", sa.Text(), nullable=True),
    sa.Column("ended_by", sa.Text(), nullable=True),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("ended_why", sa.Text(), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
    schema="medthread"
    )
    op.create_index("ix_match_decision_entity", "match_decision", ["entity", "status"], unique=False, schema="medthread")


def downgrade() -> None:
    op.drop_index("ix_match_decision_entity", table_name="match_decision", schema="medthread")
    op.drop_table("match_decision", schema="medthread")
