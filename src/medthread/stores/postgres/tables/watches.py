"""What watches have told already: a date that came is one event, however long it stays so."""

from sqlalchemy import Column, Table, Text

from medthread.stores.postgres.tables.base import at, metadata

watch_told = Table(
    "watch_told",
    metadata,
    Column("watch", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("due", Text, primary_key=True),
    at(),
)
