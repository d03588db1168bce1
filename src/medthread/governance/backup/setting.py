"""`[backup]` of `medthread.toml`: where copies go, under which key, how often, and how long they stay."""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from medthread.governance.backup.policy import Policy
from medthread.model.errors import ConfigurationError
from medthread.stores.targets import FolderTarget, Target, open_target
from medthread.trust.backup_key import BackupKey

KEY_FILE = "MEDTHREAD_BACKUP_KEY_FILE"
WORDS = ("key_file", "targets", "keys", "every_hours", "whole_every_days", "drill_every_days", "keep_daily", "keep_weekly")
EXAMPLE = '[backup]\nkey_file = "/etc/medthread/backup.key"\ntargets = ["/mnt/backup", "s3://company/medthread"]\nkeys = "/mnt/safe"'


@dataclass(frozen=True)
class BackupSetting:
    """What was declared."""

    key_file: Path | None
    targets: tuple[Target, ...]
    keys: Target | None
    every: timedelta | None = None
    whole_every: timedelta = timedelta(days=7)
    drill_every: timedelta | None = None
    policy: Policy = field(default_factory=Policy)

    @classmethod
    def of(cls, settings: dict[str, Any], *, home: Path) -> "BackupSetting | None":
        """The setting of a workspace; nothing where it says nothing of backups."""
        said = settings.get("backup")
        if said is None:
            return None
        if not isinstance(said, dict):
            raise ConfigurationError("[backup] is not a section", hint=EXAMPLE)
        strangers = sorted(set(said) - set(WORDS))
        if strangers:
            raise ConfigurationError(f"[backup] has no {strangers[0]!r}", hint=f"words: {', '.join(WORDS)}")
        listed = said.get("targets", [])
        targets = tuple(open_target(t, beside=home) for t in (listed if isinstance(listed, list) else [listed]))
        keys = open_target(said["keys"], beside=home) if "keys" in said else None
        key_file = os.environ.get(KEY_FILE) or said.get("key_file")
        made = cls(
            home / Path(str(key_file)).expanduser() if key_file else None, targets, keys, _span(said, "every_hours", hours=True),
            _span(said, "whole_every_days") or cls.whole_every, _span(said, "drill_every_days"),
            Policy(_count(said, "keep_daily", Policy.daily), _count(said, "keep_weekly", Policy.weekly)))
        made._check(home)
        return made

    def key(self) -> BackupKey:
        """The key that is declared."""
        if self.key_file is None:
            raise ConfigurationError("[backup] names no key_file", hint="say where it is, outside data/ and every target, then: medthread backup key")
        return BackupKey.read(self.key_file)

    def _check(self, home: Path) -> None:
        """Keys apart from what they open, and copies apart from the original."""
        if not self.targets:
            raise ConfigurationError("[backup] names no targets", hint=EXAMPLE)
        names = [t.name for t in self.targets]
        if len(set(names)) != len(names):
            raise ConfigurationError("[backup] names a target twice", hint="each copy goes to another place")
        if self.keys is not None and self.keys.name in names:
            raise ConfigurationError("keys are kept apart: [backup] keys is one of the targets", hint="whoever finds a copy must not find its keys beside it")
        data = home / "data"
        for target in (*self.targets, *([self.keys] if self.keys else [])):
            if isinstance(target, FolderTarget) and _within(target.folder, data):
                raise ConfigurationError(f"{target.name} is inside data/", hint="a copy beside its original is lost with it")
        if self.key_file is not None:
            places = [data, *(t.folder for t in self.targets if isinstance(t, FolderTarget))]
            beside = next((p for p in places if _within(self.key_file, p)), None)
            if beside is not None:
                raise ConfigurationError(f"the backup key lies in {beside}", hint="keep it where neither the data nor the copies are")


def _within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _count(said: dict[str, Any], word: str, default: int) -> int:
    value = said.get(word, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10_000:  # noqa: PLR2004 - decades of days
        raise ConfigurationError(f"[backup] {word} is {value!r}", hint="write a whole number of backups to keep")
    return value


def _span(said: dict[str, Any], word: str, *, hours: bool = False) -> timedelta | None:
    value = said.get(word)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 10_000:  # noqa: PLR2004 - decades
        raise ConfigurationError(f"[backup] {word} is {value!r}", hint="write a number above zero")
    return timedelta(hours=value) if hours else timedelta(days=value)
