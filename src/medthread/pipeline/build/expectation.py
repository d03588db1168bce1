"""What must be true of a model's rows: a condition in SQL.

A condition is asked of every row; one that aggregates is asked of the whole table. As in a CHECK of the SQL standard, a
row fails where the condition is false, and not where it is unknown: that a value must be there is a condition of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.model.errors import DeclarationError
from medthread.stores.engines import quote

SAMPLE = 5  # rows that are named of those that fail


@dataclass(frozen=True)
class Expectation:
    """A condition, whether it holds back a release, and the tables that it looks into."""

    condition: str
    blocks: bool
    whole: bool = field(compare=False)
    reads: tuple[str, ...] = field(compare=False)


@dataclass(frozen=True)
class Finding:
    """How an expectation went: rows that fail (1 for the whole table), and which, by the grain."""

    condition: str
    blocks: bool
    failed: int
    rows: tuple[str, ...] = ()


def expectation(condition: str, *, blocks: bool, file: str) -> Expectation:
    """The expectation that a line of a head declares."""
    try:
        parsed = sqlglot.parse_one(f"select {condition}", read="duckdb")
    except SqlglotError as error:
        raise DeclarationError(f"{file}: {condition!r} is no condition: {error}", hint="a condition in DuckDB's SQL: quantity >= 0") from error
    if not isinstance(parsed, exp.Select) or len(parsed.expressions) != 1 or parsed.args.get("from_") or parsed.args.get("from"):
        raise DeclarationError(f"{file}: {condition!r} is not one condition", hint="one condition a line: quantity >= 0")
    reads = sorted({f"{t.db}.{t.name}" for t in parsed.find_all(exp.Table) if t.db})
    return Expectation(condition, blocks, _aggregates(parsed.expressions[0]), tuple(reads))


def _aggregates(condition: exp.Expression) -> bool:
    """Whether it sums up the table itself; what a subquery or a window sums up is its own affair."""
    return any(
        not isinstance(found.parent, exp.Window) and found.find_ancestor(exp.Subquery, exp.Select) in (None, condition.parent)
        for found in condition.find_all(exp.AggFunc)
    )


def counting(expectations: Sequence[Expectation], relation: str) -> str:
    """SELECT in one scan, in their order, how many rows fail each expectation; of one about the whole table 1 or 0."""
    asked, counts = ["*"], []
    for number, asks in enumerate(expectations):
        if asks.whole:
            counts.append(f"cast(not coalesce({asks.condition}, true) as bigint)")
            continue
        name = quote(f"_{number}")
        asked.append(f"({asks.condition}) as {name}")
        counts.append(f"count(*) filter (where not {name})")
    return f"select {', '.join(counts)} from (select {', '.join(asked)} from {relation}) as asked"


def failing(asks: Expectation, relation: str, grain: Sequence[str]) -> str:
    """SELECT the names, by the grain, of some rows that fail; of a whole table those that stand in it twice."""
    if not grain:
        return "select null as row where false"
    key = f"concat_ws(' | ', {', '.join(map(quote, grain))}) as row"
    if asks.whole:
        return f"select {key} from {relation} group by {', '.join(map(quote, grain))} having count(*) > 1 order by 1 limit {SAMPLE}"
    return f"select {key} from (select *, ({asks.condition}) as _met from {relation}) as asked where not _met order by 1 limit {SAMPLE}"
