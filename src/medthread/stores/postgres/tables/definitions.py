"""What a company says of its data in its own words, each saying a row; and the issues of the handbook in which it is printed."""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata

definition_change = Table(
    "definition_change",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("proposal", Text, nullable=False),  # what was proposed at once is decided at once, and undone at once
    Column("kind", Text, nullable=False),  # definition, term, code, rule, mapping, threshold, retention
    Column("subject", Text, nullable=False),
    Column("before", JSONB(none_as_null=True)),  # null: nothing but what is declared
    Column("after", JSONB(none_as_null=True)),
    Column("reason", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("state", Text, nullable=False),  # proposed, approved, refused, withdrawn
    Column("proposed_by", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision", Text),
    Column("undoes", Text),  # the proposal that this one takes back
    at(),
    Index("ix_definition_change_subject", "subject", "effective_from"),
    Index("ix_definition_change_proposal", "proposal"),
    # Two who propose for one subject at once: the second is told.
    Index("ux_definition_change_waiting", "subject", unique=True, postgresql_where=text("state = 'proposed'")),
)

handbook_issue = Table(
    "handbook_issue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),  # draft, in_force, superseded, withdrawn
    Column("as_of", Date, nullable=False),
    Column("release", Text),
    Column("content", JSONB, nullable=False),  # all that is printed, in both languages; never changed
    Column("content_hash", Text, nullable=False),
    Column("prepared_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_by", Text),
    Column("in_force_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    at(),
    Index("ux_handbook_issue_version", "number", "version", unique=True),
    Index("ux_handbook_issue_draft", "number", unique=True, postgresql_where=text("state = 'draft'")),
    Index("ux_handbook_issue_in_force", "number", unique=True, postgresql_where=text("state = 'in_force'")),
)

handbook_signature = Table(
    "handbook_signature",
    metadata,
    Column("issue", Text, ForeignKey(handbook_issue.c.id), primary_key=True),
    Column("chapter", Text, primary_key=True),  # `*` for the issue as a whole
    Column("signature", Text, nullable=False),
    Column("role", Text, nullable=False),
    at(),
)
