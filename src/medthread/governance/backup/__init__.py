"""Copies of the whole installation as of one point: made, listed, checked, restored, tried out."""

from medthread.governance.backup.manifest import Entry, Manifest, Named
from medthread.governance.backup.policy import Policy
from medthread.governance.backup.setting import BackupSetting

__all__ = ["BackupSetting", "Entry", "Manifest", "Named", "Policy"]
