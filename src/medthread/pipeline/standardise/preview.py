"""What would come of raw rows by a mapping that nobody uses yet: the one statement over a sample, and nothing written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from medthread.derive.columns import INDEX, MASKED, standard_columns
from medthread.model import Registry, Source
from medthread.pipeline.standardise import outputs
from medthread.pipeline.standardise.scan import APPROVED, Feed, Scan
from medthread.pipeline.standardise.statement import statement, twins
from medthread.stores.engines import job, quote
from medthread.stores.readers import GONE


@dataclass(frozen=True)
class Preview:
    """Rows of the sample as they would be accepted, by entity, and by row number the rules that would hold it."""

    rows: dict[str, list[dict[str, Any]]]
    held: dict[int, tuple[str, ...]]


def preview(source: Source, table: str, sample: pa.Table, registry: Registry, *, references: bool = True, beside: dict[str, pa.Table] | None = None) -> Preview:
    """Type and try rows of text (columns as they come) by a source's mapping of a table; `beside` are raw tables that it looks values up in.

    Nothing of other data is known here: with `references` what a row names must be brought by the sample itself, without
    nobody is asked for it. What stands in critical fields is not compared.
    """
    scan = Scan(source, table, registry)
    with job() as con:
        _lay(con, scan, sample, beside or {})
        con.execute(f"create temp table tried as {statement(scan, came='came_view')}")
        con.execute(f"create temp view held_view as select *, {_rules(scan, references=references)} as _held from tried")
        rows = {f.entity.name: _rows(con, scan, f) for f in scan.feeds}
        held = {int(n): tuple(rules) for n, rules in con.execute("select _row, list_distinct(_held) from held_view where len(_held) > 0 order by _row").fetchall()}
    return Preview(rows, held)


def _rules(scan: Scan, *, references: bool) -> str:
    rules = outputs.held(scan)
    return rules if references else f"list_filter({rules}, lambda rule: not ends_with(rule, '.reference'))"


def _lay(con: duckdb.DuckDBPyConnection, scan: Scan, sample: pa.Table, beside: dict[str, pa.Table]) -> None:
    con.register("sample", sample)
    there = set(sample.column_names)
    sealed = scan.source.personal_columns(scan.table, {e.name: frozenset(f.name for f in e.fields.values() if f.is_personal) for e in scan.registry.values()})
    nothing = sorted((scan.mapping.mapped | {c + s for c in sealed for s in (MASKED, INDEX)}) - there)
    listed = "".join(f", cast(null as varchar) as {quote(c)}" for c in nothing)
    con.execute(
        f"create temp view came_view as select *{listed}, '' as _load, '' as _file, now()::timestamp as _recorded_at, row_number() over () as _row,"
        f" cast(null as bigint) as _version, false as {GONE}, true as {APPROVED} from sample")
    for name, raw in beside.items():
        con.register(f"given.{name}", raw)
        con.execute(f"create temp view {quote('lookup.' + name)} as select *, row_number() over () as _nth from {quote('given.' + name)}")
    for entity in scan.references():
        con.execute(f"create temp table {quote('keys.' + entity)} (k varchar)")
    for feed in (f for f in scan.feeds if f.critical):
        values = "".join(f", cast(null as {kind}) as {quote('_was_' + f.name)}, cast(null as varchar) as {quote('_shown_' + f.name)}" for f, kind in _kinds(feed, scan.registry))
        con.execute(f"create temp table {feed.stood} as select cast(null as varchar) as _k{values} where false")
    for seen_twice, sql in twins(scan, came="came_view").items():
        con.execute(f"create temp table {seen_twice} as {sql}")


def _kinds(feed: Feed, registry: Registry) -> Iterable[tuple[Any, str]]:
    types = {c.name: c.duck for c in standard_columns(feed.entity, registry)}
    return [(f, "varchar" if f.is_personal else types[f.name]) for f in feed.critical]


def _rows(con: duckdb.DuckDBPyConnection, scan: Scan, feed: Feed) -> list[dict[str, Any]]:
    """A feed's accepted rows in the order of the sample; sealed values are left out."""
    fields = [f.name for f in feed.entity.fields.values() if f.name in feed.mapping.fields and not f.is_personal]
    chosen = f"select * from ({outputs.accepted(scan, feed, of='held_view')}) order by _row"
    answer = con.execute(f"select _row, {', '.join(map(quote, fields))} from ({chosen})")
    return [dict(zip(("_row", *fields), row, strict=True)) for row in answer.fetchall()]
