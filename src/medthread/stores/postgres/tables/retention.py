"""What is proposed for destruction, by whom it was approved, and what was destroyed."""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata

destruction = Table(
    "destruction",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("status", Text, nullable=False),  # proposed, approved, refused, executed
    Column("rule", JSONB, nullable=False),  # the rule in words, both languages, as it was when proposed
    Column("due_by", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("executed_by", Text),
    Column("executed_at", DateTime(timezone=True)),
    Column("method", Text),
    Column("records", BigInteger),  # how many were destroyed
    Column("keys_hash", Text),  # over the hashes of their keys
    Column("outcome", JSONB),
    at(),
    Index("ix_destruction_status", "status", "entity"),
)

destruction_item = Table(
    "destruction_item",
    metadata,
    Column("destruction", Text, ForeignKey(destruction.c.id), primary_key=True),
    Column("record", Text, primary_key=True),  # its id; of a destroyed one the hash of its id
    Column("key", Text),  # what it is called; forgotten once it is destroyed
    Column("due_on", Date, nullable=False),
    Column("inputs", JSONB, nullable=False),  # what the rule counted from
    Column("status", Text, nullable=False),  # proposed, spared, destroyed
    Column("because", JSONB),
    Index("ix_destruction_item_status", "destruction", "status"),
)
