"""Electronic signatures and the keys they are made with. Room for a certificate authority, a UKey, a signing service."""

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import at, metadata

signing_key = Table(
    "signing_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary),  # null where the private key is held elsewhere
    Column("retired_at", DateTime(timezone=True)),
    at(),
    Index("ix_signing_key_account", "account"),
)

signature = Table(
    "signature",
    metadata,
    Column("id", Text, primary_key=True),
    Column("signer", Text, nullable=False),
    Column("printed_name", Text, nullable=False),  # stored, not joined: a name may change later
    Column("on_behalf_of", Text),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    Column("zone", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("reason", Text),
    Column("entity", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("content", JSONB, nullable=False),  # exactly what was shown
    Column("content_hash", Text, nullable=False),  # `sha256:<hex>`
    Column("factors", ARRAY(Text), nullable=False),
    Column("key", Text, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("certificate_chain", LargeBinary),
    Column("time_stamp", LargeBinary),
    Index("ix_signature_record", "entity", "record"),
)
