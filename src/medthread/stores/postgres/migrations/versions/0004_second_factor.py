"""second factor, recovery codes, disabled accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("recovery_code",
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("code_hash", sa.Text(), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["medthread.account.name"], name=op.f("fk_recovery_code_account")),
    sa.PrimaryKeyConstraint("account", "code_hash", name=op.f("pk_recovery_code")),
    schema="medthread"
    )
    op.create_table("second_factor",
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("last_step", sa.BigInteger(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["medthread.account.name"], name=op.f("fk_second_factor_account")),
    sa.PrimaryKeyConstraint("account", name=op.f("pk_second_factor")),
    schema="medthread"
    )
    op.add_column("account", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True), schema="medthread")


def downgrade() -> None:
    op.drop_column("account", "disabled_at", schema="medthread")
    op.drop_table("second_factor", schema="medthread")
    op.drop_table("recovery_code", schema="medthread")
