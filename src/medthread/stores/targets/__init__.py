"""Places where copies are kept: a folder, an object store; the same few words for all."""

from medthread.stores.targets.folder import FolderTarget
from medthread.stores.targets.objects import ObjectTarget
from medthread.stores.targets.port import Target, TargetError
from medthread.stores.targets.setting import open_target

__all__ = ["FolderTarget", "ObjectTarget", "Target", "TargetError", "open_target"]
