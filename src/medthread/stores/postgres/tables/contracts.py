"""Data contracts: every version that was given out at a release, and what others expect of us or promise to us."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from medthread.stores.postgres.tables.base import at, metadata
from medthread.stores.postgres.tables.releases import release

contract_version = Table(
    "contract_version",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("version", Text, nullable=False),  # by semantic versioning, after its gravest difference
    Column("release", Text, ForeignKey(release.c.id), nullable=False),  # the first that it was given out with
    Column("verdict", Text),  # of what differs from the version before; null for the first
    Column("digest", Text, nullable=False),
    Column("content", JSONB(none_as_null=True)),  # null where the subject is gone
    Column("differences", JSONB, nullable=False),
    at(),
    Index("ix_contract_version_release", "release"),
)

contract_of_others = Table(
    "contract_of_others",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # consumer: what is expected of us; source: what is promised to us
    Column("subject", Text, nullable=False),  # of a consumer's what it reads; of a source's `source.table`
    Column("owner", Text, nullable=False),
    Column("gate", Text, nullable=False),  # warn, block
    Column("document", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
    Column("kept_by", Text, nullable=False),
    at(),
)
