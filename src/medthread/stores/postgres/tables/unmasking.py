"""Looks under a mask that were asked for, who decided them, and until when they stand."""

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from medthread.stores.postgres.tables.base import at, metadata

unmask_grant = Table(
    "unmask_grant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("reason", Text, nullable=False),
    Column("hours", Integer, nullable=False),  # how long, from the decision on
    Column("status", Text, nullable=False),  # asked, granted, refused, ended
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision", Text),  # why it was decided so
    Column("expires_at", DateTime(timezone=True)),
    Column("ended_by", Text),
    Column("ended_at", DateTime(timezone=True)),
    at(),
    Index("ix_unmask_grant_holder", "asked_by", "entity", "record"),
    Index("ix_unmask_grant_status", "status"),
)
