"""use of services"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("service_use",
    sa.Column("service", sa.Text(), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("token", sa.Text(), nullable=False),
    sa.Column("calls", sa.BigInteger(), nullable=False),
    sa.Column("refused", sa.BigInteger(), nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("service", "day", "account", "token", name=op.f("pk_service_use")),
    schema="medthread"
    )
    op.create_index("ix_service_use_day", "service_use", ["day"], unique=False, schema="medthread")


def downgrade() -> None:
    op.drop_index("ix_service_use_day", table_name="service_use", schema="medthread")
    op.drop_table("service_use", schema="medthread")
