"""The operational store: PostgreSQL, embedded or external."""

from medthread.stores.postgres.migrate import differences, upgrade, write_revision
from medthread.stores.postgres.store import Store

__all__ = ["Store", "differences", "upgrade", "write_revision"]
