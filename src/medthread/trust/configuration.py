"""A company's files as the log last told of them: what changed beside the program is told when it is opened.

Mappings, policies, processes, sharing and account rules are files of the workspace. Whoever may write there changes what
the installation does, and no act of ours stands between. So the log tells of every file by its SHA-256, and whoever opens
the installation with other files is named with what is new, changed or gone.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from medthread.stores.postgres.tables import audit_event
from medthread.trust.audit import DONE, record

ACTION, OBJECT = "configuration.change", "configuration"
TURN = 0x636F6E66  # of the database's advisory locks: who tells of other files does so one after the other


def tell_configuration(tx: Connection, files: Mapping[str, str], *, by: str) -> bool:
    """Write one audit row where files (name and SHA-256) differ from what the log last told; whether there was one to write.

    `after` has every file, so the newest row alone says what is in force; `before` those that were other then.
    """
    if _told(tx) == files:
        return False
    tx.execute(select(func.pg_advisory_xact_lock(TURN)))
    told = _told(tx)  # somebody may have opened it meanwhile
    if told == files:
        return False
    moved = {"new": sorted(files.keys() - told.keys()), "changed": sorted(n for n in files.keys() & told.keys() if files[n] != told[n]),
             "gone": sorted(told.keys() - files.keys())}
    before = {n: told[n] for n in (*moved["changed"], *moved["gone"])}
    record(tx, actor=by, action=ACTION, object_=OBJECT, before=before or None, after=dict(files), detail={k: v for k, v in moved.items() if v})
    return True


def _told(tx: Connection) -> dict[str, str]:
    """The files that the log told of last; by the index on its objects, whatever the length of the log."""
    e = audit_event.c
    query = select(e.after).where(e.object == OBJECT, e.action == ACTION, e.outcome == DONE).order_by(e.seq.desc()).limit(1)
    return dict(tx.execute(query).scalar_one_or_none() or {})
