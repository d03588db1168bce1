"""Whether what is asked for is there already: among golden records, among what was approved and waits for a run, among what others ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.columns import INDEX
from medthread.governance.masters.duplicates import Likeness, compared_fields, likely_of_each
from medthread.governance.masters.simulation import weighed_now
from medthread.model import Entity
from medthread.pipeline.collect.requested import SOURCE
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.stores.postgres.tables import master_request
from medthread.stores.serving import Snapshot
from medthread.trust.keys import Keyring
from medthread.trust.seal import blind_index, is_sealed


@dataclass(frozen=True)
class Beside:
    """Another request that is open or waits for a run, and how like it is."""

    id: int
    status: str
    code: str | None
    like: Likeness


@dataclass(frozen=True)
class Found:
    """What is like it, best first: golden records, other requests, and those that were asked about together with it, by their names."""

    golden: tuple[Likeness, ...] = ()
    beside: tuple[Beside, ...] = ()
    together: tuple[str, ...] = ()

    @property
    def exact(self) -> Likeness | None:
        """The golden record that bears the same valid identifier."""
        return next((g for g in self.golden if g.exact), None)

    @property
    def exact_beside(self) -> Beside | None:
        """The approved request that does."""
        return next((b for b in self.beside if b.like.exact and b.status == "approved"), None)

    @property
    def approved(self) -> tuple[Beside, ...]:
        """Other requests that will be golden records with the next run."""
        return tuple(b for b in self.beside if b.status == "approved")


def find_alike(
    tx: Connection, snapshot: Snapshot, keyring: Keyring, entity: type[Entity], asked: Mapping[str, Mapping[str, str | None]], *, but: int | None = None,
) -> dict[str, Found]:
    """What is like each of several that are asked for, by the names they were given with; `but` is the request that they come from. Values may be sealed."""
    others = {f"#{r.id}": r for r in _open(tx, snapshot, entity, but=but)}
    beside = {n: comparable(entity, r.values, keyring) for n, r in others.items()}
    given = {n: comparable(entity, v, keyring) for n, v in asked.items()}
    told = likely_of_each(snapshot, entity, weighed_now(tx, entity), given, beside=beside)
    return {name: _found(likes, others) for name, likes in told.items()}


def _found(likes: Sequence[Likeness], others: Mapping[str, Any]) -> Found:
    golden = tuple(like for like in likes if like.golden_id is not None)
    rest = [like for like in likes if like.golden_id is None]
    beside = tuple(Beside(r.id, r.status, r.code, like) for like in rest if (r := others.get(like.record)) is not None)
    return Found(golden, beside, tuple(like.record for like in rest if like.record not in others))


def _open(tx: Connection, snapshot: Snapshot, entity: type[Entity], *, but: int | None) -> Sequence[Any]:
    table = master_request.c
    here = (table.entity == entity.name) & table.status.in_(("submitted", "approved")) & table.id.is_distinct_from(but)
    taken = list(golden_of(snapshot, entity))
    waits = table.code.is_(None) | table.code.not_in(taken) if taken else table.id.is_not(None)
    return tx.execute(select(master_request).where(here, waits)).all()


def golden_of(snapshot: Snapshot, entity: type[Entity], codes: Sequence[str] | None = None) -> dict[str, str]:
    """The golden record that each approved request came into, by its code; of all, or of these codes."""
    xref = snapshot.relation(f"golden.{entity.name}_xref", XREF_COLUMNS)
    of, bound = ("true", []) if codes is None else ("source_key in (select unnest(?))", [list(codes)])
    return {r["source_key"]: r["golden_id"] for r in snapshot.query(f"select source_key, golden_id from {xref} where source = ? and {of}", [SOURCE, *bound])}


def comparable(entity: type[Entity], values: Mapping[str, str | None], keyring: Keyring) -> dict[str, str | None]:
    """The values that matching compares: of personal ones the blind index, made here where they are not sealed yet."""
    found: dict[str, str | None] = {"_source": SOURCE}
    for column in compared_fields(entity):
        name = column.removesuffix(INDEX)
        value = values.get(name)
        if column != name and value is not None and not is_sealed(value):
            found[column] = blind_index([value], key=keyring.index_key)[0]
        else:
            found[column] = values.get(column)
    return found
