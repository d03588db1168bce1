"""stated values end"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("match_decision", sa.Column("until", sa.Date(), nullable=True), schema="medthread")


def downgrade() -> None:
    op.drop_column("match_decision", "until", schema="medthread")
