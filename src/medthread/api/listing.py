"""Lists over one release or a native table, behind the masked view; the same words for both."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from medthread.api.services import Services
from medthread.api.sharing import WITHHELD_IN, kept_back, refuse
from medthread.derive.sharing import Terms, text
from medthread.derive.view import masked_fields, masked_view
from medthread.model import Entity, Home, Kind
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.sharing import Effect
from medthread.stores.serving import (
    CASE,
    ORIGIN,
    Condition,
    LakeRows,
    NativeRows,
    Page,
    Rows,
    SortKey,
    all_of,
    encode,
    holding,
    page_clause,
    parse_condition,
)
from medthread.trust.access import Actor, row_rule
from medthread.trust.seal import is_sealed, key_id_of, unseal

COUNT_LIMIT = 100_000
MOST_FILTERS = 20


@dataclass(frozen=True)
class Listing:
    """A list that was asked for: SQL over the masked view, its conditions, its order."""

    given: Services
    entity: type[Entity]
    actor: Actor
    rows: Rows
    masked: frozenset[str]
    sort: str = "id"
    descending: bool = False
    where: str = "true"
    parameters: tuple[Any, ...] = ()

    @property
    def terms(self) -> Terms:
        """What sharing rules leave of it for this reader."""
        return self.given.workflow.sharing.terms(self.entity, self.actor)

    @property
    def kinds(self) -> dict[str, Kind]:
        """Columns that may be filtered and sorted by: those this reader sees in clear and that are not sealed."""
        fields = self.entity.fields.values()
        case = CASE if has_process(self.given, self.entity) else {}
        return {f.name: f.kind for f in fields if f.name not in self.masked and not f.is_personal} | case

    @property
    def opened(self) -> frozenset[str]:
        """Personal fields that this reader sees in clear: nothing else is ever unsealed."""
        return frozenset(f.name for f in self.entity.fields.values() if f.is_personal and f.name not in self.masked)

    @property
    def source(self) -> str:
        """The masked view as a relation in a FROM: what this reader is cleared for and what may be shared with them."""
        view = masked_view(
            self.entity, self.given.registry, of=self.rows.relation(), masked=self.masked, technical=self.rows.technical, terms=self.terms)
        return f"({view}) as shown"

    @property
    def keys(self) -> tuple[SortKey, ...]:
        """What it is sorted by before the id: one column, and where that begins the key, the key as far as the reader sees it."""
        kinds = self.kinds
        if self.sort not in kinds:
            return ()
        names, key = [self.sort], self.entity.key()
        if self.sort == key[0]:
            shown = next((i for i, name in enumerate(key) if name not in kinds), len(key))
            names = list(key[:shown])
        return tuple(SortKey(n, kinds[n], filled=self._is_filled(n)) for n in names)

    def _is_filled(self, column: str) -> bool:
        field = self.entity.fields.get(column)
        return field is not None and field.required and self.entity.about.home is Home.NATIVE and column not in self.terms.fields

    def page(self, after: str | None = None) -> Page:
        """Its order, and what comes after a cursor."""
        return page_clause(self.keys, descending=self.descending, after=after)


def has_process(given: Services, entity: type[Entity]) -> bool:
    """Whether the entity's records stand somewhere in a process."""
    return entity.name in given.workflow.rulebook.processes


def listing_of(
    given: Services, entity: type[Entity], actor: Actor, *, q: str | None, filters: tuple[str, ...], sort: str | None
) -> Listing:
    """Check what was asked and turn it into SQL."""
    if len(filters) > MOST_FILTERS:
        raise InvalidError(f"{len(filters)} filters", hint=f"ask with up to {MOST_FILTERS}")
    listing = Listing(given, entity, actor, _rows(given, entity, actor), masked_fields(entity, actor.clearance))
    conditions = [parse_condition(f, kinds=listing.kinds, zone=given.workflow.calendar.zone) for f in filters]
    searched = {n: k for n, k in listing.kinds.items() if n in entity.fields and entity.fields[n].mark.search}
    if q and searched:
        conditions.append(holding(searched, q.strip()))
    whole = all_of([*conditions, Condition(*row_rule(actor, entity))])
    return replace(_sorted(listing, sort), where=whole.sql, parameters=whole.parameters)


def _rows(given: Services, entity: type[Entity], actor: Actor) -> Rows:
    if entity.about.home is Home.NATIVE:
        return NativeRows(given.store, given.native[entity.name], actor.reach, has_case=has_process(given, entity))
    return LakeRows(given.reader.current(), entity, given.registry)


def _sorted(listing: Listing, sort: str | None) -> Listing:
    first = listing.entity.key()[0]
    wanted = sort or (first if first in listing.kinds else "id")
    name = wanted.removeprefix("-")
    if name not in listing.kinds and name != "id":
        raise InvalidError(f"cannot sort by {name!r}", hint=f"fields: {', '.join(listing.kinds)}")
    return replace(listing, sort=name, descending=wanted.startswith("-"))


def page_sql(listing: Listing, *, limit: int, after: str | None) -> tuple[str, tuple[Any, ...]]:
    """The statement of one page, with one row more to tell whether there is another."""
    page = listing.page(after)
    sql = f"select * from {listing.source} where {listing.where} and {page.where} order by {page.order} limit {limit + 1}"
    return sql, (*listing.parameters, *page.parameters)


