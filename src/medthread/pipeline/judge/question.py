"""A rule asked of whole tables: one statement that counts, one that names some of the rows that break it."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from medthread.model import Registry
from medthread.model.errors import DeclarationError
from medthread.model.rule_file import OF_ROW, DriftOf, QualityRule, Reconcile
from medthread.pipeline.build.model import PREFIX, Model
from medthread.pipeline.judge.conditions import broken_sql, place_of
from medthread.pipeline.judge.reading import read_select, tables_of
from medthread.stores.engines import quote

SAMPLE = 5  # rows that are named of those that break a rule
LEARNS = 3  # figures before a drift is judged
LONGEST = 200  # signs of a row's name


@dataclass(frozen=True)
class Answer:
    """How it went: rows (or keys, or the table itself) looked at and broken, the figure of a drift, names of some broken rows."""

    checked: int
    broken: int
    measure: float | None = None
    sample: tuple[str, ...] = ()
    learns: bool = False


@dataclass(frozen=True)
class Known:
    """What rules are asked of: entities, the models' tables, and the columns of a table by which its rows are named."""

    registry: Registry
    models: Mapping[str, Model]

    def keys(self, relation: str) -> tuple[str, ...]:
        """Columns that name a row; none that holds personal data."""
        layer, _, name = relation.partition(".")
        if layer == PREFIX.rstrip("."):
            return self.models[relation].grain if relation in self.models else ()
        entity = self.registry.get(name)
        return tuple(k for k in entity.key() if not entity.fields[k].is_personal) if entity else ()


def reads(rule: QualityRule) -> tuple[str, ...]:
    """The tables that it looks into."""
    found = {rule.on.relation}
    if rule.check.rows is not None:
        found |= set(tables_of(read_select(rule.check.rows, place=place_of(rule, "rows"))))
    if rule.check.reference is not None:
        found.add(rule.check.reference.to)
    if rule.check.reconcile is not None:
        for side in ("left", "right"):
            found |= set(tables_of(read_select(getattr(rule.check.reconcile, side), place=place_of(rule, side))))
    return tuple(sorted(found))


def ask(con: duckdb.DuckDBPyConnection, rule: QualityRule, known: Known, history: Sequence[float]) -> Answer:
    """Ask one rule of the tables that the connection sees; `history` are its last figures, newest first."""
    if rule.check.kind in OF_ROW:
        return _of_rows(con, rule, known)
    return ASKS[rule.check.kind](con, rule, known, history)


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = con.execute(sql).fetchone()
    assert row is not None  # noqa: S101 - each counts, so there is a row
    return tuple(row)


def _names(con: duckdb.DuckDBPyConnection, keys: Sequence[str], where: str) -> tuple[str, ...]:
    """Some rows by their key, of `where`, which begins with FROM."""
    if not keys:
        return ()
    called = f"left(concat_ws(' | ', {', '.join(map(quote, keys))}), {LONGEST})"
    return tuple(str(r[0]) for r in con.execute(f"select distinct {called} as row {where} order by 1 limit {SAMPLE}").fetchall())


def _relation(name: str) -> str:
    return ".".join(map(quote, name.split(".")))


def _of_rows(con: duckdb.DuckDBPyConnection, rule: QualityRule, known: Known) -> Answer:
    table, broken = _relation(rule.on.relation), f"coalesce({broken_sql(rule, known.registry)}, false)"
    checked, count = _one(con, f"select count(*), count(*) filter (where {broken}) from {table}")
    sample = _names(con, known.keys(rule.on.relation), f"from {table} where {broken}") if count else ()
    return Answer(int(checked), int(count), sample=sample)


def _unique(con: duckdb.DuckDBPyConnection, rule: QualityRule, _known: Known, _history: Sequence[float]) -> Answer:
    fields = [quote(f) for f in rule.check.unique or ()]
    filled = " and ".join(f"{f} is not null" for f in fields)
    groups = f"(select {', '.join(fields)}, count(*) as n from {_relation(rule.on.relation)} where {filled} group by all)"
    checked, broken = _one(con, f"select coalesce(sum(n), 0), coalesce(sum(n - 1), 0) from {groups}")
    return Answer(int(checked), int(broken), sample=_names(con, rule.check.unique or (), f"from {groups} where n > 1") if broken else ())


def _reference(con: duckdb.DuckDBPyConnection, rule: QualityRule, known: Known, _history: Sequence[float]) -> Answer:
    target = rule.check.reference
    assert target is not None and rule.on.field is not None  # noqa: S101, PT018 - it is of this kind
    field, table = quote(rule.on.field), _relation(rule.on.relation)
    missing = f"{field} is not null and {field} not in (select {quote(target.field)} from {_relation(target.to)} where {quote(target.field)} is not null)"
    checked, broken = _one(con, f"select count({field}), count(*) filter (where {missing}) from {table}")
    return Answer(int(checked), int(broken), sample=_names(con, known.keys(rule.on.relation), f"from {table} where {missing}") if broken else ())


