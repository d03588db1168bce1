"""Which fields of which tables a statement uses, read from the statement with what its tables hold."""

from collections.abc import Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

Columns = Sequence[tuple[str, str]]


def fields_used(statement: exp.Query, tables: Mapping[str, Columns]) -> dict[str, set[str] | None]:
    """The fields that a statement takes from each table, stars written out; None where that cannot be told.

    `tables` gives the columns of those that are known. A field counts wherever it stands: as a value, in a filter, in a join.
    """
    reads = {f"{t.db}.{t.name}" for t in statement.find_all(exp.Table) if t.db}
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table in reads & tables.keys():
        layer, _, name = table.partition(".")
        schema.setdefault(layer, {})[name] = dict(tables[table])
    try:
        qualified = qualify(statement.copy(), schema=schema, dialect="duckdb", validate_qualify_columns=False, quote_identifiers=False)
        scopes = traverse_scope(qualified)
    except SqlglotError:
        return dict.fromkeys(reads)
    used: dict[str, set[str] | None] = {table: set() if table in tables else None for table in reads}
    for scope in scopes:
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table) and (fields := used.get(f"{source.db}.{source.name}")) is not None:
                fields.add(column.name)
            elif source is None and not column.table:  # of which table, nobody says
                used = {t: None if len(scope.sources) else f for t, f in used.items()}
    return used
