"""departures of trains"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "train_departure",
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["release"], ["medthread.release.id"], name=op.f("fk_train_departure_release")),
        sa.PrimaryKeyConstraint("due_at", name=op.f("pk_train_departure")),
        schema="medthread",
    )


def downgrade() -> None:
    op.drop_table("train_departure", schema="medthread")
