"""What the committer committed, file by file."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from medthread.stores.postgres.tables.base import at, metadata

lake_commit = Table(
    "lake_commit",
    metadata,
    Column("key", Text, primary_key=True),
    Column("table", Text, nullable=False),
    Column("snapshot", BigInteger, nullable=False),
    Column("mode", Text, nullable=False),
    Column("fingerprint", Text),
    Column("content", BigInteger),  # of one that put rows into other files: the snapshot that held the same rows before
    at(),
    Index("ix_lake_commit_table", "table", "at"),
)

lake_file = Table(
    "lake_file",
    metadata,
    Column("path", Text, primary_key=True),
    Column("table", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("added_in", Text, ForeignKey(lake_commit.c.key), nullable=False),
    Column("removed_in", Text),
    Column("freed_at", DateTime(timezone=True)),  # since when neither a head nor a release names it
    Column("gone_at", DateTime(timezone=True)),  # since when it is not on the disk: what it was stays known
    at(),
    Index("ix_lake_file_table", "table", "removed_in"),
)

lake_merge = Table(  # files that are being written together: what is found here was cut short, and is finished or given up
    "lake_merge",
    metadata,
    Column("key", Text, primary_key=True),
    Column("table", Text, nullable=False),
    Column("content", BigInteger, nullable=False),
    Column("old", ARRAY(Text), nullable=False),
    Column("new", Text, nullable=False),
    at(),
)
