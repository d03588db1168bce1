"""Backups that the policy does not keep go: first their manifests, then contents that no manifest names any more."""

from dataclasses import dataclass
from datetime import datetime

from medthread.governance.backup.manifest import CONTENTS
from medthread.governance.backup.policy import Policy
from medthread.governance.backup.vault import Shelf, place_of
from medthread.stores.targets import Target
from medthread.trust.backup_key import BackupKey


@dataclass(frozen=True)
class Pruned:
    """What went from one target."""

    target: str
    backups: tuple[str, ...]
    contents: int
    bytes: int


def prune(target: Target, key: BackupKey, policy: Policy, *, now: datetime) -> Pruned:
    """Remove from one target what the policy does not keep.

    A manifest that cannot be read stops it before anything is removed: nobody knows which contents it names.
    """
    shelf = Shelf(target, key)
    read = {name: shelf.manifest(name) for name in shelf.names()}
    kept = policy.kept(read.values(), now=now)
    gone = {name: m for name, m in read.items() if not any(m is k for k in kept)}
    for name in gone:
        target.remove(name)
    needed = {place_of(content) for m in kept for content in m.entries}
    sizes = target.sizes(CONTENTS)
    left = [name for name in sizes if name not in needed] if kept else []
    for name in left:
        target.remove(name)
    return Pruned(target.name, tuple(sorted(m.id for m in gone.values())), len(left), sum(sizes[n] for n in left))
