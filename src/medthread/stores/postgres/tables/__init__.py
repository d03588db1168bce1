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
from medthread.stores.postgres.tables.batch_path import batch, collection, load, run
from medthread.stores.postgres.tables.bus import inbound_event
from medthread.stores.postgres.tables.contracts import (
    contract_of_others,
    contract_version,
)
from medthread.stores.postgres.tables.correction import row_decision
from medthread.stores.postgres.tables.definitions import (
    definition_change,
    handbook_issue,
    handbook_signature,
)
from medthread.stores.postgres.tables.lake import lake_commit, lake_file, lake_merge
from medthread.stores.postgres.tables.lineage import (
    lineage_event,
    lineage_refusal,
    lineage_run,
    lineage_said,
    lineage_subject,
)
from medthread.stores.postgres.tables.matching import (
    master_news,
    master_refusal,
    master_request,
    master_subscriber,
    match_decision,
    match_sample,
    match_sample_pair,
    pair_care,
)
from medthread.stores.postgres.tables.models import model_version, table_build
from medthread.stores.postgres.tables.notices import notice, notice_address
from medthread.stores.postgres.tables.privacy import erased_index, erasure
from medthread.stores.postgres.tables.quality import rule_verdict
from medthread.stores.postgres.tables.releases import (
    release,
    release_pointer,
    release_table,
    release_use,
    train_departure,
)
from medthread.stores.postgres.tables.retention import destruction, destruction_item
from medthread.stores.postgres.tables.services import service_use
from medthread.stores.postgres.tables.signatures import signature, signing_key
from medthread.stores.postgres.tables.udi import unknown_carrier
from medthread.stores.postgres.tables.unmasking import unmask_grant
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
from medthread.stores.postgres.tables.writebacks import writeback

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
    "collection",
    "contract_of_others",
    "contract_version",
    "deadline",
    "definition_change",
    "delegation",
    "destruction",
    "destruction_item",
    "drill",
    "encryption_key",
    "erased_index",
    "erasure",
    "external_identity",
    "handbook_issue",
    "handbook_signature",
    "idempotency",
    "identity_proof",
    "identity_request",
    "inbound_event",
    "lake_commit",
    "lake_file",
    "lake_merge",
    "lineage_event",
    "lineage_refusal",
    "lineage_run",
    "lineage_said",
    "lineage_subject",
    "load",
    "master_news",
    "master_refusal",
    "master_request",
    "master_subscriber",
    "match_decision",
    "match_sample",
    "match_sample_pair",
    "metadata",
    "model_version",
    "notice",
    "notice_address",
    "number_series",
    "outbox",
    "pair_care",
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
    "release_use",
    "row_decision",
    "rule_verdict",
    "run",
    "second_factor",
    "service_use",
    "session",
    "signature",
    "signing_key",
    "subscription",
    "table_build",
    "train_departure",
    "unknown_carrier",
    "unmask_grant",
    "watch_told",
    "writeback",
]
