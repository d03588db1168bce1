"""Persons who asked to be erased: known by blind indices only, so that what is erased is not kept to erase it."""

from sqlalchemy import Column, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import at, metadata

erasure = Table(
    "erasure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),  # executing, done
    Column("indices", ARRAY(Text), nullable=False),
    Column("fields", ARRAY(Text), nullable=False),  # `entity.field` that go
    Column("kept", JSONB, nullable=False),  # what stays, and which rule keeps it
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("outcome", JSONB),
    Column("finished_at", DateTime(timezone=True)),
    at(),
)

erased_index = Table(  # what arrives again from a source is not taken in again
    "erased_index",
    metadata,
    Column("value_index", Text, primary_key=True),
    Column("erasure", Text, nullable=False),
    at(),
)
