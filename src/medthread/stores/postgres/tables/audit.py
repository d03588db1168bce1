"""What was done, refused and read under unmasking, written once; and the Merkle log that it is sealed into."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, SmallInteger, Table, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import at, metadata
from medthread.stores.postgres.tables.workflow import Xid8

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    at(),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("reason", Text),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("detail", JSONB),
    Index("ix_audit_event_object", "object", "seq"),
    Index("ix_audit_event_actor", "actor", "seq"),
    Index("ix_audit_event_at", "at"),
)

audit_unsealed = Table(  # rows that wait to be sealed; a trigger on `audit_event` writes it, sealing takes away
    "audit_unsealed",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("xid", Xid8(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Index("ix_audit_unsealed_order", "xid", "seq"),
)

audit_log = Table(  # one row: the head of the log, locked while sealing
    "audit_log",
    metadata,
    Column("name", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("algorithm", Text, nullable=False),  # of every hash in the log
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("peaks", ARRAY(LargeBinary), nullable=False, server_default="{}"),
    at(),
)

audit_leaf = Table(
    "audit_leaf",
    metadata,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
)

audit_node = Table(  # roots of complete subtrees, at every eighth level above the leaves
    "audit_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("node_index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("note", Text, nullable=False),  # origin, size, root and signature as C2SP lays down
    at(),
)

audit_key = Table(  # keys that sign checkpoints
    "audit_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary),
    Column("retired_at", DateTime(timezone=True)),
    at(),
)
