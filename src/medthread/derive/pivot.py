"""A pivot as one statement: rows by columns by measures, with every total asked of the rows themselves and never made of other totals.

The statement groups once by GROUPING SETS, so that an average or a median of a total is that of all its rows. It is read by
DuckDB and PostgreSQL alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from medthread.methods.periods import Span, offsets
from medthread.model import Kind
from medthread.model.errors import InvalidError

GRAINS = ("day", "week", "month", "quarter", "year")
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
MEASURES = ("count", "distinct", "sum", "avg", "min", "max", "median")
OF_NUMBERS = frozenset({"sum", "avg", "median"})
CENTURIES, MOST_TURNS = Span(date(1900, 1, 1), date(2100, 1, 1)), 40


@dataclass(frozen=True)
class Axis:
    """What rows or columns are told apart by: a column, a moment by a grain, and, where only the largest are shown, how many of them."""

    column: str
    kind: Kind
    grain: str | None = None
    top: int | None = None

    def __post_init__(self) -> None:
        """Refuse a grain of what is no moment."""
        if self.grain is not None and (self.grain not in GRAINS or self.kind not in MOMENTS):
            raise InvalidError(f"{self.column} has no {self.grain}", hint=f"moments are put together by {', '.join(GRAINS)}")

    def sql(self, zone: str, dialect: str) -> str:
        """SQL of the value by which a row is put to its group, by the organisation's clock."""
        name = f'"{self.column}"'
        if self.kind is Kind.TIMESTAMP:
            name = _by_clock(name, zone, dialect)
        if self.kind is Kind.TIMESTAMP and self.grain is None:
            return name
        return name if self.grain is None else f"cast(date_trunc('{self.grain}', {name if dialect == 'duckdb' else f'cast({name} as timestamp)'}) as date)"


def _by_clock(name: str, zone: str, dialect: str) -> str:
    """A moment, kept in UTC, by a zone's clock. DuckDB asks a calendar for each row, so where the clock turns seldom its turns are written out, the last first: rows of today meet one comparison."""
    turns = _turns(zone)
    if dialect != "duckdb" or len(turns) > MOST_TURNS:
        return f"timezone('{zone}', timezone('UTC', {name}))"
    *before, (_, now) = turns
    seconds = [now, *(s for _, s in reversed(before))]
    arms = " ".join(f"when {name} >= timestamp '{until}' then interval '{ahead} seconds'" for (until, _), ahead in zip(reversed(before), seconds, strict=False))
    return f"({name} + case {arms} else interval '{seconds[-1]} seconds' end)" if arms else f"({name} + interval '{now} seconds')"


@cache
def _turns(zone: str) -> list[tuple[datetime, int]]:
    return offsets(CENTURIES, zone)


@dataclass(frozen=True)
class Measure:
    """What is counted or computed of the rows of a group; a plain count names no column."""

    kind: str
    column: str | None = None
    of: Kind | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be computed."""
        if self.kind not in MEASURES or (self.column is None) is not (self.kind == "count"):
            raise InvalidError(f"{self.kind}:{self.column or ''} is no measure", hint=f"write count, or one of {', '.join(MEASURES[1:])} with a column, as sum:quantity")
        if self.kind in OF_NUMBERS and self.of not in NUMBERS:
            raise InvalidError(f"{self.kind} takes a column of numbers, which {self.column} is not", hint="count, distinct, min and max take any")

    @property
    def sql(self) -> str:
        """SQL over the rows of a group."""
        name = f'"{self.column}"'
        if self.kind == "count":
            return "count(*)"
        if self.kind == "distinct":
            return f"count(distinct {name})"
        if self.kind == "median":
            return f"percentile_cont(0.5) within group (order by {name})"
        return f"{self.kind}({name})"


def pivot_sql(source: str, where: str, rows: Sequence[Axis], columns: Sequence[Axis], measures: Sequence[Measure], *, zone: str, most: int, dialect: str = "duckdb") -> str:
    """The statement: a column for each axis (`a0`, …), which of them a line is a total over (`total`, a bit for each, the last lowest), a column for each measure (`m0`, …).

    Values of an axis beyond its `top`, by the first measure, stand together: there `o<n>` is true and the axis is null. Totals are of all rows.
    """
    axes = [*rows, *columns]
    inner = ", ".join([f"{a.sql(zone, dialect)} as a{n}" for n, a in enumerate(axes)] + [f'"{c}"' for c in dict.fromkeys(m.column for m in measures if m.column)])
    base = f"select {inner or '1 as one'} from {source} where {where}"
    with_ = [f"cut as {'materialized ' if any(a.top for a in axes) else ''}({base})"]
    marked = "cut"
    if any(a.top for a in axes):
        with_ += [_largest(n, a, measures[0]) for n, a in enumerate(axes) if a.top]
        with_ += [f"marked as (select {_marked(axes, measures)} from cut)"]
        marked = "marked"
    names = [f"a{n}" for n in range(len(axes))]
    grouped = [[f"a{n}", f"o{n}"] if a.top else [f"a{n}"] for n, a in enumerate(axes)]
    sets = [_flat(grouped[:r] + grouped[len(rows) : len(rows) + c]) for r in range(len(rows), -1, -1) for c in range(len(columns), -1, -1)]
    others = [f"o{n}" for n, a in enumerate(axes) if a.top]
    total = f"grouping({', '.join(names)}) as total" if names else "0 as total"
    selected = ", ".join([*names, *others, total, *(f"{m.sql} as m{n}" for n, m in enumerate(measures))])
    by = f" group by grouping sets ({', '.join(f'({s})' for s in sets)})" if names else ""
    return f"with {', '.join(with_)} select {selected} from {marked}{by} limit {most + 1}"


def _flat(groups: Sequence[Sequence[str]]) -> str:
    return ", ".join(name for group in groups for name in group)


def _largest(n: int, axis: Axis, by: Measure) -> str:
    return f"top{n} as (select a{n} as v from cut where a{n} is not null group by 1 order by {by.sql} desc nulls last, 1 limit {axis.top})"


def _marked(axes: Sequence[Axis], measures: Sequence[Measure]) -> str:
    parts = []
    for n, axis in enumerate(axes):
        if axis.top:
            parts += [f"case when a{n} in (select v from top{n}) then a{n} end as a{n}", f"(a{n} is not null and a{n} not in (select v from top{n})) as o{n}"]
        else:
            parts.append(f"a{n}")
    return ", ".join(parts + [f'"{c}"' for c in dict.fromkeys(m.column for m in measures if m.column)])
