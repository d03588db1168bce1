"""What is written back to sources, one row for each thing that has to be said there, with what became of it."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata

writeback = Table(
    "writeback",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, unique=True),  # goes with it, so that the target knows what it had before
    Column("rule", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("payload", JSONB, nullable=False),  # the target's words
    Column("state", Text, nullable=False),  # noted, waiting, by_hand, done, confirmed, drifted, refused, unsendable, superseded, given_up
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("error", Text),
    Column("receipt", JSONB),  # what the target answered, or the file that it went into
    Column("found", JSONB),  # what the source says instead
    Column("sent_at", DateTime(timezone=True)),
    Column("checked_at", DateTime(timezone=True)),
    Column("settled_by", Text),
    Column("settled_why", Text),
    at(),
    Index("ix_writeback_record", "rule", "record", "seq"),
    Index("ix_writeback_waiting", "next_at", postgresql_where=text("state = 'waiting'")),
    Index("ix_writeback_state", "state", "seq"),
)
