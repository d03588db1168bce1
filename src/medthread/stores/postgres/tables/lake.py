"""What the committer committed, file by file."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from medthread.stores.postgres.tables.base import at, metadata

lake_commit = Table(
    "lake_commit",
    metadata,
    Column("key", Text, primary_key=True),
    Column("table", Text, nullable=False),
    Column("snapshot", BigInteger, nullable=False),
    Column("mode", Text, nullable=False),
    Column("fingerprint", Text),
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
    at(),
    Index("ix_lake_file_table", "table", "removed_in"),
)
