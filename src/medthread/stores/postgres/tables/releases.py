"""Which snapshot of every table readers see."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Table, Text, func
from sqlalchemy.dialects.postgresql import ARRAY

from medthread.stores.postgres.tables.base import at, metadata

release = Table(
    "release",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("created_by", Text, nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("note", Text),
    Column("trace_index", Text),
    Column("pinned_at", DateTime(timezone=True)),
    Column("pinned_by", Text),
    Column("pin_reason", Text),
    Column("withdrawn_at", DateTime(timezone=True)),  # from then on it names no files
    Column("withdrawn_by", Text),
    Column("digest", Text),  # of a withdrawn one: what it named
)

release_use = Table(  # acts that named a release: it stays for as long as their records may be asked of
    "release_use",
    metadata,
    Column("release", Text, ForeignKey(release.c.id), primary_key=True),
    Column("object", Text, primary_key=True),
    at(),
)

release_table = Table(
    "release_table",
    metadata,
    Column("release", Text, ForeignKey(release.c.id), primary_key=True),
    Column("table", Text, primary_key=True),
    Column("snapshot", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("files", ARRAY(Text), nullable=False),
)

release_pointer = Table(
    "release_pointer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("release", Text, ForeignKey(release.c.id), nullable=False),
    Column("moved_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("moved_by", Text, nullable=False),
)

train_departure = Table(
    "train_departure",
    metadata,
    Column("due_at", DateTime(timezone=True), primary_key=True),
    Column("begun_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_at", DateTime(timezone=True)),
    Column("release", Text, ForeignKey(release.c.id)),
    Column("message", Text),
)
