"""Lists over the lake's own tables (quarantine, corrections, crosswalks): equality filters and keyset paging."""

from collections.abc import Mapping, Sequence
from typing import Any

from medthread.api.services import Services
from medthread.stores.serving import encode, page_clause


def lake_page(
    given: Services, table: str, columns: Sequence[tuple[str, str]], *, where: Sequence[str] = (),
    parameters: Sequence[Any] = (), limit: int, after: str | None,
) -> dict[str, Any]:
    """One page of a lake table, ordered by the id."""
    snapshot = given.reader.current()
    nothing = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in columns)  # files of before may lack a column
    relation = f"(select * from {snapshot.relation(table, columns)} union all by name select {nothing} where false)"
    conditions = " and ".join(where) or "true"
    page = page_clause((), descending=False, after=after)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    rows = snapshot.query(
        f"select {names} from {relation} where {conditions} and {page.where} order by {page.order} limit {limit + 1}",
        [*parameters, *page.parameters],
    )
    total = snapshot.query(f"select count(*) as n from {relation} where {conditions}", parameters)[0]["n"]
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next": encode(rows[-1]["id"]) if more else None, "total": total}


def equals(wanted: Mapping[str, str | None]) -> tuple[list[str], list[str]]:
    """Equality conditions for the values that were given."""
    given = {k: v for k, v in wanted.items() if v}
    return [f'"{k}" = ?' for k in given], list(given.values())
