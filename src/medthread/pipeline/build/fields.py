"""Which fields of which tables a statement uses, read from the statement with what its tables hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from medthread.pipeline.lineage import read_query

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Use:
    """What a statement takes of one table: fields whose values go on, and those that only decide over rows and values, or are named in vain."""

    values: frozenset[str]
    deciding: frozenset[str]

    @property
    def fields(self) -> frozenset[str]:
        """All of them: each has to be there for the statement to run."""
        return self.values | self.deciding


def use_of(statement: exp.Query, tables: Mapping[str, Columns]) -> dict[str, Use | None]:
    """The fields that a statement takes from each table, values apart from what only decides; None where it cannot be told."""
    named, target = fields_used(statement, tables), read_query(statement, tables)
    knows = not target.gaps and not any(c.gap for c in target.columns)
    found: dict[str, Use | None] = {}
    for table, fields in named.items():
        values = frozenset(s.column for c in target.columns for s in c.values if s.table == table)
        deciding = frozenset(s.column for c in target.columns for s, _ in c.influences if s.table == table)
        found[table] = Use(values, (deciding | (fields or set())) - values) if knows or fields is not None else None
    return found


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
