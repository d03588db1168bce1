"""New values for rows of the desk: the same for all of them, or each its own."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from medthread.derive.columns import INDEX, MASKED
from medthread.governance.review.editing import Values, checked, sealed
from medthread.model.errors import InvalidError
from medthread.pipeline.context import Context
from medthread.pipeline.correct.trial import Tried, try_rows
from medthread.pipeline.ingest.sealing import sealed_columns


def raw_columns(raw: str | None) -> frozenset[str]:
    """The columns that a held row came with."""
    row = _object(raw)
    return frozenset(c for c in row if not c.endswith((MASKED, INDEX)))


def sealed_in(raw: str | None) -> list[str]:
    """The columns of a held row that are sealed in it."""
    row = _object(raw)
    return sorted(c.removesuffix(INDEX) for c in row if c.endswith(INDEX))


def _object(raw: str | None) -> dict[str, Any]:
    try:
        row = json.loads(raw or "")
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def edits_for(tx: Connection, context: Context, rows: pa.Table, values: Values) -> tuple[dict[str, str], str]:
    """The same values for all rows: as JSON by row where they are sealed under the key of each row's load, else once for all."""
    if not values or not rows.num_rows:
        return {}, "{}"
    source, table = one_table(rows)
    given = checked(context, source, table, values, known=raw_columns(rows["raw"][0].as_py()))
    if not sealed_columns(context, source, table, tuple(given)):
        return {}, json.dumps(given, ensure_ascii=False)
    loads = texts(rows, "load")
    by_load = {load: sealed(tx, context, source=source, table=table, load=load, values=given) for load in set(loads)}
    return {id_: by_load[load] for id_, load in zip(texts(rows, "id"), loads, strict=True)}, "{}"


def proposed_for(rows: pa.Table) -> dict[str, Values]:
    """What rules propose, by row."""
    return {str(id_): json.loads(text) for id_, text in zip(rows["id"].to_pylist(), rows["proposed"].to_pylist(), strict=True) if text}


def only(rows: pa.Table, ids: Container[str]) -> pa.Table:
    """Those of the rows."""
    return rows.filter(pa.array([id_ in ids for id_ in texts(rows, "id")], pa.bool_()))


def own_edits(tx: Connection, context: Context, rows: pa.Table, values: Mapping[str, Values]) -> dict[str, str]:
    """Each row's own values as JSON, those of sealed columns under the key of the row's load."""
    if not rows.num_rows:
        return {}
    source, table = one_table(rows)
    known = raw_columns(rows["raw"][0].as_py())
    loads = dict(zip(texts(rows, "id"), texts(rows, "load"), strict=True))
    return {
        id_: sealed(tx, context, source=source, table=table, load=loads[id_], values=checked(context, source, table, given, known=known))
        for id_, given in values.items()
    }


def one_table(rows: pa.Table) -> tuple[str, str]:
    """The table that rows are of. Raises `InvalidError` where they are of several: a column has a name in one only."""
    places = set(zip(texts(rows, "source"), texts(rows, "table"), strict=True))
    if len(places) > 1:
        raise InvalidError(f"these rows are of {len(places)} tables", hint="set a column for one table at a time")
    return next(iter(places))


def tried(context: Context, rows: pa.Table, edits: Mapping[str, Values]) -> list[Tried]:
    """What would become of rows with new values by row; nothing is written, and nothing sealed is opened."""
    found: list[Tried] = []
    places = list(zip(texts(rows, "source"), texts(rows, "table"), strict=True))
    for source, table in dict.fromkeys(places):
        here = rows.filter(pa.array([p == (source, table) for p in places]))
        ids = texts(here, "id")
        given = [json.dumps(_closed(context, source, table, edits.get(i, {})), ensure_ascii=False) for i in ids]
        found += try_rows(context, source, table, pa.table({"held": ids, "raw": here["raw"], "edits": pa.array(given, pa.string())}))
    return found


def _closed(context: Context, source: str, table: str, values: Values) -> dict[str, str | None]:
    """A sealed value as a rule sees it: there or not."""
    closed = sealed_columns(context, source, table, tuple(values))
    hidden = {c + s: None if values[c] is None else "***" for c in closed for s in ("", MASKED, INDEX)}
    return {**values, **hidden}


def same(ids: Iterable[str], values: Values) -> dict[str, Values]:
    """The same values for all."""
    return dict.fromkeys(ids, values)


def texts(rows: pa.Table, column: str) -> Sequence[str]:
    """A column that is never empty."""
    return [str(v) for v in rows[column].to_pylist()]
