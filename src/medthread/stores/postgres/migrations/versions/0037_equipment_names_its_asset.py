"""equipment names its asset"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("equipment", sa.Column("asset", sa.Text(), nullable=True), schema="native")
    op.create_index("ix_equipment_asset", "equipment", ["asset"], unique=False, schema="native")


def downgrade() -> None:
    op.drop_index("ix_equipment_asset", table_name="equipment", schema="native")
    op.drop_column("equipment", "asset", schema="native")
