"""who has taken over what became of the masters, and how good matching was found to be"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("master_subscriber",
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("taken", sa.BigInteger(), nullable=False),
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("entity", "name", name=op.f("pk_master_subscriber")),
    schema="medthread"
    )
    op.create_table("master_refusal",
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("subscriber", sa.Text(), nullable=False),
    sa.Column("seq", sa.BigInteger(), nullable=False),
    sa.Column("golden_id", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["entity", "subscriber"], ["medthread.master_subscriber.entity", "medthread.master_subscriber.name"], name=op.f("fk_master_refusal_entity")),
    sa.PrimaryKeyConstraint("entity", "subscriber", "seq", name=op.f("pk_master_refusal")),
    schema="medthread"
    )
    op.create_table("match_sample",
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("release", sa.Text(), nullable=False),
    sa.Column("strata", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("drawn_by", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_match_sample")),
    schema="medthread"
    )
    op.create_index("ix_match_sample_entity", "match_sample", ["entity"], unique=False, schema="medthread")
    op.create_table("match_sample_pair",
    sa.Column("sample", sa.BigInteger(), nullable=False),
    sa.Column("n", sa.Integer(), nullable=False),
    sa.Column("stratum", sa.Text(), nullable=False),
    sa.Column("a", sa.Text(), nullable=False),
    sa.Column("b", sa.Text(), nullable=False),
    sa.Column("score", sa.Double(), nullable=False),
    sa.Column("verdict", sa.Text(), nullable=True),
    sa.Column("judged_by", sa.Text(), nullable=True),
    sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["sample"], ["medthread.match_sample.id"], name=op.f("fk_match_sample_pair_sample")),
    sa.PrimaryKeyConstraint("sample", "n", name=op.f("pk_match_sample_pair")),
    schema="medthread"
    )


def downgrade() -> None:
    op.drop_table("match_sample_pair", schema="medthread")
    op.drop_table("match_sample", schema="medthread")
    op.drop_table("master_refusal", schema="medthread")
    op.drop_table("master_subscriber", schema="medthread")
