"""The log in the database checked against itself, its signed checkpoints, their copies, and what was signed last.

Everything is computed again: leaves from the rows, nodes and roots from the leaves. What agrees with a signed root is as
it was sealed. Who may write the database can rebuild the tree and take the checkpoints away, and the next sealing would
sign what is there then: so the sequencer, and this check, compare with the checkpoint that is remembered outside the
database (`memory`), and with the copies where a folder is named. Where neither reaches back to the first row, what came
before could have been rewritten, and `Checked.begun` and `Checked.since` say from where on it could not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from medthread.methods.algorithms import SIGNATURES
from medthread.methods.merkle import Frontier, append, leaf_hashes, root
from medthread.methods.note import Checkpoint, NoteKey, opened
from medthread.model.errors import ConfigurationError
from medthread.stores.postgres.tables import audit_checkpoint, audit_key, audit_log, audit_node
from medthread.stores.postgres.write_once import altered_triggers
from medthread.trust.keys import Keyring
from medthread.trust.log.copies import Copies, size_of
from medthread.trust.log.fault import Findings
from medthread.trust.log.keys import LOG, announced, public_keys
from medthread.trust.log.leaf import COLUMNS, leaf_of
from medthread.trust.log.memory import Remembered
from medthread.trust.log.seal import AuditLog
from medthread.trust.log.signed import check_signatures
from medthread.trust.log.times import Times

STEP = 2000
SNAPSHOT = text("set transaction isolation level repeatable read, read only")
# `l` first: its columns stand after those that a leaf is made of.
LEAVES = text(f"""
    select {COLUMNS}, l.leaf_index, l.seq as sealed, l.hash from medthread.audit_leaf l
    left join medthread.audit_event e on e.seq = l.seq order by l.leaf_index
""")
UNSEALED = text("""
    select e.seq from medthread.audit_event e where not exists (select from medthread.audit_leaf l where l.seq = e.seq)
    and not exists (select from medthread.audit_unsealed u where u.seq = e.seq) order by e.seq
""")
VANISHED = text("""
    select u.seq from medthread.audit_unsealed u where not exists (select from medthread.audit_event e where e.seq = u.seq) order by u.seq
