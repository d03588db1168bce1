"""How the values of a column are written: patterns with their counts, what they read as, the commonest, how numbers and days are spread."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import duckdb

from medthread.pipeline.profile.figures import LONGEST
from medthread.pipeline.profile.profile import Bin, ColumnProfile, Counted, Pattern, Reading, Standing
from medthread.pipeline.profile.subject import Column

PATTERNS, VALUES, BINS = 8, 10, 12
WIDE = 64  # signs of a value whose pattern is looked at
MOSTLY = 0.95  # share of values that read as a kind for the column to be of it
CLASSES = (("9", "[0-9]"), ("A", "[A-Z]"), ("a", "[a-z]"), ("汉", r"\p{Han}"))
RUNS = "9+|A+|a+|汉+|[^9Aa汉]"
SPECIAL = frozenset(r"\.+*?()[]{}|^$")
QUANTILES = {"p01": 0.01, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p99": 0.99}
NUMBER = "to_exact_number(narrow(trim(x)))"
# Trying many forms of a day is slow; what does not begin like one is none, and digits alone are one in two lengths.
MOMENT = "case when regexp_matches(x, '^\\s*([0-9]{4}[-/.年]|[0-9]{1,2}-[A-Za-z]{3}-|([0-9]{8}|[0-9]{14})\\s*$|[0-9０-９]{4}[－／．年])') then to_moment(narrow(trim(x))) end"


def with_forms(con: duckdb.DuckDBPyConnection, column: Column, told: ColumnProfile) -> ColumnProfile:
    """The column with what the table `v` says of its values."""
    if column.is_text:
        told = replace(told, **_readings(con), patterns=_patterns(con))
    elif column.is_number:
        told = replace(told, likely=Reading.INTEGER if "INT" in column.type else Reading.DECIMAL)
    elif column.is_time:
        told = replace(told, likely=Reading.DATE if column.type == "DATE" else Reading.MOMENT)
    elif column.type == "BOOLEAN":
        told = replace(told, likely=Reading.TRUTH)
    return replace(told, values=_values(con), **_spread(con, told.likely, number=NUMBER if column.is_text else "x"))


def as_masked(con: duckdb.DuckDBPyConnection, told: ColumnProfile) -> ColumnProfile:
    """The same with no value in clear: masks of some, no extremes."""
    masked = con.execute(f"select medthread.mask_partial(x) as m, sum(n) from v group by m order by 2 desc, 1 limit {VALUES}").fetchall()
    shown = tuple(Counted(str(m)[:LONGEST], int(n)) for m, n in masked)
    return replace(told, standing=Standing.MASKED, low=None, high=None, values=shown, quantiles={}, histogram=())


def _readings(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    row = con.execute(f"""
        select sum(n), sum(n) filter (where to_integer(narrow(trim(x))) is not null), sum(n) filter (where {NUMBER} is not null),
            sum(n) filter (where m is not null and m = date_trunc('day', m)), sum(n) filter (where m is not null),
            sum(n) filter (where to_truth(trim(x)) is not null), sum(n) filter (where regexp_matches(x, '^0[0-9]'))
        from (select *, {MOMENT} as m from v)""").fetchone()
    assert row is not None  # noqa: S101 - it sums
    total = float(row[0] or 0) or 1.0
    integer, decimal, day, moment, truth, padded = (float(n or 0) / total for n in row[1:])
    shares = {"integer": integer, "decimal": decimal, "date": day, "moment": moment, "truth": truth}
    return {"reads": {k: round(s, 4) for k, s in shares.items() if s}, "likely": _likely(shares, padded=padded)}


def _likely(shares: dict[str, float], *, padded: float) -> Reading:
    """Digits with zeros before them are codes, not numbers; days may be written in digits alone."""
    if shares["truth"] >= MOSTLY and shares["integer"] < MOSTLY:
        return Reading.TRUTH
    if shares["moment"] >= MOSTLY:
        return Reading.DATE if shares["date"] >= shares["moment"] else Reading.MOMENT
    if padded:
        return Reading.TEXT
    return Reading.INTEGER if shares["integer"] >= MOSTLY else Reading.DECIMAL if shares["decimal"] >= MOSTLY else Reading.TEXT


def _values(con: duckdb.DuckDBPyConnection) -> tuple[Counted, ...]:
    return tuple(Counted(str(x)[:LONGEST], int(n)) for x, n in con.execute(f"select x, n from v order by n desc, x limit {VALUES}").fetchall())


def _patterns(con: duckdb.DuckDBPyConnection) -> tuple[Pattern, ...]:
    """The commonest forms. Values of one form differ in the lengths of their runs alone, which are told from the shortest to the longest."""
    classed = f"left(x, {WIDE})"
    for sign, regex in CLASSES:
        classed = f"regexp_replace({classed}, '{regex}', '{sign}', 'g')"
    con.execute(f"""
        create or replace temp table classed as
        select runs, array_to_string(list_transform(runs, lambda r: left(r, 1)), '') as form, n
        from (select regexp_extract_all(p, '{RUNS}') as runs, sum(n) as n from (select {classed} as p, n from v) group by p)""")
    rows = con.execute(f"""
        with common as (select form, sum(n) as rows from classed group by form order by rows desc, form limit {PATTERNS})
        select form, any_value(rows), i, min(length(r)), max(length(r))
        from (select form, rows, unnest(runs) as r, unnest(range(len(runs))) as i from classed join common using (form))
        group by form, i order by 2 desc, form, i""").fetchall()
    found: dict[str, tuple[int, list[tuple[str, int, int]]]] = {}
    for form, count, place, least, most in rows:
        found.setdefault(form, (int(count), []))[1].append((form[int(place)], int(least), int(most)))
    return tuple(_pattern(runs, count) for count, runs in found.values())


def _pattern(runs: list[tuple[str, int, int]], rows: int) -> Pattern:
    form = "".join(f"{sign}{_times(least, most)}" for sign, least, most in runs)
    return Pattern(form, "".join(f"{_regex(sign)}{_times(least, most)}" for sign, least, most in runs), rows)


def _regex(sign: str) -> str:
    return dict(CLASSES).get(sign) or ("\\" + sign if sign in SPECIAL else sign)


def _times(least: int, most: int) -> str:
    if (least, most) == (1, 1):
        return ""
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


def _spread(con: duckdb.DuckDBPyConnection, likely: Reading, *, number: str) -> dict[str, Any]:
    """Quantiles and a histogram of what reads as numbers, days or moments."""
    if likely in (Reading.TEXT, Reading.TRUTH):
        return {}
    is_time = likely in (Reading.DATE, Reading.MOMENT)
    value = f"epoch({MOMENT})" if is_time else f"cast({number} as double)"
    con.execute(f"create or replace temp table spread as select e, cast(sum(n) as bigint) as n from (select {value} as e, n from v) where e is not null group by e")
    asked = ", ".join(f"min(e) filter (where c >= {q} * total)" for q in QUANTILES.values())
    row = con.execute(f"select {asked} from (select e, sum(n) over (order by e) as c, sum(n) over () as total from spread)").fetchone()
    if row is None or row[0] is None:
        return {}
    shown = [_shown(con, float(v), likely) for v in row]
    return {"quantiles": dict(zip(QUANTILES, shown, strict=True)), "histogram": _histogram(con, float(row[0]), float(row[-1]), likely)}


def _histogram(con: duckdb.DuckDBPyConnection, low: float, high: float, likely: Reading) -> tuple[Bin, ...]:
    """Equal spans between the first and the last hundredth, so that one odd value does not flatten all others."""
    if high <= low:
        return ()
    width = (high - low) / BINS
    rows = con.execute(f"select least(greatest(cast(floor((e - {low!r}) / {width!r}) as int), 0), {BINS - 1}) as b, sum(n) from spread group by b").fetchall()
    counts = {int(b): int(n) for b, n in rows}
    edges = [low + width * n for n in range(BINS + 1)]
    return tuple(Bin(_shown(con, a, likely), _shown(con, b, likely), counts.get(n, 0)) for n, (a, b) in enumerate(pairwise(edges)))


def _shown(con: duckdb.DuckDBPyConnection, value: float, likely: Reading) -> str:
    if likely is Reading.DATE:
        return str(con.execute("select cast(make_timestamp(cast(? * 1000000 as bigint)) as date)", [value]).fetchall()[0][0])
    if likely is Reading.MOMENT:
        return str(con.execute("select date_trunc('second', make_timestamp(cast(? * 1000000 as bigint)))", [value]).fetchall()[0][0])
    return f"{value:.6g}"
