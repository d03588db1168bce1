"""what is written back to sources"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "writeback",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_writeback")),
        sa.UniqueConstraint("id", name=op.f("uq_writeback_id")),
        schema="medthread"
    )
    op.create_index("ix_writeback_record", "writeback", ["rule", "record", "seq"], unique=False, schema="medthread")
    op.create_index("ix_writeback_state", "writeback", ["state", "seq"], unique=False, schema="medthread")
    op.create_index("ix_writeback_waiting", "writeback", ["next_at"], unique=False, schema="medthread", postgresql_where=sa.text("state = 'waiting'"))


def downgrade() -> None:
    op.drop_index("ix_writeback_waiting", table_name="writeback", schema="medthread", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_writeback_state", table_name="writeback", schema="medthread")
    op.drop_index("ix_writeback_record", table_name="writeback", schema="medthread")
    op.drop_table("writeback", schema="medthread")
