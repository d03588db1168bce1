"""Scanned texts that wait for a person."""

from sqlalchemy import BigInteger, Column, DateTime, Table, Text, func

from medthread.stores.postgres.tables.base import at, metadata

unknown_carrier = Table(  # scanned texts that nobody could read yet; they wait for a person
    "unknown_carrier",
    metadata,
    Column("id", Text, primary_key=True),  # of the text, which may be longer than an index takes
    Column("text", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("times", BigInteger, nullable=False, server_default="1"),
    Column("first_by", Text, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    at(),
)