""")


@dataclass
class Checked:
    """What was checked, and what was found."""

    rows: int = 0
    waiting: int = 0
    checkpoints: int = 0
    copies: int = 0
    signatures: int = 0
    records: int | None = None
    remembered: int | None = None
    begun: int = 0
    since: datetime | None = None
    findings: Findings = field(default_factory=Findings)


def check_log(log: AuditLog) -> Checked:
    """Check all of it, in one snapshot of the database, beside whatever is written meanwhile."""
    checked, remembered = Checked(), None if log.memory is None else log.memory.read()  # before the snapshot: then it holds all that was signed
    if remembered is not None:
        checked.remembered, checked.begun, checked.since = remembered.checkpoint.size, remembered.begun, remembered.since
    with log.store.transaction() as tx:
        tx.execute(SNAPSHOT)
        head = tx.execute(select(audit_log).where(audit_log.c.name == LOG)).one_or_none()
        keys = _keys(tx, log.keyring, checked.findings)
        noted = _checkpoints(tx, keys, checked, origin=head.origin if head else None)
        told = {size: said.root for size, said in noted.items()}
        copied = _copied(log.copies, keys, checked)
        algorithm = head.algorithm if head else Frontier().algorithm
        end, roots = _leaves(tx, checked, algorithm=algorithm, sizes={*told, *copied, *_sizes(remembered)}, times=Times(noted))
        _compare(told, copied, roots, end, checked.findings)
        _recall(remembered, roots, head.origin if head else None, checked)
        if (head.size, [bytes(p) for p in head.peaks]) != (end.size, list(end.peaks)) if head else end.size:
            checked.findings.add("head.changed", f"size {head.size if head else 0}, leaves {end.size}")
        _unsealed(tx, checked)
        for trigger in altered_triggers(tx):
            checked.findings.add("trigger.changed", trigger)
        checked.signatures = check_signatures(tx, checked.findings)
    return checked


@dataclass(frozen=True)
class _Keys:
    """The keys whose private half this installation holds, and which the log tells of; with the places where it does."""

    good: list[NoteKey]
    told: list[tuple[int | None, str]]

    def at(self, size: int) -> list[NoteKey]:
        """Those that may sign a log of this size: not what it had replaced by then."""
        before = [text for index, text in self.told if index is not None and index < size]
        return [k for k in self.good if k.text not in before[:-1]]


def _keys(tx: Connection, keyring: Keyring, findings: Findings) -> _Keys:
    told = announced(tx)
    wrapped = {r.id: r.wrapped for r in tx.execute(select(audit_key))}
    good = []
    for key in public_keys(tx):
        held = wrapped.get(key.id.hex())
        if held is not None and key.text in {t for _, t in told} and _is_ours(keyring, key, bytes(held)):
            good.append(key)
        else:
            findings.add("key.foreign", key.text)
    return _Keys(good, told)


def _is_ours(keyring: Keyring, key: NoteKey, wrapped: bytes) -> bool:
    try:
        return SIGNATURES[key.algorithm].public_of(keyring.unwrap(wrapped)) == key.public
    except ConfigurationError:
        return False


def _checkpoints(tx: Connection, keys: _Keys, checked: Checked, *, origin: str | None) -> dict[int, Checkpoint]:
    """By size, the checkpoints in the database whose signature stands."""
    found: dict[int, Checkpoint] = {}
    for row in tx.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size)):
        checked.checkpoints += 1
        said = _opened(row.note, keys.at(row.size))
        if said is None or (said.origin, said.size, said.root, said.algorithm) != (origin, row.size, bytes(row.root), row.algorithm):
            checked.findings.add("checkpoint.forged", row.size)
        else:
            found[row.size] = said
    return found


def _opened(note: str, keys: list[NoteKey]) -> Checkpoint | None:
    text_ = opened(note, keys)
    try:
        return None if text_ is None else Checkpoint.parse(text_)
    except ValueError:
        return None


def _copied(copies: Copies | None, keys: _Keys, checked: Checked) -> dict[int, bytes]:
    """The same of the copies."""
    found: dict[int, bytes] = {}
    for path in copies.files() if copies else ():
        checked.copies += 1
        size = size_of(path)
        said = _opened(path.read_text(encoding="utf-8", errors="replace"), keys.at(size))
        if said is None or said.size != size:
            checked.findings.add("checkpoint.forged", path)
        else:
            found[said.size] = said.root
    return found


def _leaves(tx: Connection, checked: Checked, *, algorithm: str, sizes: set[int], times: Times) -> tuple[Frontier, dict[int, bytes]]:
    """Every leaf against its row, every inner node against the leaves; gives the frontier at the end, and the root at each size."""
    frontier, roots, nodes, following = Frontier(algorithm=algorithm), {}, _nodes(tx), 0
    for rows in _in_steps(tx, sizes):
        following = _against_rows(rows, following, checked.findings, algorithm=algorithm)
        done = append(frontier, [bytes(r.hash) for r in rows])
        for level, (first, made) in done.nodes.items():
            for n, node in enumerate(made if level else ()):
                if nodes.pop((level, first + n), None) != node:
                    checked.findings.add("node.changed", f"{level}/{first + n}")
        frontier = done.frontier
        times.check(rows, frontier.size, checked.findings)
        if frontier.size in sizes:
            roots[frontier.size] = root(frontier)
    checked.rows = frontier.size
    for level, index in nodes:
        checked.findings.add("node.changed", f"{level}/{index}")
    return frontier, roots


def _nodes(tx: Connection) -> dict[tuple[int, int], bytes]:
    return {(r.level, r.node_index): bytes(r.hash) for r in tx.execute(select(audit_node))}


def _in_steps(tx: Connection, sizes: set[int]) -> Iterator[list[Any]]:
    """Leaves with their rows, in steps that end where a root is wanted."""
    step: list[Any] = []
    for total, row in enumerate(tx.execute(LEAVES, execution_options={"yield_per": STEP}), 1):
        step.append(row)
        if len(step) == STEP or total in sizes:
            yield step
            step = []
    if step:
        yield step


def _against_rows(rows: list[Any], following: int, findings: Findings, *, algorithm: str) -> int:
    """Leaves against the rows that they were made of; gives the index that must come next."""
    there = [r for r in rows if r.seq is not None]
    again = dict(zip((r.sealed for r in there), leaf_hashes(map(leaf_of, there), algorithm=algorithm), strict=True))
    for row in rows:
        if row.leaf_index != following:
            findings.add("leaf.missing", following)
        following = row.leaf_index + 1
        if row.seq is None:
            findings.add("row.removed", row.sealed)
        elif again[row.sealed] != bytes(row.hash):
            findings.add("row.changed", row.sealed)
    return following


def _compare(told: dict[int, bytes], copied: dict[int, bytes], roots: dict[int, bytes], end: Frontier, findings: Findings) -> None:
    for size, signed_root in sorted((told | copied).items()):
        if size > end.size:
            findings.add("log.cut", f"{end.size} < {size}")
        elif roots[size] != signed_root or copied.get(size, signed_root) != signed_root:
            findings.add("root.differs", size)
        if size not in told:
            findings.add("checkpoint.removed", size)
    if end.size > max(told, default=0):
        findings.add("leaf.uncovered", f"{max(told, default=0)} - {end.size}")


def _sizes(remembered: Remembered | None) -> list[int]:
    return [] if remembered is None else [remembered.checkpoint.size]


def _recall(remembered: Remembered | None, roots: dict[int, bytes], origin: str | None, checked: Checked) -> None:
    if remembered is None:
        return
    said = remembered.checkpoint
    if (origin, roots.get(said.size)) != (said.origin, said.root):
        checked.findings.add("memory.differs", f"{said.size}, {remembered.kept:%Y-%m-%d %H:%M:%S}Z")


def _unsealed(tx: Connection, checked: Checked) -> None:
    for kind, query in (("row.unsealed", UNSEALED), ("row.vanished", VANISHED)):
        for seq in tx.execute(query).scalars():
            checked.findings.add(kind, seq)
    checked.waiting = tx.execute(select(func.count()).select_from(text("medthread.audit_unsealed"))).scalar_one()
