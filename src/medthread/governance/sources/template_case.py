"""A template's case: its query over a few rows of the system's own tables, its mapping over what the query gives, and what has to come out.

The query is written in its database's dialect and tried in the embedded engine: joins, conditions and mapping are shown
right, the database's own functions as far as they are the same there. That a company's system has these tables and columns
only its probe can tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.governance.sources.templates import source_of
from medthread.model import Registry
from medthread.model.errors import DeclarationError
from medthread.model.template import Row, SourceTemplate, TemplateTable
from medthread.pipeline.standardise.preview import preview
from medthread.stores.engines import job, quote


@dataclass(frozen=True)
class CaseTried:
    """How a table's case went: columns that the query gives and nobody maps, those that are mapped and not given, rows that did not come out, rules that held some."""

    unmapped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether exactly what was expected came out."""
        return not (self.unmapped or self.missing or self.lacking or self.extra or self.held)


def try_case(template: SourceTemplate, name: str, registry: Registry) -> CaseTried:
    """Try one table's case. Raises `DeclarationError` for a query that cannot be read, and one over tables that the case gives no rows of."""
    table = template.tables[name]
    if table.query is None or table.case is None:
        return CaseTried()
    query = _parsed(template, name, table)
    source = source_of(template, registry, tables=(name,))
    given, mapped = [s.alias_or_name for s in query.selects], source.tables[name].mapped
    if set(given) != mapped:
        return CaseTried(unmapped=tuple(sorted(set(given) - mapped)), missing=tuple(sorted(mapped - set(given))))
    asked = {t.name for t in query.find_all(exp.Table)} - {c.alias for c in query.find_all(exp.CTE)}
    if lost := sorted(asked - set(table.case.given)):
        raise DeclarationError(f"{template.name}.{name}: the case gives no rows of {lost[0]}", hint="give at least one row of every table that the query reads")
    told = preview(source, name, _answer(query, table.case.given), registry, references=False)
    return _compared(table.case.expect, told.rows, tuple(f"{n}: {', '.join(rules)}" for n, rules in told.held.items()))


def _parsed(template: SourceTemplate, name: str, table: TemplateTable) -> exp.Query:
    try:
        found = sqlglot.parse_one(table.query or "", read=template.dialect)
    except SqlglotError as error:
        raise DeclarationError(f"{template.name}.{name}: {str(error)[:300]}", hint=f"write one SELECT in {template.dialect}") from error
    if not isinstance(found, exp.Query):
        raise DeclarationError(f"{template.name}.{name} does not only read", hint="write one SELECT")
    return found


def _answer(query: exp.Query, given: Mapping[str, Sequence[Row]]) -> pa.Table:
    """What the query gives over the rows, as text."""
    with job() as con:
        for name, rows in given.items():
            con.register(name, pa.Table.from_pylist([{str(k): v for k, v in row.items()} for row in rows]))
        listed = ", ".join(f"cast({quote(s.alias_or_name)} as varchar) as {quote(s.alias_or_name)}" for s in query.selects)
        found: pa.Table = con.sql(f"select {listed} from ({query.sql(dialect='duckdb')}) as answer").to_arrow_table()
        return found


def _compared(expect: Mapping[str, Sequence[Row]], rows: Mapping[str, Sequence[Mapping[str, Any]]], held: tuple[str, ...]) -> CaseTried:
    lacking, extra = [], []
    for entity in sorted({*expect, *rows}):
        wanted = list(expect.get(entity, ()))
        fields = sorted({n for row in wanted for n in row})
        come = [{n: _text(row.get(n)) for n in fields} for row in rows.get(entity, ())]
        told = [{n: _text(row.get(n)) for n in fields} for row in wanted]
        lacking += [f"{entity} {row}" for row in told if row not in come]
        extra += [f"{entity} {row}" for row in come if row not in told]
        if not lacking and not extra and len(come) != len(told):
            extra.append(f"{entity}: {len(come)} rows where {len(told)} are expected")
    return CaseTried(lacking=tuple(lacking), extra=tuple(extra), held=held)


def _text(value: object) -> str | None:
    """A value as it is compared: 12, 12.0 and 12.000000 are one."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    try:
        return format(float(text), "g") if not text.startswith("0") or text.strip("0") in ("", ".") or "." in text[:2] else text
    except ValueError:
        return text.removesuffix(" 00:00:00")
