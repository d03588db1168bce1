"""carriers that nobody could read"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("unknown_carrier",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("times", sa.BigInteger(), server_default="1", nullable=False),
    sa.Column("first_by", sa.Text(), nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown_carrier")),
    schema="medthread"
    )


def downgrade() -> None:
    op.drop_table("unknown_carrier", schema="medthread")
