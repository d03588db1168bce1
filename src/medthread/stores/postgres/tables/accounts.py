"""Who may come in: accounts, sessions, tokens; keys that seal what is personal."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from medthread.stores.postgres.tables.base import at, metadata

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("printed_name", Text, nullable=False),
    Column("password_hash", Text),  # none: they sign in elsewhere
    Column("password_changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("password_temporary", Boolean, nullable=False, server_default="false"),
    Column("roles", ARRAY(Text), nullable=False),
    Column("organisations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("plants", ARRAY(Text), nullable=False, server_default="{}"),
    Column("regions", ARRAY(Text), nullable=False, server_default="{}"),
    Column("language", Text, nullable=False, server_default="zh-CN"),
    Column("failures", BigInteger, nullable=False, server_default="0"),  # guesses at signing in, by anybody
    Column("locked_until", DateTime(timezone=True)),
    Column("proof_failures", BigInteger, nullable=False, server_default="0"),  # guesses within a session of its own
    Column("proof_locked_until", DateTime(timezone=True)),
    Column("disabled_at", DateTime(timezone=True)),
    Column("revision", BigInteger, nullable=False, server_default="1"),  # of the rights: roles, plants, organisations
    at(),
)

second_factor = Table(  # unconfirmed until a code of it was given back
    "second_factor",
    metadata,
    Column("account", Text, ForeignKey(account.c.name), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("last_step", BigInteger, nullable=False),  # of the last code used: none is taken twice
    at(),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account", Text, ForeignKey(account.c.name), primary_key=True),
    Column("code_hash", Text, primary_key=True),
    Column("used_at", DateTime(timezone=True)),
    at(),
)

password_history = Table(
    "password_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False, index=True),
    Column("password_hash", Text, nullable=False),
    at(),
)

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False, index=True),
    Column("factors", ARRAY(Text), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("device", Text, nullable=False),
    Column("address", Text, nullable=False),
    at(),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False),
    Column("name", Text, nullable=False),
    Column("system", Text),  # the system that asks with it, assigned by whoever gives rights: sharing rules go by it
    Column("scopes", ARRAY(Text), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked", Boolean, nullable=False, server_default="false"),
    at(),
)

encryption_key = Table(
    "encryption_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("wrapped", LargeBinary),  # null once destroyed: what it sealed is erased
    Column("subject", Text, nullable=False),
    Column("destroyed_at", DateTime(timezone=True)),
    at(),
    Index("ix_encryption_key_subject", "subject"),
)

external_identity = Table(  # who is let in because a provider says who they are
    "external_identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False, index=True),
    at(),
)

identity_request = Table(  # between sending a browser to a provider and its coming back
    "identity_request",
    metadata,
    Column("state_hash", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("kept", JSONB, nullable=False),
    Column("redirect_to", Text, nullable=False),
    Column("account", Text, ForeignKey(account.c.name)),  # set where somebody proves anew who they are, to sign
    Column("expires_at", DateTime(timezone=True), nullable=False),
    at(),
)

identity_proof = Table(  # in place of a password, once, at signing
    "identity_proof",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account", Text, ForeignKey(account.c.name), nullable=False),
    Column("factor", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    at(),
)
