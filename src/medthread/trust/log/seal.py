"""Sealing: audit rows that are committed become leaves of the Merkle log, in batches, each ending in a signed checkpoint.

Business transactions only insert their rows; a trigger notes them in `audit_unsealed`. The sequencer takes what lies
behind the oldest open transaction, so that rows keep the order in which transactions began to write, and nobody waits
on the head of the log but another sequencer. Taking, appending and signing are one transaction: a killed sequencer
has sealed a batch whole or not at all. Nothing is signed that does not begin with what was signed last, as it is
remembered outside the database.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from medthread.methods.algorithms import HASH
from medthread.methods.merkle import Frontier, append, leaf_hashes, root
from medthread.methods.note import MOMENT, Checkpoint, signed
from medthread.model.errors import ConfigurationError
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import audit_checkpoint, audit_log, audit_unsealed
from medthread.trust.keys import Keyring
from medthread.trust.log.copies import Copies
from medthread.trust.log.keys import LOG, signer
from medthread.trust.log.leaf import COLUMNS, leaf_of
from medthread.trust.log.memory import Memory, check_extends

BATCH = 2_000
# A visible row with an id that was not given out yet comes from another cluster (a dump that was restored): it is
# committed, and no transaction of this cluster can come before it.
TAKE = text(f"""
    select {COLUMNS} from medthread.audit_unsealed u join medthread.audit_event e on e.seq = u.seq
    where u.xid < pg_snapshot_xmin(pg_current_snapshot()) or u.xid >= pg_snapshot_xmax(pg_current_snapshot())
    order by u.xid, u.seq limit :limit
""")
DONE = text("delete from medthread.audit_unsealed where seq = any(:seqs)")
LEAVES = text("""
    insert into medthread.audit_leaf (leaf_index, seq, hash)
    select :first + n - 1, s, h from unnest(cast(:seqs as bigint[]), cast(:hashes as bytea[])) with ordinality u(s, h, n)
""")
NODES = text("""
    insert into medthread.audit_node (level, node_index, hash)
    select :level, :first + n - 1, h from unnest(cast(:hashes as bytea[])) with ordinality u(h, n)
""")


@dataclass(frozen=True)
class AuditLog:
    """The log of an installation. `origin` is what it is called on checkpoints; made up at the first sealing when not given."""

    store: Store
    keyring: Keyring
    origin: str | None = None
    copies: Copies | None = None
    memory: Memory | None = None

    def settle(self) -> int:
        """Seal everything that can be and copy the checkpoints away; gives how many rows."""
        sealed = self.seal_all()
        if self.copies is not None:
            self.copies.catch_up(self.store)
        return sealed

    def seal_all(self, *, batch: int = BATCH) -> int:
        """Seal everything that can be; gives how many rows."""
        count = 0
        while sealed := self.seal(batch=batch):
            count += sealed
            if sealed < batch:
                break
        return count

    def seal(self, *, batch: int = BATCH) -> int:
        """Seal one batch; gives how many rows."""
        with self.store.transaction() as tx:
            if tx.execute(select(audit_unsealed.c.seq).limit(1)).one_or_none() is None:
                return 0
            origin, frontier = self._locked(tx)
            remembered = None if self.memory is None else self.memory.read()
            if remembered is not None:
                check_extends(tx, remembered, origin=origin, frontier=frontier)
            rows = tx.execute(TAKE, {"limit": batch}).all()
            after = remembered.after if remembered else None
            at = max(datetime.now(UTC).strftime(MOMENT), after or "")  # a clock that was set back does not bring the log back
            note = self._append(tx, origin, frontier, rows, at=at, after=after) if rows else None
        if note is not None and self.memory is not None:
            # After the commit: a file that is older than the database is extended by it. Of a full batch something may still wait.
            self.memory.keep(note, begun=remembered.begun if remembered else frontier.size, after=at if len(rows) < batch else after)
        return len(rows)

    def _locked(self, tx: Connection) -> tuple[str, Frontier]:
        values = {"name": LOG, "origin": self.origin or f"medthread/{uuid.uuid4().hex}", "algorithm": HASH}
        tx.execute(upsert(audit_log).values(**values).on_conflict_do_nothing())
        head = tx.execute(select(audit_log).where(audit_log.c.name == LOG).with_for_update()).one()
        if self.origin not in (None, head.origin):
            raise ConfigurationError(f"this log began as {head.origin!r} and cannot become {self.origin!r}", hint="write that origin under [audit], or leave it out")
        return head.origin, Frontier(head.size, tuple(bytes(p) for p in head.peaks), head.algorithm)

    def _append(self, tx: Connection, origin: str, frontier: Frontier, rows: Sequence[Any], *, at: str, after: str | None) -> str:
        hashes = leaf_hashes((leaf_of(r) for r in rows), algorithm=frontier.algorithm)
        seqs = [r.seq for r in rows]
        done = append(frontier, hashes)
        tx.execute(DONE, {"seqs": seqs})
        tx.execute(LEAVES, {"first": frontier.size, "seqs": seqs, "hashes": hashes})
        for level, (first, nodes) in done.nodes.items():
            if level and nodes:
                tx.execute(NODES, {"level": level, "first": first, "hashes": nodes})
        moved = {"size": done.frontier.size, "peaks": list(done.frontier.peaks)}
        tx.execute(update(audit_log).where(audit_log.c.name == LOG).values(**moved))
        return self._sign(tx, Checkpoint(origin, done.frontier.size, root(done.frontier), frontier.algorithm, at, after))

    def _sign(self, tx: Connection, checkpoint: Checkpoint) -> str:
        by = signer(tx, self.keyring, origin=checkpoint.origin)
        note = signed(checkpoint.text, by.key, private=by.private)
        values = {"root": checkpoint.root, "algorithm": checkpoint.algorithm, "key": by.key.id.hex(), "note": note}
        tx.execute(insert(audit_checkpoint).values(size=checkpoint.size, **values))
        return note


@dataclass(frozen=True)
class LastCheckpoint:
    """The newest checkpoint of a log."""

    size: int
    at: datetime
    note: str


def last_checkpoint(tx: Connection) -> LastCheckpoint | None:
    """The newest checkpoint, where anything was sealed."""
    row = tx.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size.desc()).limit(1)).one_or_none()
    return None if row is None else LastCheckpoint(row.size, row.at, row.note)
