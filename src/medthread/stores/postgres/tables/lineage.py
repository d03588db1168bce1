"""What other tools tell of lineage, in events of OpenLineage: the events as they came, what they say, how their runs stand."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import at, metadata

lineage_event = Table(
    "lineage_event",
    metadata,
    Column("hash", Text, primary_key=True),  # of the event as it came: repeated, it is the same row
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("kind", Text, nullable=False),  # run, job, dataset
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("run", Text),
    Column("state", Text),
    Column("moment", DateTime(timezone=True), nullable=False),
    Column("says", Text),
    Column("body", JSONB, nullable=False),
    Column("taken_by", Text, nullable=False),
    at(),
    Index("ux_lineage_event_seq", "seq", unique=True),
    Index("ix_lineage_event_subject", "kind", "namespace", "name", "moment"),
    Index("ix_lineage_event_run", "namespace", "name", "run"),
)

# A job that runs each day says the same each day: it stands once.
lineage_said = Table("lineage_said", metadata, Column("hash", Text, primary_key=True), Column("body", JSONB, nullable=False), at())

lineage_subject = Table(
    "lineage_subject",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("namespace", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    at(),
)

# Reckoned from the events whatever their order; the only table of these that is rewritten.
lineage_run = Table(
    "lineage_run",
    metadata,
    Column("namespace", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("run", Text, primary_key=True),
    Column("begun", DateTime(timezone=True), nullable=False),
    Column("last", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),  # RUNNING, COMPLETE, FAIL, ABORT
    Column("message", Text),
    Column("says", ARRAY(Text), nullable=False),
    Index("ix_lineage_run_newest", "namespace", "name", "begun"),
    Index("ix_lineage_run_said", "namespace", "name", "begun", postgresql_where=text("says <> '{}' and state not in ('FAIL', 'ABORT')")),
)

lineage_refusal = Table(
    "lineage_refusal",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("why", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("taken_by", Text, nullable=False),
    at(),
    Index("ux_lineage_refusal_seq", "seq", unique=True),
)
