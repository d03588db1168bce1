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
