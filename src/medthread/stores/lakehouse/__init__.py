"""The lakehouse: Iceberg tables written by one committer, read through releases."""

from medthread.stores.lakehouse.committer import Change, Committed, Committer
from medthread.stores.lakehouse.releases import Release, Releases, ReleaseTable
from medthread.stores.lakehouse.verify import Fault, verify_release, verify_sealed

__all__ = [
    "Change",
    "Committed",
    "Committer",
    "Fault",
    "Release",
    "ReleaseTable",
    "Releases",
    "verify_release",
    "verify_sealed",
]
