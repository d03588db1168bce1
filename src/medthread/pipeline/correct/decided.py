"""Decisions on held rows as they stand, set by set: the last on each row, and the last on each raw content.

A decision on a row holds for every row of the same table with the same raw content: whole extracts repeat a bad row each
day, and nobody is asked of it twice. That a row was overtaken is said of that row alone; and so is that a critical value
may change: the same change, asked for again later, is another one.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from medthread.derive.columns import INDEX, MASKED


class Kind(StrEnum):
    """What was decided on a held row."""

    CORRECTED = "corrected"  # with new values for raw columns, or none: as it is, tried again
    APPROVED = "approved"  # the value of a critical field that it brings may take the place of what stands
    REJECTED = "rejected"  # it is not data, and will not be taken
    RETURNED = "returned"  # the source has to send it again
    SUPERSEDED = "superseded"  # by the system: the same key came in good since


COLUMNS = ("id", "act", "held", "source", "table", "content", "kind", "edits", "decided_by", "reason", "taken_load", "at")
_SELECTED = 'id, act, held, source, "table", content, kind, edits::text as edits, decided_by, reason, taken_load, (at at time zone \'UTC\')::text as at'
_IN_FORCE = text(f"select distinct on (held) {_SELECTED} from medthread.row_decision where undone_at is null order by held, row_decision.at desc, id")
_OF_CONTENT = text(f"""
    select distinct on (source, "table", content) {_SELECTED} from medthread.row_decision
    where undone_at is null and content is not null and kind not in ('superseded', 'approved') order by source, "table", content, row_decision.at desc, id
""")
_WAITING = text(f"""
    select {_SELECTED} from medthread.row_decision
    where undone_at is null and taken_load is null and kind in ('corrected', 'approved') and source = any(:sources) order by id
""")
_REPEATING = text(f"""
    select * from (select distinct on (source, "table", content) {_SELECTED} from medthread.row_decision
    where undone_at is null and content is not null and kind not in ('superseded', 'approved') and (source, "table") in (select * from unnest(cast(:sources as text[]), cast(:tables as text[])))
    order by source, "table", content, row_decision.at desc, id) as last where kind = 'corrected'
""")


_FORGET = text(f"""
    update medthread.row_decision as d
    set edits = (select jsonb_object_agg(e.key, case when regexp_replace(e.key, '({MASKED}|{INDEX})$', '') = any(hers.columns) then 'null'::jsonb else e.value end) from jsonb_each(d.edits) as e)
    from (select r.id, array_agg(regexp_replace(e.key, '{INDEX}$', '')) as columns from medthread.row_decision as r, jsonb_each_text(r.edits) as e
          where e.key like '%{INDEX}' and e.value = any(:indices) group by r.id) as hers
    where hers.id = d.id
""")


def forget_person(tx: Connection, indices: Iterable[str]) -> int:
    """Empty the values of a person, by their blind indices, in every decision; gives in how many."""
    return tx.execute(_FORGET, {"indices": list(indices)}).rowcount


def in_force(tx: Connection) -> pa.Table:
    """The last decision on each held row, as `COLUMNS`."""
    return _table(tx.execute(_IN_FORCE).all())


def of_content(tx: Connection) -> pa.Table:
    """The last decision by a person on each raw content."""
    return _table(tx.execute(_OF_CONTENT).all())


def waiting_in(tx: Connection, sources: Iterable[str]) -> pa.Table:
    """Corrections that were not taken in yet."""
    return _table(tx.execute(_WAITING, {"sources": list(sources)}).all())


def repeating(tx: Connection, places: Sequence[tuple[str, str]]) -> pa.Table:
    """Corrections that hold for the raw content of rows of these tables."""
    return _table(tx.execute(_REPEATING, {"sources": [s for s, _ in places], "tables": [t for _, t in places]}).all())


def at_place(decided: pa.Table, source: str, table: str) -> pa.Table:
    """Those about rows of one table."""
    return decided.filter(pc.and_(pc.equal(decided["source"], pa.scalar(source)), pc.equal(decided["table"], pa.scalar(table))))


def texts(decided: pa.Table, column: str) -> list[str]:
    """A column that is never empty."""
    return [str(v) for v in decided[column].to_pylist()]


def _table(rows: Sequence[Sequence[object]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(COLUMNS, columns, strict=True)})
