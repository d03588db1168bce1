"""the audit log sealed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from medthread.stores.postgres.tables.workflow import Xid8

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("audit_checkpoint",
    sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("root", sa.LargeBinary(), nullable=False),
    sa.Column("algorithm", sa.Text(), nullable=False),
    sa.Column("key", sa.Text(), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
    schema="medthread"
    )
    op.create_table("audit_key",
    sa.Column("id", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("algorithm", sa.Text(), nullable=False),
    sa.Column("public", sa.LargeBinary(), nullable=False),
    sa.Column("wrapped", sa.LargeBinary(), nullable=True),
    sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_key")),
    schema="medthread"
    )
    op.create_table("audit_leaf",
    sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("seq", sa.BigInteger(), nullable=False),
    sa.Column("hash", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_audit_leaf")),
    sa.UniqueConstraint("seq", name=op.f("uq_audit_leaf_seq")),
    schema="medthread"
    )
    op.create_table("audit_log",
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("origin", sa.Text(), nullable=False),
    sa.Column("algorithm", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("peaks", postgresql.ARRAY(sa.LargeBinary()), server_default="{}", nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_log")),
    schema="medthread"
    )
    op.create_table("audit_node",
    sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column("node_index", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("hash", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("level", "node_index", name=op.f("pk_audit_node")),
    schema="medthread"
    )
    op.create_table("audit_unsealed",
    sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
    sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_unsealed")),
    schema="medthread"
    )
    op.create_index("ix_audit_unsealed_order", "audit_unsealed", ["xid", "seq"], unique=False, schema="medthread")
    op.create_index("ix_audit_event_actor", "audit_event", ["actor", "seq"], unique=False, schema="medthread")
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False, schema="medthread")
    # What was written before there was a log is sealed with the first batch.
    op.execute("insert into medthread.audit_unsealed (seq) select seq from medthread.audit_event")


def downgrade() -> None:
    op.drop_index("ix_audit_event_at", table_name="audit_event", schema="medthread")
    op.drop_index("ix_audit_event_actor", table_name="audit_event", schema="medthread")
    op.drop_index("ix_audit_unsealed_order", table_name="audit_unsealed", schema="medthread")
    op.drop_table("audit_unsealed", schema="medthread")
    op.drop_table("audit_node", schema="medthread")
    op.drop_table("audit_log", schema="medthread")
    op.drop_table("audit_leaf", schema="medthread")
    op.drop_table("audit_key", schema="medthread")
    op.drop_table("audit_checkpoint", schema="medthread")
