"""Cases and what was done to them, time limits, what happened and who has heard of it, what waits for a person."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from medthread.stores.postgres.tables.base import at, metadata


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id, by which the outbox is read in the order of commits."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Its name in PostgreSQL."""
        return "xid8"


ischema_names["xid8"] = Xid8  # so that the migration check can read it back


process_definition = Table(  # what a case's version meant, kept for as long as a case stands on it
    "process_definition",
    metadata,
    Column("process", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    at(),
)

process_case = Table(
    "process_case",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("state_since", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("bound", ARRAY(Text), nullable=False, server_default=text("'{}'")),  # `act/name`: who changed the work that the act checks
    Index("ix_process_case_state", "process", "state"),
)

process_step = Table(  # `to_state` is null while other signers of the same act are awaited
    "process_step",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text),
    Column("revision", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("role", Text, nullable=False),
    Column("organisation", Text),
    Column("reason", Text),
    Column("signature", Text),
    Column("void", Boolean, nullable=False, server_default="false"),  # the record changed before all had signed
    at(),
    Index("ix_process_step_record", "entity", "record", "id"),
)

deadline = Table(
    "deadline",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("warn_at", ARRAY(DateTime(timezone=True)), nullable=False, server_default="{}"),
    Column("statutory", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("escalate", Text, nullable=False),
    Column("met_at", DateTime(timezone=True)),
    Column("warned", Integer, nullable=False, server_default="0"),
    Column("escalated_at", DateTime(timezone=True)),
    UniqueConstraint("entity", "record", "clock", "started_at"),
    Index("ix_deadline_open", "due_at", postgresql_where=text("met_at is null")),
)

delegation = Table(
    "delegation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("giver", Text, nullable=False),
    Column("taker", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("valid_to", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    at(),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", Xid8(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("by", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    at(),
    Index("ix_outbox_order", "xid", "seq"),
    Index("ix_outbox_record", "entity", "record"),
)

subscription = Table(  # how far a subscriber has read, in the order of commits
    "subscription",
    metadata,
    Column("name", Text, primary_key=True),
    Column("xid", Xid8(), nullable=False),
    Column("seq", BigInteger, nullable=False),
    at(),
)

reaction_failure = Table(
    "reaction_failure",
    metadata,
    Column("event", Text, primary_key=True),
    Column("reaction", Text, primary_key=True),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("resolved_at", DateTime(timezone=True)),
    at(),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reaction", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="open"),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    at(),
    UniqueConstraint("reaction", "event"),
    Index("ix_proposal_role", "role", "status"),
)

number_series = Table(
    "number_series",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("request_sha256", Text, nullable=False),
    Column("answer", JSONB, nullable=False),
    at(),
)
