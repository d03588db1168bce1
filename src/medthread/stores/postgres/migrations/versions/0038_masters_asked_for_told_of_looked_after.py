"""masters asked for, told of, looked after"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "master_news",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entity", "release", name=op.f("pk_master_news")),
        schema="medthread"
    )
    op.create_table(
        "master_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("golden_id", sa.Text(), nullable=True),
        sa.Column("same_as", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_request")),
        schema="medthread"
    )
    op.create_index("ix_master_request_entity", "master_request", ["entity", "status"], unique=False, schema="medthread")
    op.create_index("ux_master_request_code", "master_request", ["entity", "code"], unique=True, schema="medthread", postgresql_where=sa.text("code is not null"))
    op.create_table(
        "pair_care",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("entity", "one", "other", name=op.f("pk_pair_care")),
        schema="medthread"
    )
    op.create_index("ix_pair_care_due", "pair_care", ["entity", "due_at"], unique=False, schema="medthread")


def downgrade() -> None:
    op.drop_index("ix_pair_care_due", table_name="pair_care", schema="medthread")
    op.drop_table("pair_care", schema="medthread")
    op.drop_index("ux_master_request_code", table_name="master_request", schema="medthread", postgresql_where=sa.text("code is not null"))
    op.drop_index("ix_master_request_entity", table_name="master_request", schema="medthread")
    op.drop_table("master_request", schema="medthread")
    op.drop_table("master_news", schema="medthread")
