"""Whom a change of a record binds is kept with its case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_case", sa.Column("bound", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False), schema="medthread")


def downgrade() -> None:
    op.drop_column("process_case", "bound", schema="medthread")
