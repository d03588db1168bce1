"""Notices to persons outside the console: where somebody wants to be told, and what they are told of."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.accounts import account
from medthread.stores.postgres.tables.base import at, metadata

notice_address = Table(
    "notice_address",
    metadata,
    Column("account", Text, ForeignKey(account.c.name), primary_key=True),
    Column("address", Text, nullable=False),
    Column("refused", Text),  # what was said when it last took nothing
    at(),
)

notice = Table(  # no values of the record: what it is, which, and why somebody should look
    "notice",
    metadata,
    Column("id", Text, primary_key=True, server_default=text("gen_random_uuid()::text")),
    Column("account", Text, ForeignKey(account.c.name), nullable=False),
    Column("reason", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("about", JSONB, nullable=False),  # the clock and its end, or the proposal
    Column("attempts", BigInteger, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("outcome", Text),  # sent; settled before it was; abandoned
    Column("closed_at", DateTime(timezone=True)),
    at(),
)
Index("ix_notice_waiting", notice.c.next_at, postgresql_where=notice.c.closed_at.is_(None))
