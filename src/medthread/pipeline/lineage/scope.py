"""Which column a name means where it stands, by DuckDB's rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.pipeline.lineage.flow import Column, Direct, Flow, Influences, Relation, unknown

NESTED = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")


@dataclass
class Scope:
    """What one SELECT sees: the relations of its FROM, what its own select list called something, and what is around it."""

    outer: "Scope | None" = None
    relations: dict[str, Relation] = field(default_factory=dict)
    schemas: dict[str, str] = field(default_factory=dict)  # of the relation by that name, where it is a table of one
    merged: dict[str, Flow] = field(default_factory=dict)  # columns that USING or NATURAL made one
    hidden: set[tuple[str, str]] = field(default_factory=set)  # (relation, column) that a star leaves out for that
    aliases: dict[str, Flow] = field(default_factory=dict)
    windows: dict[str, exp.Window] = field(default_factory=dict)
    params: frozenset[str] = frozenset()  # of a lambda
    ctes: Mapping[str, Relation] = field(default_factory=dict)

    def inner(self, **more: Any) -> "Scope":
        """A scope within this one."""
        return Scope(outer=self, ctes=self.ctes, **more)

    def add(self, name: str, relation: Relation, schema: str = "") -> None:
        """One more relation of FROM; one without a name is known by its place."""
        key = name.lower() or f"#{len(self.relations)}"
        while key in self.relations:
            key += "'"
        self.relations[key] = relation
        self.schemas[key] = schema.lower()

    def column(self, parts: list[str]) -> Flow:
        """What a name of one or more parts means."""
        found = self._found(parts)
        return found if found is not None else unknown(f"no column {'.'.join(parts)} in what is read")

    def _found(self, parts: list[str]) -> Flow | None:
        found = self._qualified(parts) if len(parts) > 1 else None
        if found is None:
            found = self._plain(parts[0]) if len(parts) == 1 else self._field(parts)
        if found is None and self.outer is not None:
            return self.outer._found(parts)  # noqa: SLF001 - its own kind
        return found

    def _field(self, parts: list[str]) -> Flow | None:
        """A field of a struct. A column of a plain type has none: then the name is that of a table farther out."""
        found = self._plain(parts[0])
        kind = self.type_of(parts[:1])
        if found is None or (kind and not kind.upper().startswith(NESTED)):
            return None
        if not kind and self.outer is not None and self.outer._qualified(parts) is not None:  # noqa: SLF001 - its own kind
            return unknown(f"{'.'.join(parts)} may be a field or a column farther out")
        return found.at_least(Direct.TRANSFORMATION)

    def _qualified(self, parts: list[str]) -> Flow | None:
        low = [p.lower() for p in parts]
        for at, known in ((0, low[0] in self.relations), (1, len(low) > 2 and low[1] in self.relations and self.schemas[low[1]] == low[0])):  # noqa: PLR2004
            if known:
                flow = self.relations[low[at]].flow(parts[at + 1])
                if flow is not None:
                    return flow.at_least(Direct.TRANSFORMATION) if len(parts) > at + 2 else flow
        return None

    def _plain(self, name: str) -> Flow | None:  # noqa: PLR0911 - DuckDB's order of looking
        low = name.lower()
        if low in self.params:
            return Flow()
        if low in self.merged:
            return self.merged[low]
        having = [r.column(name) for r in self.relations.values() if r.column(name)]
        open_ = [r for r in self.relations.values() if r.rest is not None]
        if len(having) + len(open_) > 1 or (open_ and low in self.aliases):
            return unknown(f"{name} may be of more than one of what is read")
        if having and having[0]:
            return having[0].flow
        if open_:
            return open_[0].flow(name)
        if low in self.aliases:
            return self.aliases[low]
        if low in self.relations:  # the row as a whole
            return self.relations[low].everything().at_least(Direct.TRANSFORMATION)
        return None

    def type_of(self, parts: list[str]) -> str:
        """The type of a column that is there by that name."""
        low = [p.lower() for p in parts]
        if len(low) > 1 and low[0] in self.relations:
            column = self.relations[low[0]].column(parts[1])
        else:
            column = next((c for r in self.relations.values() if (c := r.column(parts[0]))), None)
        return column.kind if column else ""

    def star(self, of: str = "") -> Iterator[Column]:
        """The columns of `*`, or of `of.*`; where not all are known, one called `*` that says so."""
        for name, relation in self.relations.items():
            if of and name != of.lower():
                continue
            for column in relation.columns:
                low = column.name.lower()
                if (not of and (name, low) in self.hidden) or (low == "*" and relation.rest is not None):
                    continue
                yield Column(column.name, self.merged.get(low, column.flow) if not of else column.flow, column.kind)
            if relation.rest is not None:
                yield Column("*", unknown(f"not all columns of {name} are known"))

    @property
    def rows(self) -> Influences:
        """What decides which rows the relations have."""
        return frozenset().union(*(r.rows for r in self.relations.values()))


def struct_fields(kind: str) -> list[tuple[str, str]]:
    """Names and types of the fields of a struct type; none where it is no struct."""
    try:
        parsed = exp.DataType.build(kind, dialect="duckdb")
    except (SqlglotError, ValueError):
        return []
    if not parsed.is_type(exp.DataType.Type.STRUCT):
        return []
    return [(d.name, d.args["kind"].sql(dialect="duckdb")) for d in parsed.expressions if isinstance(d, exp.ColumnDef)]