def _fresh(con: duckdb.DuckDBPyConnection, rule: QualityRule, _known: Known, _history: Sequence[float]) -> Answer:
    """Of a table without any value it is broken too: nothing has come."""
    newest = f"cast(max({quote(rule.on.field or '')}) as timestamp)"
    [age] = _one(con, f"select date_diff('second', {newest}, cast(now() as timestamp)) / 86400.0 from {_relation(rule.on.relation)}")
    return Answer(1, int(age is None or age > (rule.check.fresh_days or 0)), measure=None if age is None else float(age))


def _given(con: duckdb.DuckDBPyConnection, rule: QualityRule, _known: Known, _history: Sequence[float]) -> Answer:
    """The rows that a SELECT of its own gives; the table that it guards says of how many."""
    given = read_select(rule.check.rows or "", place=place_of(rule, "rows")).sql(dialect="duckdb")
    [broken] = _one(con, f"select count(*) from ({given}) as given")
    [checked] = _one(con, f"select count(*) from {_relation(rule.on.relation)}")
    first = con.execute(f"describe {given}").fetchall()[0][0]
    return Answer(max(int(checked), int(broken)), int(broken), sample=_names(con, [first], f"from ({given}) as given") if broken else ())


def _reconciled(con: duckdb.DuckDBPyConnection, rule: QualityRule, _known: Known, _history: Sequence[float]) -> Answer:
    """Key by key; a key that one side does not have is broken."""
    two = rule.check.reconcile
    assert two is not None  # noqa: S101 - it is of this kind
    sides = {side: read_select(getattr(two, side), place=place_of(rule, side)).sql(dialect="duckdb") for side in ("left", "right")}
    figures = _figures(con, rule, two, sides)
    keys = [quote(k) for k in two.by]
    same = " and ".join(f"l.{k} is not distinct from r.{k}" for k in keys)
    apart = " or ".join(["l._there is null", "r._there is null", *(_apart(quote(f), two) for f in figures)])
    named = ", ".join(f"coalesce(l.{k}, r.{k}) as {k}" for k in keys)
    joined = (
        f"(select {named}, ({apart}) as _apart from (select *, true as _there from ({sides['left']}) as a) as l"
        f" full join (select *, true as _there from ({sides['right']}) as b) as r on {same})"
    )
    checked, broken = _one(con, f"select count(*), count(*) filter (where _apart) from {joined} as both_sides")
    return Answer(int(checked), int(broken), sample=_names(con, two.by, f"from {joined} as both_sides where _apart") if broken else ())


def _figures(con: duckdb.DuckDBPyConnection, rule: QualityRule, two: Reconcile, sides: Mapping[str, str]) -> list[str]:
    """The columns beside the keys; both sides have the same, and no key stands twice on a side."""
    columns = {side: [str(r[0]) for r in con.execute(f"describe {sql}").fetchall()] for side, sql in sides.items()}
    if sorted(columns["left"]) != sorted(columns["right"]) or set(two.by) - set(columns["left"]):
        raise DeclarationError(f"{place_of(rule, 'reconcile')}: its two sides have different columns", hint="name them alike with `as`; those in `by` are among them", file=rule.origin)
    keys = ", ".join(map(quote, two.by))
    for side, sql in sides.items():
        [twice] = _one(con, f"select count(*) - count(distinct ({keys})) from ({sql}) as a")
        if twice:
            raise DeclarationError(f"{place_of(rule, side)}: a key stands in several of its rows", hint="group by what stands in `by`", file=rule.origin)
    return [c for c in columns["left"] if c not in two.by]


def _apart(figure: str, two: Reconcile) -> str:
    left, right = f"l.{figure}", f"r.{figure}"
    amount = f"abs({left} - {right}) > {two.within.amount!r}"
    share = f"abs({left} - {right}) > {two.within.share!r} * greatest(abs({left}), abs({right}))"
    return f"({left} is null) <> ({right} is null) or coalesce({amount} and {share}, false)"


def _drift(con: duckdb.DuckDBPyConnection, rule: QualityRule, _known: Known, history: Sequence[float]) -> Answer:
    drift = rule.check.drift
    assert drift is not None  # noqa: S101 - it is of this kind
    field = quote(rule.on.field or "")
    figure = {
        DriftOf.ROWS: "count(*)", DriftOf.NULLS: f"count(*) filter (where {field} is null) / nullif(count(*), 0)",
        DriftOf.DISTINCT: f"count(distinct {field})", DriftOf.MEAN: f"avg({field})",
    }[drift.of]
    [found] = _one(con, f"select cast({figure} as double) from {_relation(rule.on.relation)}")
    measure = None if found is None else float(found)
    before = list(history[: drift.runs])
    if len(before) < LEARNS:
        return Answer(0, 0, measure=measure, learns=True)
    middle = statistics.median(before)
    return Answer(1, int(measure is None or abs(measure - middle) > drift.band * abs(middle)), measure=measure)


ASKS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, QualityRule, Known, Sequence[float]], Answer]] = {
    "unique": _unique, "reference": _reference, "fresh_days": _fresh, "rows": _given, "reconcile": _reconciled, "drift": _drift,
}
