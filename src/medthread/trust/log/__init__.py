"""The audit log as a Merkle log (RFC 9162) with signed checkpoints: sealed, proven, checked, carried out."""

from medthread.trust.log.alarm import Alarm, Waiting, alarms, waiting
from medthread.trust.log.bundle import Chosen, Exported, export_bundle
from medthread.trust.log.copies import Copies
from medthread.trust.log.fault import KINDS, KINDS_OF_RECORDS, Findings, LogFault
from medthread.trust.log.keys import public_keys, renew
from medthread.trust.log.memory import ForkedError, Memory, Remembered, adopt
from medthread.trust.log.proof import Consistency, Inclusion, consistency, inclusion
from medthread.trust.log.records import check_records
from medthread.trust.log.seal import AuditLog, LastCheckpoint, last_checkpoint
from medthread.trust.log.sealer import Sealer
from medthread.trust.log.settings import LogSettings
from medthread.trust.log.verify import SNAPSHOT, Checked, check_log

__all__ = [
    "KINDS",
    "KINDS_OF_RECORDS",
    "SNAPSHOT",
    "Alarm",
    "AuditLog",
    "Checked",
    "Chosen",
    "Consistency",
    "Copies",
    "Exported",
    "Findings",
    "ForkedError",
    "Inclusion",
    "LastCheckpoint",
    "LogFault",
    "LogSettings",
    "Memory",
    "Remembered",
    "Sealer",
    "Waiting",
    "adopt",
    "alarms",
    "check_log",
    "check_records",
    "consistency",
    "export_bundle",
    "inclusion",
    "last_checkpoint",
    "public_keys",
    "renew",
    "waiting",
]
