"""Runs of the batch path, the files they took in, what was asked of the sources."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import at, metadata

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("stages", JSONB, nullable=False, server_default="[]"),
    Column("message", Text),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
)

load = Table(
    "load",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("batch", Text),
    Column("status", Text, nullable=False),
    Column("rows_read", BigInteger, nullable=False, server_default="0"),
    Column("rows_accepted", BigInteger, nullable=False, server_default="0"),
    Column("rows_quarantined", BigInteger, nullable=False, server_default="0"),
    Column("rows_corrected", BigInteger, nullable=False, server_default="0"),
    Column("rejects", BigInteger, nullable=False, server_default="0"),
    Column("raw_path", Text),
    Column("columns", ARRAY(Text)),
    Column("findings", JSONB, nullable=False, server_default="[]"),
    Column("message", JSONB),
    Column("reach", Text),  # the highest `changed_at` in it, as its source writes it, and as a number that grows with it
    Column("version", BigInteger),
    Column("consent", JSONB),  # who said that what it brings is right though it looks wrong: by, at, reason
    Column("corrects", JSONB),  # of a load of rows that persons corrected: whose loads and files they came in, who decided; none of what a source sent
    at(),
    Index("ix_load_source", "source", "table", "sha256"),
    Index("ix_load_batch", "batch"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stage", Text, nullable=False),
    at(),
)

collection = Table(
    "collection",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("source", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("status", Text, nullable=False),  # running, landed, nothing, failed
    Column("started_by", Text, nullable=False),
    Column("since", Text),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("file", Text),
    Column("message", JSONB),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("finished_at", DateTime(timezone=True)),
    Index("ix_collection_table", "source", "table", "started_at"),
)
