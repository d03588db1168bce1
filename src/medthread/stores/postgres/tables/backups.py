"""Backups that were made, and drills that showed that they restore."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import metadata

backup_run = Table(
    "backup_run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),  # running, done, partial, failed, interrupted
    Column("whole", Boolean),
    Column("started_by", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("point_at", DateTime(timezone=True)),
    Column("contents", BigInteger),
    Column("bytes", BigInteger),
    Column("sent", BigInteger),
    Column("targets", ARRAY(Text), nullable=False, server_default="{}"),
    Column("failed", JSONB, nullable=False, server_default="{}"),
    Column("faults", JSONB, nullable=False, server_default="[]"),
    Column("pruned", JSONB, nullable=False, server_default="[]"),
    Column("keys", Text),  # where the keys were put, apart; null where nowhere
    Column("message", Text),
    Index("ix_backup_run_started", "started_at"),
)

drill = Table(
    "drill",
    metadata,
    Column("id", Text, primary_key=True),
    Column("backup", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False),
    Column("recovery_seconds", Float, nullable=False),  # until the copy answered and was opened (RTO)
    Column("loss_seconds", Float, nullable=False),  # the age of the backup's moment when the drill began (RPO)
    Column("record", JSONB, nullable=False),  # exactly what is signed
    Column("record_hash", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
