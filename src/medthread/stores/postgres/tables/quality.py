"""Data quality: every verdict of every rule."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from medthread.stores.postgres.tables.base import at, metadata

rule_verdict = Table(
    "rule_verdict",
    metadata,
    Column("round", Text, primary_key=True),  # the batch at intake, the run after it
    Column("asset", Text, primary_key=True),  # at intake `source.table`, else the table in the lake
    Column("rule", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("point", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text),
    Column("entity", Text),
    Column("field", Text),
    Column("checked", BigInteger, nullable=False),
    Column("broken", BigInteger, nullable=False),
    Column("corrected", BigInteger, nullable=False, server_default="0"),
    Column("measure", Double),
    Column("sample", ARRAY(Text), nullable=False, server_default="{}"),
    Column("message", Text),
    Column("inputs", Text),
    # As the rule said them then: whose it is, what it is called, and the asset upstream that is broken too.
    Column("own", Boolean, nullable=False, server_default="false"),
    Column("owner", Text),
    Column("severity", Text),
    Column("zh", Text),
    Column("en", Text),
    Column("cause", Text),
    at(),
    Index("ix_rule_verdict_latest", "rule", "asset", "at"),
    Index("ix_rule_verdict_at", "at"),
)
