"""Lists over one release or a native table, behind the masked view; the same words for both."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from medthread.api.native_rows import CASE_TYPES, NativeRows
from medthread.api.services import Services
from medthread.api.sharing import WITHHELD_IN, kept_back, refuse
from medthread.derive import golden_columns
from medthread.derive.columns import DUCK
from medthread.derive.sharing import Terms, text
from medthread.derive.view import masked_fields, masked_view
from medthread.model import Entity, Home
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.sharing import Effect
from medthread.stores.serving import encode, page_clause, parse_condition
from medthread.trust.access import Actor, row_rule
from medthread.trust.seal import is_sealed, key_id_of, unseal

COUNT_LIMIT = 100_000
ORIGIN = ("_source", "_table", "_load", "_row", "_org", "_plant", "_flags")


@dataclass(frozen=True)
class Listing:
    """A list that was asked for: SQL over the masked view, its conditions, its order."""

    given: Services
    entity: type[Entity]
    actor: Actor
    masked: frozenset[str]
    sort: str
    descending: bool
    where: str = "true"
    parameters: tuple[Any, ...] = ()
    only: str | None = None  # the id of the one record that is asked for

    @property
    def terms(self) -> Terms:
        """What sharing rules leave of it for this reader."""
        return self.given.workflow.sharing.terms(self.entity, self.actor)

    @property
    def types(self) -> dict[str, str]:
        """Columns that may be filtered and sorted by: those this reader sees in clear and that are not sealed."""
        fields = self.entity.fields.values()
        case = CASE_TYPES if self.has_state else {}
        return {f.name: DUCK[f.kind] for f in fields if f.name not in self.masked and not f.is_personal} | case

    @property
    def has_state(self) -> bool:
        """Whether the entity's records stand somewhere in a process."""
        return self.entity.name in self.given.workflow.rulebook.processes

    @property
    def opened(self) -> frozenset[str]:
        """Personal fields that this reader sees in clear: nothing else is ever unsealed."""
        return frozenset(f.name for f in self.entity.fields.values() if f.is_personal and f.name not in self.masked)

    @property
    def source(self) -> str:
        """The masked view as SQL: what this reader is cleared for and what may be shared with them."""
        return masked_view(self.entity, self.given.registry, of=self.relation, masked=self.masked, technical=self.technical, terms=self.terms)

    @property
    def relation(self) -> str:
        """The rows themselves, in the query's words."""
        if self.entity.about.home is Home.NATIVE:
            return NativeRows(self.given, self.entity, self.actor.reach).relation()
        columns = [(c.name, c.duck) for c in golden_columns(self.entity, self.given.registry)]
        return self.given.reader.current().relation(f"golden.{self.entity.name}", columns)

    @property
    def technical(self) -> tuple[str, ...]:
        """Columns beside the fields."""
        return ("_org", "_plant", "_revision", *(CASE_TYPES if self.has_state else ())) if self.entity.about.home is Home.NATIVE else ORIGIN


def listing_of(
    given: Services, entity: type[Entity], actor: Actor, *, q: str | None, filters: tuple[str, ...], sort: str | None
) -> Listing:
    """Check what was asked and turn it into SQL."""
    listing = Listing(given, entity, actor, masked_fields(entity, actor.clearance), *_sort(entity, sort))
    if listing.sort not in listing.types and listing.sort != "id":
        raise InvalidError(f"cannot sort by {listing.sort!r}", hint=f"fields: {', '.join(listing.types)}")
    conditions = [parse_condition(f, types=listing.types) for f in filters]
    parts, parameters = [c.sql for c in conditions], [p for c in conditions for p in c.parameters]
    if q:
        searched = [n for n, f in entity.fields.items() if f.mark.search and n in listing.types]
        if searched:
            parts.append("(" + " or ".join(f'contains(lower(cast("{n}" as varchar)), lower(?))' for n in searched) + ")")
            parameters += [q.strip()] * len(searched)
    rule, bound = row_rule(actor, entity)
    parts.append(rule)
    parameters += bound
    return replace(listing, where=" and ".join(parts) or "true", parameters=tuple(parameters))


def _sort(entity: type[Entity], sort: str | None) -> tuple[str, bool]:
    if not sort:
        return entity.key()[0] if not entity.fields[entity.key()[0]].is_personal else "id", False
    return sort.removeprefix("-"), sort.startswith("-")


