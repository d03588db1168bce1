"""Who uses what is offered, by day."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Table, Text

from medthread.stores.postgres.tables.base import metadata

service_use = Table(  # without an account: nobody was signed in; without a token: a session
    "service_use",
    metadata,
    Column("service", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("token", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("ix_service_use_day", "day"),
)
