"""Pivots for whoever asks: over the rows that they may see, as lines, as a table of a file, with the conditions that lead to a cell's rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medthread.api.naming import names_of
from medthread.api.served import Served
from medthread.api.served_rows import plain
from medthread.derive.form import pair
from medthread.derive.pivot import Axis, Measure, pivot_sql
from medthread.model import Label
from medthread.model.errors import InvalidError

MOST_LINES = 20_000
MOST_AXES, MOST_MEASURES, MOST_TOP, MOST_NAMED = 4, 6, 100, 1_000
WORDS = {"zh": {"total": "合计", "others": "其他", "none": "(空)"}, "en": {"total": "Total", "others": "Others", "none": "(empty)"}}
MEASURE_WORDS = {
    "zh": {"count": "行数", "distinct": "不同数", "sum": "求和", "avg": "平均", "min": "最小", "max": "最大", "median": "中位数"},
    "en": {"count": "Rows", "distinct": "Different", "sum": "Sum", "avg": "Average", "min": "Least", "max": "Greatest", "median": "Median"},
}


@dataclass(frozen=True)
class Pivot:
    """What is asked: `rows` and `columns` as `column`, `column:grain`, with `top` for the first of the rows; `measures` as `sum:column`."""

    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    measures: tuple[Measure, ...]


def pivot_of(served: Served, rows: Sequence[str], columns: Sequence[str], measures: Sequence[str], top: int | None) -> Pivot:
    """Check what was asked."""
    if len(rows) > MOST_AXES or len(columns) > MOST_AXES or len(measures) > MOST_MEASURES:
        raise InvalidError("too much is asked of one pivot", hint=f"up to {MOST_AXES} rows, {MOST_AXES} columns and {MOST_MEASURES} measures")
    names = [a.partition(":")[0] for a in (*rows, *columns)]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise InvalidError(f"{twice} is asked for twice", hint="name each column once")
    by_row = tuple(_axis(served, a, top if n == 0 else None) for n, a in enumerate(rows))
    return Pivot(by_row, tuple(_axis(served, a, None) for a in columns), tuple(_measure(served, m) for m in measures or ("count",)))


def _axis(served: Served, text: str, top: int | None) -> Axis:
    name, _, grain = text.partition(":")
    return Axis(name, served.column(name).kind or served.kinds[name], grain or None, top)


def _measure(served: Served, text: str) -> Measure:
    kind, _, name = text.partition(":")
    return Measure(kind, name or None, served.column(name).kind if name else None)


def lines_of(served: Served, pivot: Pivot) -> list[dict[str, Any]]:
    """Every cell: the values of its axes, which of them it is a total over, which stand for the others, and its figures. Raises `InvalidError` where there are too many."""
    native = served.table.startswith("native.")
    sql = pivot_sql(served.source, served.where, pivot.rows, pivot.columns, pivot.measures, zone=served.zone, most=MOST_LINES, dialect="postgres" if native else "duckdb")
    found = served.query(sql, served.parameters)
    if len(found) > MOST_LINES:
        raise InvalidError(f"the pivot has more than {MOST_LINES:,} cells", hint="take fewer rows or columns, a longer period, the largest only, or a condition")
    axes = [*pivot.rows, *pivot.columns]
    return sorted((_line(r, axes, len(pivot.measures)) for r in found), key=_order)


def _line(row: dict[str, Any], axes: Sequence[Axis], measures: int) -> dict[str, Any]:
    total = [bool(row["total"] >> (len(axes) - 1 - n) & 1) for n in range(len(axes))]
    return {
        "at": [plain(row[f"a{n}"]) for n in range(len(axes))], "total": total, "others": [bool(a.top and row[f"o{n}"] and not total[n]) for n, a in enumerate(axes)],
        "values": [plain(row[f"m{n}"]) for n in range(measures)],
    }


def _order(line: dict[str, Any]) -> tuple[Any, ...]:
    places = zip(line["total"], line["others"], line["at"], strict=True)
    return tuple((total, others, value is None, isinstance(value, str), value if value is not None else 0) for total, others, value in places)


def told_pivot(served: Served, pivot: Pivot) -> dict[str, Any]:
    """A pivot as JSON."""
    lines = lines_of(served, pivot)
    axes = [
        {"column": a.column, "grain": a.grain, "top": a.top, "label": pair(served.column(a.column).label), "codes": {k: pair(v) for k, v in _called_values(served, a, n, lines).items()}}
        for n, a in enumerate((*pivot.rows, *pivot.columns))
    ]
    return {
        "table": served.table, "label": pair(served.label), "release": served.release, "rows": axes[: len(pivot.rows)], "columns": axes[len(pivot.rows) :],
        "measures": [{"kind": m.kind, "column": m.column, "label": {lang: _called(served, m, lang) for lang in ("zh", "en")}} for m in pivot.measures],
        "lines": lines,
    }


def _called_values(served: Served, axis: Axis, n: int, lines: Sequence[dict[str, Any]]) -> Mapping[str, Label]:
    """What values of an axis are called: codes by their words, masters by code and name."""
    column = served.column(axis.column)
    if column.codes or column.record is None:
        return column.codes or {}
    ids = list(dict.fromkeys(str(line["at"][n]) for line in lines if line["at"][n] is not None))[:MOST_NAMED]
    return {id_: Label(name, name) for id_, name in names_of(served.given, served.actor, column.record, ids).items()}


def _called(served: Served, measure: Measure, language: str) -> str:
    word = MEASURE_WORDS[language][measure.kind]
    return word if measure.column is None else f"{served.column(measure.column).label.in_(language)} · {word}"


def table_of_pivot(served: Served, pivot: Pivot, language: str) -> tuple[list[str], list[list[Any]]]:
    """A pivot as the table that people see: a line for each of its rows with subtotals, a column for each of its columns with totals."""
    spoken = "zh" if language.startswith("zh") else "en"
    lines, wide = lines_of(served, pivot), len(pivot.rows)
    axes = [*pivot.rows, *pivot.columns]
    called = [_called_values(served, a, n, lines) for n, a in enumerate(axes)]

    def name(line: dict[str, Any], n: int) -> str:
        if line["total"][n]:
            return WORDS[spoken]["total"]
        if line["others"][n]:
            return WORDS[spoken]["others"]
        value, codes = line["at"][n], called[n]
        return WORDS[spoken]["none"] if value is None else codes[value].in_(spoken) if value in codes else str(value)

    def place(line: dict[str, Any], parts: range) -> tuple[Any, ...]:
        return tuple((line["total"][n], line["others"][n], line["at"][n]) for n in parts)

    down, across = range(wide), range(wide, len(axes))
    heads = {place(ln, across): ln for ln in sorted(lines, key=lambda ln: _order(ln)[wide:])}
    sides = {place(ln, down): ln for ln in lines}
    cells = {(place(ln, down), place(ln, across)): ln["values"] for ln in lines}
    titles = [served.column(a.column).label.in_(spoken) for a in pivot.rows]
    for line in heads.values():
        over = [name(line, n) for n in across]
        titles += [" / ".join([*over, *([_called(served, m, spoken)] if len(pivot.measures) > 1 or not over else [])]) for m in pivot.measures]
    nothing = [None] * len(pivot.measures)
    return titles, [[*(name(line, n) for n in down), *(v for head in heads for v in cells.get((side, head), nothing))] for side, line in sides.items()]
