"""Contracts of others that are kept: what consumers expect of us, what sources promise to us; each by a name, with who answers for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from medthread.derive.contract.words import Json
from medthread.governance.contracts.made import digest_of
from medthread.model.errors import ConflictError, NotFoundError
from medthread.stores.postgres.tables import contract_of_others as others_table
from medthread.trust.audit import record


class Part(StrEnum):
    """Which part the other has."""

    CONSUMER = "consumer"
    SOURCE = "source"


@dataclass(frozen=True)
class OfOthers:
    """A contract of somebody else. `subject` is what a consumer reads, or `source.table` of what a source promises."""

    name: str
    kind: Part
    subject: str
    owner: str
    blocks: bool
    document: Json
    digest: str
    kept_by: str
    at: datetime | None = None


def kept(tx: Connection) -> dict[str, OfOthers]:
    """All of them by name."""
    return {r.name: _read(r) for r in tx.execute(select(others_table).order_by(others_table.c.name))}


def one_kept(tx: Connection, name: str) -> OfOthers:
    """One of them. Raises `NotFoundError` where none is called so."""
    found = tx.execute(select(others_table).where(others_table.c.name == name)).one_or_none()
    if found is None:
        raise NotFoundError(f"no contract {name!r} of others is kept", hint="GET /api/v1/contracts-of-others lists them")
    return _read(found)


def keep_one(tx: Connection, one: OfOthers) -> None:
    """Keep it; one of the name is replaced, as long as it is of the same subject."""
    before = tx.execute(select(others_table).where(others_table.c.name == one.name).with_for_update()).one_or_none()
    if before is not None and (before.kind, before.subject) != (one.kind.value, one.subject):
        raise ConflictError(f"{one.name!r} is kept for {before.subject}", hint="choose another name, or let go of that one first")
    values = {"kind": one.kind.value, "subject": one.subject, "owner": one.owner, "gate": "block" if one.blocks else "warn", "document": one.document, "digest": one.digest, "kept_by": one.kept_by}
    tx.execute(insert(others_table).values(name=one.name, **values).on_conflict_do_update(index_elements=["name"], set_=values))
    told = {"kind": one.kind.value, "subject": one.subject, "digest": one.digest, "blocks": one.blocks}
    record(tx, actor=one.kept_by, action="contract.keep", object_=f"contract/{one.name}", before={"digest": before.digest} if before is not None else None, after=told)


def let_go(tx: Connection, *, name: str, by: str, reason: str) -> None:
    """Keep it no longer; what it said stays in the log by its hash."""
    one = one_kept(tx, name)
    tx.execute(delete(others_table).where(others_table.c.name == name))
    record(tx, actor=by, action="contract.let_go", object_=f"contract/{name}", reason=reason, before={"kind": one.kind.value, "subject": one.subject, "digest": one.digest})


def of_others(document: Mapping[str, Any], *, name: str, kind: Part, subject: str, owner: str, blocks: bool, by: str) -> OfOthers:
    """A contract that was read, ready to be kept."""
    return OfOthers(name, kind, subject, owner, blocks, dict(document), digest_of(dict(document)), by)


def _read(row: Row[Any]) -> OfOthers:
    return OfOthers(row.name, Part(row.kind), row.subject, row.owner, row.gate == "block", row.document, row.digest, row.kept_by, row.at)