def list_page(listing: Listing, *, limit: int, after: str | None) -> dict[str, Any]:
    """One page, the cursor of the next, and the total as far as counting is cheap."""
    rows = listing.rows.query(*page_sql(listing, limit=limit, after=after))
    more = len(rows) > limit
    rows = rows[:limit]
    following = encode(*(rows[-1][k.name] for k in listing.keys), rows[-1]["id"]) if more else None
    items = [shown_in(listing, r) for r in rows]
    return {"items": items, "next": following, "total": _total(listing), **kept_back(listing.given, listing.actor, listing.terms, items, unshared=_unshared(listing))}


def _total(listing: Listing) -> int | None:
    counted = f"select count(*) as n from (select 1 from {listing.source} where {listing.where} limit {COUNT_LIMIT + 1}) as counted"
    total = int(listing.rows.query(counted, listing.parameters)[0]["n"])
    return total if total <= COUNT_LIMIT else None


def count_all(listing: Listing) -> int:
    """How many rows there are in all."""
    return int(listing.rows.query(f"select count(*) as n from {listing.source} where {listing.where}", listing.parameters)[0]["n"])


def rows_for_export(listing: Listing) -> Iterator[tuple[list[str], list[Any]]]:
    """All rows in batches, fields only, values as this reader may see them. The first batch is read at once: what refuses refuses before an answer begins."""
    names = ", ".join(f'"{n}"' for n in listing.entity.fields)
    batches = listing.rows.stream(f'select {names} from {listing.source} where {listing.where} order by "id"', listing.parameters)
    first, opened = next(batches, (list(listing.entity.fields), [])), listing.opened
    zone = ZoneInfo(listing.given.workflow.calendar.zone)  # exports are read by people
    return (
        (columns, [[_clear(listing.given, v, opened=n in opened, zone=zone) for n, v in zip(columns, row, strict=True)] for row in rows])
        for columns, rows in chain([first], batches)
    )


def select_one(
    given: Services, entity: type[Entity], actor: Actor, *, id_: str, clear: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An object as shown, and where its row came from; `clear` are masked fields that a grant opens, its reading being in the log."""
    listing = listing_of(given, entity, actor, q=None, filters=(), sort=None)
    listing = replace(listing, masked=listing.masked - clear)
    rows = listing.rows.query(f'select * from {listing.source} where "id" = ? and {listing.where}', (id_, *listing.parameters))
    if not rows:
        refuse_unshared(listing, id_)
        raise NotFoundError(f"no {entity.name} {id_!r}", hint="it may be in another release, or its id was merged into another")
    return shown_in(listing, rows[0]), {k: rows[0].get(k) for k in ORIGIN}


def refuse_unshared(listing: Listing, id_: str) -> None:
    """Say so where a sharing rule keeps the record back that is asked for: which rule, and note that it did."""
    rule = next(iter(_unshared(listing, '"id" = ?', id_)), None) if listing.terms.records else None
    if rule is not None:
        refuse(listing.given, listing.actor, next(r for r in listing.terms.records if r.name == rule), f"{listing.entity.name}/{id_}")


def _unshared(listing: Listing, where: str = "true", *parameters: str) -> dict[str, int]:
    """How many records within reach each sharing rule keeps back altogether."""
    terms = listing.terms
    if not terms.records:
        return {}
    rule, bound = row_rule(listing.actor, listing.entity)
    kept = terms.case(terms.records, lambda r: text(r.name) if r.effect is Effect.REFUSE else "null", "null")
    sql = f"select {kept} as rule, count(*) as n from {listing.rows.relation()} where {where} and {rule} group by 1"
    return {r["rule"]: r["n"] for r in listing.rows.query(sql, (*parameters, *bound)) if r["rule"] is not None}


def withheld_from(given: Services, entity: type[Entity], actor: Actor, id_: str) -> frozenset[str]:
    """Fields of a record that sharing rules keep from an actor, who is refused where they keep all of it; looked for only where there are such rules."""
    if not given.workflow.sharing.terms(entity, actor):
        return frozenset()
    return frozenset(select_one(given, entity, actor, id_=id_)[0].get(WITHHELD_IN, ()))


def shown_in(listing: Listing, row: dict[str, Any]) -> dict[str, Any]:
    """A row of a list as JSON, with the fields that a sharing rule keeps back."""
    item, withheld = shown(listing.given, row, opened=listing.opened), listing.terms.withheld_in(row)
    return {**item, WITHHELD_IN: withheld} if withheld else item


def shown(given: Services, row: dict[str, Any], *, opened: frozenset[str]) -> dict[str, Any]:
    """A row as JSON, with its id and a revision made of its content; fields in `opened` are unsealed."""
    values = {k: _clear(given, v, opened=k in opened) for k, v in row.items() if not k.startswith("_") and k != "id"}
    revision = row.get("_revision")
    if revision is None:
        revision = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]
    case = {n: _clear(given, row[n], opened=False) for n in CASE if n in row}
    return {"_id": row["id"], "_revision": str(revision), "_flags": list(row.get("_flags") or ()), **case, **values}


def _clear(given: Services, value: Any, *, opened: bool, zone: tzinfo = UTC) -> Any:
    """A value as JSON, a moment with its offset in a zone; a sealed text in a field that is not to be opened stays closed, however it got there."""
    if isinstance(value, str) and is_sealed(value):
        return _unsealed(given, value) if opened else "***"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(zone).isoformat()  # to the microsecond: what comes back unchanged must be the same
    return value.isoformat() if isinstance(value, date) else value


def _unsealed(given: Services, sealed: str) -> str | None:
    with given.store.transaction() as tx:
        try:
            return unseal(sealed, key=given.keyring.find(tx, key_id_of(sealed)))
        except NotFoundError:
            return None  # its key was destroyed: the value is erased
        except InvalidError:
            return "***"  # changed since it was sealed; `medthread verify` names the file
