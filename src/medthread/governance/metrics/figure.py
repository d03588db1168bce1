"""Figures of a metric: asked for a span, by period and by what tells them apart, over the rows that somebody may see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from medthread.derive.metric import PERIOD, metric_sql, parts_of, period_sql
from medthread.governance.metrics.book import MetricBook
from medthread.methods.periods import Span, midnight, offsets
from medthread.model import Kind
from medthread.model.errors import InvalidError
from medthread.model.metric import ADDITIVE, Measure, Metric

MOST = 20_000  # groups of one answer
Key = tuple[Any, ...]  # the first day of the period, where there are several; then the values of what figures are told apart by
Parts = tuple[Any, ...]


class Query(Protocol):
    """Asks the rows where they are."""

    def __call__(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries."""


@dataclass(frozen=True)
class Seen:
    """The rows of a table that somebody may see: SQL for a FROM, what narrows them, how they are asked, what its columns are."""

    relation: str
    query: Query
    kinds: Mapping[str, Kind]
    where: str = "true"
    parameters: tuple[Any, ...] = ()
    dialect: str = "duckdb"


@dataclass(frozen=True)
class Question:
    """What of a metric is asked. Without a span all rows count; without a grain the span is one period."""

    span: Span | None = None
    grain: str | None = None
    by: tuple[str, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True)
class Figure:
    """A figure, and of a ratio what is divided by what; none where there is nothing to divide by, or nothing at all."""

    of: Decimal | None
    per: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True)
class Figures:
    """The figures by their keys, and that of the whole, which is asked for itself where it does not follow from its parts."""

    by_key: Mapping[Key, Figure]
    whole: Figure
    nothing: Figure = field(default_factory=lambda: Figure(None))  # of a period without any row


Seeing = Callable[[Metric], Seen]


def figures(metric: Metric, book: MetricBook, question: Question, seeing: Seeing) -> Figures:
    """All figures that a question asks for. Raises `InvalidError` where there would be too many to look at."""
    if metric.made_of:
        of, per = (figures(book[name], book, question, seeing) for name in metric.made_of)
        keys = dict.fromkeys((*of.by_key, *per.by_key))
        made = {k: _ratio(metric, of.by_key.get(k, of.nothing).value, per.by_key.get(k, per.nothing).value) for k in keys}
        return Figures(made, _ratio(metric, of.whole.value, per.whole.value), _ratio(metric, of.nothing.value, per.nothing.value))
    seen = seeing(metric)
    asked = _Asked(metric, book.holds(metric, dialect=seen.dialect), question, seen)
    rows = asked.rows(question.by, grain=question.grain)
    if not question.by and question.grain is None:
        whole = next(iter(rows.values()))
    else:
        whole = _rolled(metric, rows.values()) if all(m.kind in ADDITIVE for m in metric.measures) else next(iter(asked.rows((), grain=None).values()))
    return Figures({k: _figure(metric, p) for k, p in rows.items()}, _figure(metric, whole), _figure(metric, tuple(None for _ in whole)))


def within(metric: Metric, span: Span | None, kind: Kind | None, zone: str) -> tuple[str, tuple[str, ...]]:
    """SQL of the rows of a span, by the organisation's clock, with its parameters."""
    if span is None or metric.at is None or kind is None:
        return "true", ()
    edges = (span.start, span.end) if kind is Kind.DATE else (midnight(span.start, zone), midnight(span.end, zone))
    name = "date" if kind is Kind.DATE else "timestamp"
    return f'"{metric.at}" >= cast(? as {name}) and "{metric.at}" < cast(? as {name})', tuple(str(e) for e in edges)


@dataclass(frozen=True)
class _Asked:
    metric: Metric
    holds: Mapping[str, str]
    question: Question
    seen: Seen

    def rows(self, by: Sequence[str], *, grain: str | None) -> dict[Key, Parts]:
        """The parts of each group."""
        metric, question, at = self.metric, self.question, self.seen.kinds.get(self.metric.at or "")
        parts = [sql for m in metric.measures for sql in parts_of(m, self.holds)]
        inside, days = within(metric, question.span, at, question.zone)
        where = " and ".join(f"({w})" for w in (self.seen.where, inside, *(self.holds[q] for q in metric.where)) if w != "true") or "true"
        period = None
        if grain is not None and metric.at is not None and at is not None and question.span is not None:
            period = period_sql(metric.at, at, grain, offsets(question.span, question.zone))
        sql = metric_sql(parts, of=self.seen.relation, where=where, by=by, period=period, most=MOST)
        found = self.seen.query(sql, (*self.seen.parameters, *days))
        if len(found) > MOST:
            raise InvalidError(f"more than {MOST:,} figures", hint="ask for a shorter time, a longer period, or fewer dimensions")
        names = [*([PERIOD] if period else []), *by]
        return {tuple(_day(r[n]) if n == PERIOD else r[n] for n in names): tuple(r[f"p{n}"] for n in range(len(parts))) for r in found}


def _day(value: Any) -> date | None:
    return value if value is None or type(value) is date else value.date()


def _figure(metric: Metric, parts: Parts) -> Figure:
    figures_, place = [], 0
    for measure in metric.measures:
        width = 2 if measure.kind == "average" else 1
        figures_.append(_value(measure, parts[place : place + width]))
        place += width
    return Figure(figures_[0], value=figures_[0]) if not metric.is_ratio else _ratio(metric, *figures_)


def _value(measure: Measure, parts: Parts) -> Decimal | None:
    numbers = [None if p is None else Decimal(str(p)) for p in parts]
    if measure.kind == "average":
        total, count = numbers
        return total / count if total is not None and count else None
    if numbers[0] is None and measure.kind in ("count", "distinct", "sum"):
        return Decimal(0)
    return numbers[0]


def _ratio(metric: Metric, of: Decimal | None, per: Decimal | None) -> Figure:
    return Figure(of, per, None if of is None or not per else of / per * Decimal(str(metric.times)))


def _rolled(metric: Metric, rows: Iterable[Parts]) -> Parts:
    """The parts of the whole, from those of its groups."""
    kinds = [k for m in metric.measures for k in ((m.kind,) if m.kind != "average" else ("sum", "count"))]
    found: list[Any] = [None] * len(kinds)
    for row in rows:
        for n, (kind, part) in enumerate(zip(kinds, row, strict=True)):
            if part is not None:
                found[n] = part if found[n] is None else min(found[n], part) if kind == "min" else max(found[n], part) if kind == "max" else found[n] + part
    return tuple(found)
