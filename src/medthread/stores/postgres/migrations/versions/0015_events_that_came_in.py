"""events that came in"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("inbound_event",
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("outcome", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=True),
    sa.Column("event", sa.Text(), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbound_event")),
    sa.UniqueConstraint("event", name=op.f("uq_inbound_event_event")),
    schema="medthread"
    )


def downgrade() -> None:
    op.drop_table("inbound_event", schema="medthread")
