"""Models: the text in force, version by version; and every table that the build stage made."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Double, Integer, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata

model_version = Table(
    "model_version",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("retired", Boolean, nullable=False, server_default="false"),
    Column("applied_by", Text, nullable=False),
    Column("applied_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("reason", Text),
)

table_build = Table(
    "table_build",
    metadata,
    Column("table", Text, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("files", JSONB, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("columns", JSONB, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("asked", Text),
    Column("findings", JSONB, nullable=False, server_default="[]"),
    at(),
)
