"""What came in from other systems' events: each once, whatever became of it."""

from sqlalchemy import Column, Table, Text

from medthread.stores.postgres.tables.base import at, metadata

inbound_event = Table(  # a CloudEvent is named by its source and id
    "inbound_event",
    metadata,
    Column("source", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("outcome", Text, nullable=False),  # taken | refused
    Column("reason", Text),
    Column("event", Text, unique=True),  # the event of ours that it became
    at(),
)
