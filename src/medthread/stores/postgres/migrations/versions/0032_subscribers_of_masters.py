"""who has taken over what became of the masters"""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.drop_table("master_refusal", schema="medthread")
    op.drop_table("master_subscriber", schema="medthread")
