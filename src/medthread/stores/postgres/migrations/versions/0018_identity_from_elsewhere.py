"""Identity from elsewhere, regions of accounts, places of records that name their plant."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("external_identity",
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["medthread.account.name"], name=op.f("fk_external_identity_account")),
    sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identity")),
    schema="medthread"
    )
    op.create_index(op.f("ix_medthread_external_identity_account"), "external_identity", ["account"], unique=False, schema="medthread")
    op.create_table("identity_proof",
    sa.Column("token_hash", sa.Text(), nullable=False),
    sa.Column("account", sa.Text(), nullable=False),
    sa.Column("factor", sa.Text(), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["medthread.account.name"], name=op.f("fk_identity_proof_account")),
    sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_identity_proof")),
    schema="medthread"
    )
    op.create_table("identity_request",
    sa.Column("state_hash", sa.Text(), nullable=False),
    sa.Column("provider", sa.Text(), nullable=False),
    sa.Column("kept", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("redirect_to", sa.Text(), nullable=False),
    sa.Column("account", sa.Text(), nullable=True),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["medthread.account.name"], name=op.f("fk_identity_request_account")),
    sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_identity_request")),
    schema="medthread"
    )
    op.add_column("account", sa.Column("regions", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False), schema="medthread")
    for table, field in (("location", "organisation"), ("monitoring_point", "plant"), ("environment_round", "plant")):
        op.execute(f"update native.{table} set _plant = {field} where _plant is null")


def downgrade() -> None:
    op.drop_column("account", "regions", schema="medthread")
    op.drop_table("identity_request", schema="medthread")
    op.drop_table("identity_proof", schema="medthread")
    op.drop_index(op.f("ix_medthread_external_identity_account"), table_name="external_identity", schema="medthread")
    op.drop_table("external_identity", schema="medthread")
