"""Reviews of who holds which role: opened, each line decided by a person, closed."""

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text

from medthread.stores.postgres.tables.base import at, metadata

access_review = Table(
    "access_review",
    metadata,
    Column("id", Text, primary_key=True),
    Column("opened_by", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("closed_by", Text),
    Column("closed_at", DateTime(timezone=True)),
    at(),
)

access_review_line = Table(
    "access_review_line",
    metadata,
    Column("review", Text, ForeignKey(access_review.c.id), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("decision", Text),  # confirmed, withdrawn; null until somebody decided
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
)
