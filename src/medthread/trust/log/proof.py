"""Proofs from the kept nodes: that a record is in the log, that a longer log begins with a shorter one."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from medthread.methods.merkle import consistency_ranges, inclusion_ranges, prove
from medthread.model.errors import InvalidError, NotFoundError
from medthread.stores.postgres.tables import audit_checkpoint, audit_leaf, audit_log
from medthread.trust.log.keys import LOG
from medthread.trust.log.nodes import reading
from medthread.trust.log.seal import last_checkpoint


@dataclass(frozen=True)
class Inclusion:
    """A record's place in the log of the newest checkpoint, and the hashes that lead from it to the signed root."""

    algorithm: str
    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True)
class Consistency:
    """The hashes that lead from the root of the older log to that of the newer."""

    algorithm: str
    old: int
    size: int
    path: tuple[bytes, ...]


def inclusion(tx: Connection, seq: int) -> Inclusion | None:
    """The proof of an audit row; nothing while it waits to be sealed."""
    leaf = tx.execute(select(audit_leaf).where(audit_leaf.c.seq == seq)).one_or_none()
    newest = last_checkpoint(tx)
    if leaf is None or newest is None:
        return None
    algorithm = _algorithm(tx)
    path = prove(inclusion_ranges(leaf.leaf_index, newest.size), reading(tx), algorithm=algorithm)
    return Inclusion(algorithm, leaf.leaf_index, newest.size, bytes(leaf.hash), tuple(path), newest.note)


def consistency(tx: Connection, old: int, size: int) -> Consistency:
    """The proof between two checkpoints."""
    if not 0 < old <= size:
        raise InvalidError(f"no log of {size} begins with one of {old}", hint="give the smaller size first, 1 at least")
    known = set(tx.execute(select(audit_checkpoint.c.size).where(audit_checkpoint.c.size.in_((old, size)))).scalars())
    if {old, size} - known:
        raise NotFoundError(f"no checkpoint of size {min({old, size} - known)}", hint="take sizes from checkpoints that were signed")
    algorithm = _algorithm(tx)
    return Consistency(algorithm, old, size, tuple(prove(consistency_ranges(old, size), reading(tx), algorithm=algorithm)))


def _algorithm(tx: Connection) -> str:
    return str(tx.execute(select(audit_log.c.algorithm).where(audit_log.c.name == LOG)).scalar_one())
