"""sources are collected"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("collection",
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("table", sa.Text(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),
    sa.Column("started_by", sa.Text(), nullable=False),
    sa.Column("since", sa.Text(), nullable=True),
    sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("file", sa.Text(), nullable=True),
    sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
    sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
    schema="medthread"
    )
    op.create_index("ix_collection_table", "collection", ["source", "table", "started_at"], unique=False, schema="medthread")
    op.add_column("load", sa.Column("reach", sa.Text(), nullable=True), schema="medthread")
    op.add_column("load", sa.Column("version", sa.BigInteger(), nullable=True), schema="medthread")
    op.add_column("load", sa.Column("consent", postgresql.JSONB(astext_type=sa.Text()), nullable=True), schema="medthread")


def downgrade() -> None:
    op.drop_column("load", "consent", schema="medthread")
    op.drop_column("load", "version", schema="medthread")
    op.drop_column("load", "reach", schema="medthread")
    op.drop_index("ix_collection_table", table_name="collection", schema="medthread")
    op.drop_table("collection", schema="medthread")
