"""The machine's own tables. Business tables are derived from declarations (`derive.table`)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
metadata = MetaData(schema="medthread", naming_convention=NAMING)


def _now() -> Column[object]:
    return Column("at", DateTime(timezone=True), nullable=False, server_default=func.now())


account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("printed_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("organisations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("plants", ARRAY(Text), nullable=False, server_default="{}"),
    Column("language", Text, nullable=False, server_default="zh-CN"),
    Column("failures", BigInteger, nullable=False, server_default="0"),
    Column("locked_until", DateTime(timezone=True)),
    _now(),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _now(),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked", Boolean, nullable=False, server_default="false"),
    _now(),
)

unknown_carrier = Table(  # scanned texts that nobody could read yet; they wait for a person
    "unknown_carrier",
    metadata,
    Column("id", Text, primary_key=True),  # of the text, which may be longer than an index takes
    Column("text", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("times", BigInteger, nullable=False, server_default="1"),
    Column("first_by", Text, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _now(),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    _now(),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("reason", Text),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("detail", JSONB),
    Index("ix_audit_event_object", "object", "seq"),
)

encryption_key = Table(
    "encryption_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("wrapped", LargeBinary),  # null once destroyed: what it sealed is erased
    Column("subject", Text, nullable=False),
    Column("destroyed_at", DateTime(timezone=True)),
    _now(),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("stages", JSONB, nullable=False, server_default="[]"),
    Column("message", Text),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
)

load = Table(
    "load",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("batch", Text),
    Column("status", Text, nullable=False),
    Column("rows_read", BigInteger, nullable=False, server_default="0"),
    Column("rows_accepted", BigInteger, nullable=False, server_default="0"),
    Column("rows_quarantined", BigInteger, nullable=False, server_default="0"),
    Column("rows_corrected", BigInteger, nullable=False, server_default="0"),
    Column("rejects", BigInteger, nullable=False, server_default="0"),
    Column("raw_path", Text),
    Column("columns", ARRAY(Text)),
    Column("findings", JSONB, nullable=False, server_default="[]"),
    Column("message", JSONB),
    _now(),
    Index("ix_load_source", "source", "table", "sha256"),
    Index("ix_load_batch", "batch"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stage", Text, nullable=False),
    _now(),
)

rule_count = Table(
    "rule_count",
    metadata,
    Column("batch", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("table", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("broken", BigInteger, nullable=False),
    Column("corrected", BigInteger, nullable=False, server_default="0"),
    _now(),
)

lake_commit = Table(
    "lake_commit",
    metadata,
    Column("key", Text, primary_key=True),
    Column("table", Text, nullable=False),
    Column("snapshot", BigInteger, nullable=False),
    Column("mode", Text, nullable=False),
    Column("fingerprint", Text),
    _now(),
    Index("ix_lake_commit_table", "table", "at"),
)

lake_file = Table(
    "lake_file",
    metadata,
    Column("path", Text, primary_key=True),
    Column("table", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("added_in", Text, ForeignKey(lake_commit.c.key), nullable=False),
    Column("removed_in", Text),
    _now(),
    Index("ix_lake_file_table", "table", "removed_in"),
)

release = Table(
    "release",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("created_by", Text, nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("note", Text),
    Column("trace_index", Text),
)

release_table = Table(
    "release_table",
    metadata,
    Column("release", Text, ForeignKey(release.c.id), primary_key=True),
    Column("table", Text, primary_key=True),
    Column("snapshot", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("files", ARRAY(Text), nullable=False),
)

release_pointer = Table(
    "release_pointer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("release", Text, ForeignKey(release.c.id), nullable=False),
    Column("moved_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("moved_by", Text, nullable=False),
)
