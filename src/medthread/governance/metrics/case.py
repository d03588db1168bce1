"""Cases of a metric: rows given, figures expected, tried by the same road on which figures are asked for."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from medthread.derive.columns import DUCK
from medthread.derive.metric import Measured
from medthread.governance.metrics.answer import WHOLE as WHOLE_SPAN
from medthread.governance.metrics.answer import Wanted, answer
from medthread.governance.metrics.book import Measuring, MetricBook
from medthread.governance.metrics.figure import Figure, Seen
from medthread.model import Kind, Label
from medthread.model.errors import DeclarationError, MedthreadError
from medthread.model.metric import Metric, MetricCase
from medthread.stores.engines import job, literal, quote

ZONE = "Asia/Shanghai"  # the clock of cases
WHOLE = "whole"
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Tried:
    """How a case went: what was expected and is not there. Nothing: it holds."""

    metric: str
    label: Label
    wrong: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every figure came out as expected."""
        return not self.wrong


def try_metric(metric: Metric, book: MetricBook, measuring: Measuring) -> list[Tried]:
    """Try every case of a metric."""
    return [Tried(metric.name, case.label, tuple(_wrong(metric, case, book, measuring))) for case in metric.cases]


def _wrong(metric: Metric, case: MetricCase, book: MetricBook, measuring: Measuring) -> list[str]:
    given = case.given if isinstance(case.given, dict) else {metric.over or "": case.given}
    own = book.behind(metric)
    strangers = sorted(given.keys() - {m.over for m in own})
    if strangers:
        return [f"{metric.name} does not measure {strangers[0]}"]
    with TemporaryDirectory() as place, job(memory="256MB", threads=1) as con:
        try:
            tables = {t: measured for m in own if (measured := measuring(t := m.over or "")) is not None}
            seen = {t: _seen(con, given.get(t, []), measured, Path(place)) for t, measured in tables.items()}
            dated = all(m.at is not None for m in own)
            days = [d for m in own for d in _days(given.get(m.over or "", []), m, seen[m.over or ""])] or [date(2026, 1, 1)]
            wanted = Wanted(case.period or WHOLE_SPAN, min(days), max(days), case.by) if dated else Wanted(by=case.by)
            found = answer(metric, book, wanted, lambda m: seen[m.over or ""], upto=max(days) if dated else None, zone=ZONE)
        except (duckdb.Error, MedthreadError) as error:
            return [str(error).splitlines()[0]]
    lines: dict[tuple[Any, ...], Figure] = {}
    for line in found.lines:
        period = str(line.key[0]) if found.grain else None
        values = line.key[1:] if found.grain else line.key
        if case.period or case.by:
            lines[period if case.period else None, *values] = line.figure
    return [told for row in case.expect if (told := _compared(row, lines, found.whole, case))]


def _compared(row: Mapping[str, Any], lines: Mapping[tuple[Any, ...], Figure], whole: Figure, case: MetricCase) -> str | None:
    if WHOLE in row or not (case.period or case.by):
        figure: Figure | None = whole
    else:
        figure = lines.get((row.get("period"), *(row.get(b) for b in case.by)))
    if figure is None:
        return f"{dict(row)}: no such figure among {list(lines)}"
    wanted = {"value": row.get(WHOLE, row.get("value"))} | {n: row[n] for n in ("of", "per") if n in row}
    there = {n: None if (v := getattr(figure, n)) is None else float(v) for n in wanted}
    return None if all(_same(w, there[n]) for n, w in wanted.items()) else f"{dict(row)}: it is {there}"


def _same(wanted: Any, there: float | None) -> bool:
    return wanted is None if there is None else wanted is not None and math.isclose(float(wanted), there, rel_tol=1e-9)


def _days(rows: Rows, metric: Metric, seen: Seen) -> list[date]:
    found = []
    for row in rows:
        if metric.at and (told := row.get(metric.at)):
            moment = datetime.fromisoformat(str(told))
            found.append(moment.date() if seen.kinds[metric.at] is Kind.DATE else moment.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).date())
    return found


def _seen(con: duckdb.DuckDBPyConnection, rows: Rows, measured: Measured, place: Path) -> Seen:
    """The rows as a table with the columns' own kinds; what cannot be one of that kind is told by DuckDB."""
    columns = {n: c.kind for n, c in measured.columns.items()}
    columns.setdefault("id", Kind.TEXT)
    unknown = sorted({n for row in rows for n in row} - columns.keys())
    if unknown:
        raise DeclarationError(f"{measured.name} has no column {unknown[0]}", hint=f"it has {', '.join(columns)}")
    kinds = ", ".join(f"{literal(n)}: {literal(DUCK[k])}" for n, k in columns.items())
    table = quote(measured.name)
    shape = ", ".join(f"{quote(n)} {DUCK[k]}" for n, k in columns.items())
    con.execute(f"create or replace temp table {table} ({shape})")
    if rows:
        lines = place / f"{measured.name}.ndjson"
        lines.write_text("\n".join(json.dumps({n: row.get(n) for n in columns}, ensure_ascii=False) for row in rows), encoding="utf-8")
        con.execute(f"insert into {table} select * from read_json({literal(str(lines))}, format='newline_delimited', columns={{{kinds}}})")

    def query(sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        done = con.execute(sql, list(parameters))
        names = [d[0] for d in done.description or []]
        return [dict(zip(names, r, strict=True)) for r in done.fetchall()]

    return Seen(table, query, columns)
