"""Sealing audit rows into the log, against SHA-256 over the same records with nothing else done to them."""

import hashlib
import statistics
from pathlib import Path

from sqlalchemy import text

from benchmarks.figures import Figure, timed
from medthread.app import open_installation
from medthread.methods.merkle import Frontier, append, leaf_hashes, root
from medthread.stores.postgres import Store
from medthread.trust.log import AuditLog
from medthread.trust.log.leaf import COLUMNS, leaf_of

ROUNDS = 5
WRITE = text("""
    insert into medthread.audit_event (actor, action, outcome, object, reason, before, after, detail)
    select 'person' || n % 40, 'nonconformance.decide', 'done', 'nonconformance/' || md5(n::text), '复核后按返工处理',
        jsonb_build_object('state', 'reviewing', 'disposition', null, 'quantity', n::text, 'defect', 'D-' || n % 90, 'lot_no', 'L' || n % 5000, 'item', 'M-' || n % 300),
        jsonb_build_object('state', 'decided', 'disposition', 'rework', 'quantity', n::text, 'defect', 'D-' || n % 90, 'lot_no', 'L' || n % 5000, 'item', 'M-' || n % 300),
        jsonb_build_object('role', 'qa_mgr', 'on_behalf_of', null, 'signature', md5('s' || n))
    from generate_series(1, :rows) n
""")
READ = text(f"select {COLUMNS} from medthread.audit_event e where e.seq > :seq order by e.seq")
LAST = text("select coalesce(max(seq), 0) from medthread.audit_event")


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """Records a second: from committed rows to committed leaves with checkpoints, and the tree by itself."""
    home = folder / "sealing"
    home.mkdir()
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation:
        store = installation.store
        log = AuditLog(store, installation.keyring)
        _round(log, rows=rows // 10)
        ours, theirs = zip(*(_round(log, rows=rows) for _ in range(ROUNDS)), strict=True)
        records = _records(store, seq=_last(store) - rows)
    assert len(records) == rows
    tree = statistics.median(timed(lambda: root(append(Frontier(), leaf_hashes(records)).frontier)) for _ in range(ROUNDS))
    bare = statistics.median(timed(lambda: [hashlib.sha256(r).digest() for r in records]) for _ in range(ROUNDS))
    sealed, read = statistics.median(ours), statistics.median(theirs)
    label, size = f"{rows:,} audit records of {sum(map(len, records)) // rows} bytes", lambda seconds: f"{rows / seconds:,.0f}/s"
    return [
        Figure(f"{label} sealed, the same read and SHA-256 over each", size(sealed), size(read), read / sealed, ">= 0.4", read / sealed >= 0.4),
        Figure(f"{label} into the tree, SHA-256 over each", size(tree), size(bare), bare / tree, ">= 0.4", bare / tree >= 0.4),
        Figure(f"{label} sealed, SHA-256 over them in memory", size(sealed), size(bare), bare / sealed, "recorded", True),
    ]


def _round(log: AuditLog, *, rows: int) -> tuple[float, float]:
    """Seconds to seal fresh rows, and to read and hash the same."""
    seq = _last(log.store)
    with log.store.transaction() as tx:
        tx.execute(WRITE, {"rows": rows})
    theirs = timed(lambda: [hashlib.sha256(r).digest() for r in _records(log.store, seq=seq)])
    ours = timed(log.seal_all)
    return ours, theirs


def _records(store: Store, *, seq: int) -> list[bytes]:
    with store.transaction() as tx:
        return [leaf_of(r) for r in tx.execute(READ, {"seq": seq})]


def _last(store: Store) -> int:
    with store.transaction() as tx:
        return int(tx.execute(LAST).scalar_one())
