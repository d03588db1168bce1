"""A board: the records of a process by state, the most pressing first, behind the masked view and the row rules."""

from datetime import UTC, datetime
from typing import Any

from medthread.api.listing import Listing, shown_in
from medthread.api.sharing import kept_back
from medthread.derive.form import process_meta
from medthread.model.errors import NotFoundError
from medthread.stores.serving import DUE, SINCE, STATE


def board_of(listing: Listing, *, limit: int) -> dict[str, Any]:
    """Columns in the order of the states: how many stand there, how many are late, and the first `limit` of them."""
    process = listing.given.workflow.rulebook.processes.get(listing.entity.name)
    if process is None:
        raise NotFoundError(f"{listing.entity.name} has no process", hint="only records that go through people's hands stand on a board")
    meta, counts = process_meta(process), _counts(listing)
    cards = _cards(listing, limit=limit)
    known = {s["name"] for s in meta["states"]}
    older = [{"name": s, "label": {"zh": s, "en": s}, "terminal": False} for s in sorted(counts) if s not in known]  # of an older version
    columns = [{**s, "initial": s["name"] in meta["initial"], **counts.get(s["name"], {"count": 0, "late": 0}), "cards": cards.get(s["name"], [])}
               for s in [*meta["states"], *older]]
    told = kept_back(listing.given, listing.actor, listing.terms, [c for found in cards.values() for c in found])
    return {"process": meta["name"], "label": meta["label"], "columns": columns, **told}


def _counts(listing: Listing) -> dict[str, dict[str, int]]:
    sql = (f'select "{STATE}" as state, count(*) as n, count(*) filter (where "{DUE}" < ?) as late '
           f'from {listing.source} where {listing.where} and "{STATE}" is not null group by 1')
    now = datetime.now(UTC).replace(tzinfo=None)
    return {r["state"]: {"count": r["n"], "late": r["late"]} for r in listing.rows.query(sql, (now, *listing.parameters))}


def _cards(listing: Listing, *, limit: int) -> dict[str, list[dict[str, Any]]]:
    """The first of each state: the soonest due, then those that stood there longest."""
    order = f'"{DUE}" nulls last, "{SINCE}", "id"'
    placed = f'select *, row_number() over (partition by "{STATE}" order by {order}) as _place from {listing.source} where {listing.where} and "{STATE}" is not null'
    sql = f"select * from ({placed}) as placed where _place <= {limit} order by {order}"
    found: dict[str, list[dict[str, Any]]] = {}
    for row in listing.rows.query(sql, listing.parameters):
        found.setdefault(row[STATE], []).append(shown_in(listing, row))
    return found