def query_of(listing: Listing, sql: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Rows of a SELECT over the list's source."""
    if listing.entity.about.home is Home.NATIVE:
        return NativeRows(listing.given, listing.entity, listing.actor.reach, only=listing.only).query(sql, parameters)
    return listing.given.reader.current().query(sql, parameters)


def list_page(listing: Listing, *, limit: int, after: str | None) -> dict[str, Any]:
    """One page, the cursor of the next, and the total as far as counting is cheap."""
    kind = listing.types.get(listing.sort, "varchar")
    page = page_clause(column=listing.sort, kind=kind, descending=listing.descending, after=after)
    sql = f"select * from ({listing.source}) where {listing.where} and {page.where} order by {page.order} limit {limit + 1}"
    rows = query_of(listing, sql, (*listing.parameters, *page.parameters))
    more = len(rows) > limit
    rows = rows[:limit]
    following = encode(rows[-1][listing.sort], rows[-1]["id"]) if more else None
    items = [shown_in(listing, r) for r in rows]
    return {"items": items, "next": following, "total": _total(listing), **kept_back(listing.given, listing.actor, listing.terms, items, unshared=_unshared(listing))}


def _total(listing: Listing) -> int | None:
    counted = f"select count(*) as n from (select 1 from ({listing.source}) where {listing.where} limit {COUNT_LIMIT + 1})"
    total = int(query_of(listing, counted, listing.parameters)[0]["n"])
    return total if total <= COUNT_LIMIT else None


def rows_for_export(listing: Listing) -> Iterator[tuple[list[str], list[Any]]]:
    """All rows in batches, fields only, values as this reader may see them."""
    names = ", ".join(f'"{n}"' for n in listing.entity.fields)
    sql = f'select {names} from ({listing.source}) where {listing.where} order by "id"'
    batches = (
        NativeRows(listing.given, listing.entity, listing.actor.reach).stream(sql, listing.parameters)
        if listing.entity.about.home is Home.NATIVE
        else listing.given.reader.current().stream(sql, listing.parameters)
    )
    empty = True
    for columns, rows in batches:
        empty = False
        yield columns, [[_clear(listing.given, v, opened=n in listing.opened) for n, v in zip(columns, row, strict=True)] for row in rows]
    if empty:
        yield list(listing.entity.fields), []


def select_one(
    given: Services, entity: type[Entity], actor: Actor, *, id_: str, clear: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An object as shown, and where its row came from; `clear` are masked fields that a grant opens, its reading being in the log."""
    listing = listing_of(given, entity, actor, q=None, filters=(), sort=None)
    listing = replace(listing, masked=listing.masked - clear, only=id_)
    sql = f'select * from ({listing.source}) where "id" = ? and {listing.where}'
    rows = query_of(listing, sql, (id_, *listing.parameters))
    if not rows:
        refuse_unshared(listing, id_)
        raise NotFoundError(f"no {entity.name} {id_!r}", hint="it may be in another release, or its id was merged into another")
    return shown_in(listing, rows[0]), {k: rows[0].get(k) for k in ORIGIN}


def refuse_unshared(listing: Listing, id_: str) -> None:
    """Say so where a sharing rule keeps the record back that is asked for: which rule, and note that it did."""
    rule = next(iter(_unshared(replace(listing, only=id_), '"id" = ?', id_)), None) if listing.terms.records else None
    if rule is not None:
        refuse(listing.given, listing.actor, next(r for r in listing.terms.records if r.name == rule), f"{listing.entity.name}/{id_}")


def _unshared(listing: Listing, where: str = "true", *parameters: str) -> dict[str, int]:
    """How many records within reach each sharing rule keeps back altogether."""
    terms = listing.terms
    if not terms.records:
        return {}
    rule, bound = row_rule(listing.actor, listing.entity)
    kept = terms.case(terms.records, lambda r: text(r.name) if r.effect is Effect.REFUSE else "null", "null")
    sql = f"select {kept} as rule, count(*) as n from {listing.relation} where {where} and {rule} group by 1"
    return {r["rule"]: r["n"] for r in query_of(listing, sql, (*parameters, *bound)) if r["rule"] is not None}


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
    case = {n: _clear(given, row[n], opened=False) for n in CASE_TYPES if n in row}
    return {"_id": row["id"], "_revision": str(revision), "_flags": list(row.get("_flags") or ()), **case, **values}


def _clear(given: Services, value: Any, *, opened: bool) -> Any:
    """A value as JSON; a sealed text in a field that is not to be opened stays closed, however it got there."""
    if isinstance(value, str) and is_sealed(value):
        return _unsealed(given, value) if opened else "***"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep="T")  # to the microsecond: what comes back unchanged must be the same
    return value.isoformat() if isinstance(value, date) else value


def _unsealed(given: Services, sealed: str) -> str | None:
    with given.store.transaction() as tx:
        try:
            return unseal(sealed, key=given.keyring.find(tx, key_id_of(sealed)))
        except NotFoundError:
            return None  # its key was destroyed: the value is erased
        except InvalidError:
            return "***"  # changed since it was sealed; `medthread verify` names the file
