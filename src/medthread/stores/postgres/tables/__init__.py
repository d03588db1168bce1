"""The machine's own tables, a module for each subject."""

from medthread.stores.postgres.tables.access import access_review, access_review_line
from medthread.stores.postgres.tables.accounts import (
    account,
    api_token,
    encryption_key,
    external_identity,
    identity_proof,
    identity_request,
    password_history,
    recovery_code,
    second_factor,
    session,
)
from medthread.stores.postgres.tables.audit import (
    audit_checkpoint,
    audit_event,
    audit_key,
    audit_leaf,
    audit_log,
    audit_node,
    audit_unsealed,
)
from medthread.stores.postgres.tables.backups import backup_run, drill
from medthread.stores.postgres.tables.base import metadata
from medthread.stores.postgres.tables.batch_path import batch, load, rule_count, run
from medthread.stores.postgres.tables.lake import lake_commit, lake_file
from medthread.stores.postgres.tables.releases import release, release_pointer, release_table
from medthread.stores.postgres.tables.signatures import signature, signing_key
from medthread.stores.postgres.tables.udi import unknown_carrier
from medthread.stores.postgres.tables.watches import watch_told
from medthread.stores.postgres.tables.workflow import (
    deadline,
    delegation,
    idempotency,
    number_series,
    outbox,
    process_case,
    process_definition,
    process_step,
    proposal,
    reaction_failure,
    subscription,
)

__all__ = [
    "access_review",
    "access_review_line",
    "account",
    "api_token",
    "audit_checkpoint",
    "audit_event",
    "audit_key",
    "audit_leaf",
    "audit_log",
    "audit_node",
    "audit_unsealed",
    "backup_run",
    "batch",
    "deadline",
    "delegation",
    "drill",
    "encryption_key",
    "external_identity",
    "idempotency",
    "identity_proof",
    "identity_request",
    "lake_commit",
    "lake_file",
    "load",
    "metadata",
    "number_series",
    "outbox",
    "password_history",
    "process_case",
    "process_definition",
    "process_step",
    "proposal",
    "reaction_failure",
    "recovery_code",
    "release",
    "release_pointer",
    "release_table",
    "rule_count",
    "run",
    "second_factor",
    "session",
    "signature",
    "signing_key",
    "subscription",
    "unknown_carrier",
    "watch_told",
]
