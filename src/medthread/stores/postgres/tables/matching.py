"""What stewards decided about master records, who outside has taken over what became of them, and how good matching was found to be."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata

match_decision = Table(
    "match_decision",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("kind", Text, nullable=False),  # merge, split, value, setting, link
    Column("sides", JSONB, nullable=False),  # lists of record ids: one list that belongs together, or several that stay apart
    Column("values", JSONB),  # field → what stands in the golden record
    Column("until", Date),  # the first day on which stated values no longer stand
    Column("golden", JSONB, nullable=False),  # the golden ids that it was about
    Column("impact", JSONB, nullable=False),  # what referred to them when it was asked for
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),  # asked, in_force, refused, ended
    Column("asked_by", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),  # since when it is in force, or refused
    Column("decision", Text),  # why it was decided so
    Column("ended_by", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_why", Text),
    at(),
    Index("ix_match_decision_entity", "entity", "status"),
)

master_subscriber = Table(
    "master_subscriber",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # the system that takes over, as it calls itself
    Column("taken", BigInteger, nullable=False),  # everything up to this number of what is told
    Column("account", Text, nullable=False),  # who said so last
    Column("moved_at", DateTime(timezone=True), nullable=False),
    at(),
)
master_refusal = Table(
    "master_refusal",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("subscriber", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),  # of what was told and could not be taken over
    Column("golden_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    at(),
    ForeignKeyConstraint(["entity", "subscriber"], [master_subscriber.c.entity, master_subscriber.c.name]),
)

match_sample = Table(
    "match_sample",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("release", Text, nullable=False),  # that it was drawn from
    Column("strata", JSONB, nullable=False),  # how many pairs there were of each
    Column("drawn_by", Text, nullable=False),
    at(),
    Index("ix_match_sample_entity", "entity"),
)
match_sample_pair = Table(
    "match_sample_pair",
    metadata,
    Column("sample", BigInteger, ForeignKey(match_sample.c.id), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("stratum", Text, nullable=False),
    Column("a", Text, nullable=False),
    Column("b", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("verdict", Text),  # same, other, unsure
    Column("judged_by", Text),
    Column("judged_at", DateTime(timezone=True)),
)

master_request = Table(
    "master_request",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("values", JSONB, nullable=False),  # field → text; personal ones sealed, with mask and blind index beside them
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),  # draft, submitted, approved, refused, withdrawn, existing
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("asked_by", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True)),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision", Text),  # why it was decided so
    Column("answers", JSONB, nullable=False, server_default="[]"),  # what the approver said of each that was alike
    Column("code", Text),  # that it was given
    Column("golden_id", Text),  # of the golden record that is to be used in its place
    Column("same_as", BigInteger),  # the request that is to be used in its place
    at(),
    Index("ix_master_request_entity", "entity", "status"),
    Index("ux_master_request_code", "entity", "code", unique=True, postgresql_where=text("code is not null")),
)

master_news = Table(
    "master_news",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("release", Text, primary_key=True),  # that readers came to see
    Column("after", BigInteger, nullable=False),  # told of are the changes after this number
    Column("upto", BigInteger, nullable=False),  # up to this one
    at(),
)

pair_care = Table(
    "pair_care",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("one", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),  # when it was first seen waiting
    Column("due_at", DateTime(timezone=True)),
    Column("assignee", Text),
    Column("taken_at", DateTime(timezone=True)),
    Column("told_at", DateTime(timezone=True)),  # that it is overdue
    Index("ix_pair_care_due", "entity", "due_at"),
)
