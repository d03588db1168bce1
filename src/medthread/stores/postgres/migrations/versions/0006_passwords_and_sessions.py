"""passwords and sessions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("password_history",
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("password_hash", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["medthread.account.name"], name=op.f("fk_password_history_account")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_password_history")),
    schema="medthread"
    )
    op.create_index(op.f("ix_medthread_password_history_account"), "password_history", ["account"], unique=False, schema="medthread")
    op.add_column("account", sa.Column("password_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False), schema="medthread")
    op.add_column("account", sa.Column("password_temporary", sa.Boolean(), server_default="false", nullable=False), schema="medthread")
    op.alter_column("account", "password_hash",
               existing_type=sa.TEXT(),
               nullable=True,
               schema="medthread")
    # Sessions from before have neither an id nor a place: everybody signs in again.
    op.execute("delete from medthread.session")
    op.add_column("session", sa.Column("id", sa.Text(), nullable=False), schema="medthread")
    op.add_column("session", sa.Column("factors", postgresql.ARRAY(sa.Text()), nullable=False), schema="medthread")
    op.add_column("session", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False), schema="medthread")
    op.add_column("session", sa.Column("device", sa.Text(), nullable=False), schema="medthread")
    op.add_column("session", sa.Column("address", sa.Text(), nullable=False), schema="medthread")
    op.create_index(op.f("ix_medthread_session_account"), "session", ["account"], unique=False, schema="medthread")
    op.create_unique_constraint(op.f("uq_session_token_hash"), "session", ["token_hash"], schema="medthread")


def downgrade() -> None:
    op.drop_constraint(op.f("uq_session_token_hash"), "session", schema="medthread", type_="unique")
    op.drop_index(op.f("ix_medthread_session_account"), table_name="session", schema="medthread")
    op.drop_column("session", "address", schema="medthread")
    op.drop_column("session", "device", schema="medthread")
    op.drop_column("session", "last_seen_at", schema="medthread")
    op.drop_column("session", "factors", schema="medthread")
    op.drop_column("session", "id", schema="medthread")
    op.alter_column("account", "password_hash",
               existing_type=sa.TEXT(),
               nullable=False,
               schema="medthread")
    op.drop_column("account", "password_temporary", schema="medthread")
    op.drop_column("account", "password_changed_at", schema="medthread")
    op.drop_index(op.f("ix_medthread_password_history_account"), table_name="password_history", schema="medthread")
    op.drop_table("password_history", schema="medthread")
