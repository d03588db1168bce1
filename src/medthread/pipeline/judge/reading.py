"""SQL that people write into rules, read before it is run: it only reads, and only what it may.

Nothing but a SELECT over tables of the lake passes; functions that read files or settings do not, nor does a table
function. What passes is the statement as sqlglot writes it, so that no trick of comments or quoting is run.
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.model.errors import DeclarationError
from medthread.pipeline.build.model import LAYERS

FORBIDDEN = ("read_", "scan", "glob", "getenv", "current_setting", "duckdb_", "pragma_", "sniff_", "which_secret", "query", "query_table", "set_config", "nextval")


def read_select(text: str, *, place: str) -> exp.Query:
    """One SELECT. Raises `DeclarationError` that begins with `place` otherwise."""
    parsed = _parsed(text, place=place)
    if not isinstance(parsed, exp.Query):
        raise DeclarationError(f"{place}: it is not one SELECT", hint="a rule only reads: select … from golden.lot where …")
    own = {cte.alias_or_name for cte in parsed.find_all(exp.CTE)}
    for table in parsed.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not table.db and table.name in own:
            continue
        if not isinstance(table.this, exp.Identifier) or table.catalog or table.db not in LAYERS:
            raise DeclarationError(f"{place}: it reads {table.sql(dialect='duckdb')}", hint=f"rules read tables of {', '.join(LAYERS)}: golden.lot")
    _refuse_strange(parsed, place=place)
    return parsed


def read_condition(text: str, *, place: str) -> exp.Expression:
    """A condition of one row: no table, no sum, no window."""
    parsed = _parsed(f"select {text}", place=place)
    if not isinstance(parsed, exp.Select) or len(parsed.expressions) != 1 or {k for k, v in parsed.args.items() if v} - {"expressions", "kind"}:
        raise DeclarationError(f"{place}: it is not one condition", hint="an SQL condition of one row: net <= gross")
    condition: exp.Expression = parsed.expressions[0]
    if any(condition.find_all(exp.Query, exp.AggFunc, exp.Window, exp.Table, exp.Alias, exp.Star)):
        raise DeclarationError(f"{place}: it looks beyond its row", hint="write `rows:` with a SELECT for that, at: release")
    _refuse_strange(parsed, place=place)
    return condition


def tables_of(query: exp.Query) -> tuple[str, ...]:
    """The tables of the lake that it reads."""
    return tuple(sorted({f"{t.db}.{t.name}" for t in query.find_all(exp.Table) if t.db}))


def _parsed(text: str, *, place: str) -> exp.Expression:
    try:
        statements = [s for s in sqlglot.parse(text, read="duckdb") if s is not None]
    except (SqlglotError, RecursionError) as error:
        raise DeclarationError(f"{place}: {str(error)[:300]}", hint="write it in DuckDB's SQL") from error
    if len(statements) != 1:
        raise DeclarationError(f"{place}: it is not one statement", hint="one statement, without `;` in it")
    return statements[0]


def _refuse_strange(parsed: exp.Expression, *, place: str) -> None:
    for called in parsed.find_all(exp.Func):
        name = (called.name if isinstance(called, exp.Anonymous) else called.sql_name()).lower()
        if name.startswith(FORBIDDEN):
            raise DeclarationError(f"{place}: it calls {name}", hint="a rule reads tables of the lake, no files and no settings")
    if any(parsed.find_all(exp.Parameter, exp.Placeholder, exp.Into, exp.Command)):
        raise DeclarationError(f"{place}: it has places to be filled in", hint="write the values themselves")
