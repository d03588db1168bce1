"""What people decided on rows that were held, one row for each held row that somebody decided on; a held row without one is open."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata

row_decision = Table(
    "row_decision",
    metadata,
    Column("id", Text, primary_key=True),
    Column("act", Text, nullable=False),  # what was decided at once is undone at once
    Column("held", Text, nullable=False),  # id in standard.quarantine
    Column("source", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("load", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("entity", Text),
    Column("key", Text),
    Column("content", Text),  # a hash of the raw row: where the same comes again, this decision holds for it too
    Column("kind", Text, nullable=False),  # corrected, approved, rejected, returned, superseded
    Column("edits", JSONB, nullable=False, server_default="{}"),  # raw column -> text; sealed ones with mask and index
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("taken_load", Text),
    Column("undone_at", DateTime(timezone=True)),
    Column("undone_by", Text),
    at(),
    Index("ix_row_decision_held", "held", "at"),
    Index("ix_row_decision_content", "source", "table", "content"),
    Index("ix_row_decision_act", "act"),
    # Two persons who decide on one row at once: the second is told.
    Index("ux_row_decision_waiting", "held", unique=True, postgresql_where=text("undone_at is null and taken_load is null")),
)
