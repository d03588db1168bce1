"""What stands in FROM, each as a relation: tables, subqueries, VALUES, UNNEST, LATERAL, table functions; and how they are joined."""

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from medthread.pipeline.lineage.expression import Query, Reader
from medthread.pipeline.lineage.flow import (
    CONSTANT,
    NOTHING,
    Column,
    Direct,
    Flow,
    Indirect,
    Influences,
    Relation,
    leaf,
    together,
    unknown,
)
from medthread.pipeline.lineage.pivot import pivoted
from medthread.pipeline.lineage.scope import Scope

SERIES = ("generate_series", "range", "unnest")


class Sources:
    """Reads what stands in FROM; `tables` are those whose columns are known."""

    def __init__(self, tables: Mapping[str, Relation], reader: Reader, query: Query) -> None:
        self._tables, self._reader, self._query = tables, reader, query

    def add(self, node: exp.Expression, scope: Scope) -> list[Relation]:
        """Put one item of FROM, and what is joined to it in its own brackets, into a scope."""
        relation = self.relation(node, scope)
        schema = node.db if isinstance(node, exp.Table) else ""
        scope.add(node.alias_or_name, relation, schema)
        return [relation, *(Relation(rows=r, gaps=g) for r, g in (self.join(j, scope) for j in node.args.get("joins") or []))]

    def relation(self, node: exp.Expression, scope: Scope) -> Relation:
        """One item of FROM, under the names that its alias gives, pivoted if it is."""
        alias = node.args.get("alias")
        names = [c.name for c in alias.args.get("columns") or []] if isinstance(alias, exp.TableAlias) else []
        relation = self._bare(node, scope, names)
        for pivot in node.args.get("pivots") or []:
            relation = pivoted(relation, pivot, self._reader, scope)
        return relation if isinstance(node, exp.Unnest) else relation.called(names)

    def join(self, node: exp.Join, scope: Scope) -> tuple[Influences, tuple[str, ...]]:
        """Join one more item to what is there: what decides which rows meet, and what of it cannot be told."""
        before = dict(scope.relations)
        relation, *within = self.add(node.this, scope)
        names = [k for k in scope.relations if k not in before]
        rows, gaps = self._meeting(node, scope, before, names[0])
        for one in within:
            rows, gaps = rows | one.rows, gaps + one.gaps
        if node.kind.upper() in ("SEMI", "ANTI"):
            rows |= relation.rows
            for name in names:
                del scope.relations[name]
        return rows, gaps + relation.gaps

    def _meeting(self, node: exp.Join, scope: Scope, before: Mapping[str, Relation], name: str) -> tuple[Influences, tuple[str, ...]]:
        right = scope.relations[name]
        using = [u.name for u in node.args.get("using") or []]
        if node.method.upper() == "NATURAL":
            if right.rest or any(r.rest for r in before.values()):
                return NOTHING, ("NATURAL JOIN with a table whose columns are not known",)
            using = [c.name for c in right.columns if any(r.column(c.name) for r in before.values())]
        if using:
            return self._merged(using, node.side.upper(), scope, before, name)
        on = node.args.get("on")
        return self._reader.deciding([on], scope, Indirect.JOIN) if on is not None else (NOTHING, ())

    def _merged(self, using: list[str], side: str, scope: Scope, before: Mapping[str, Relation], name: str) -> tuple[Influences, tuple[str, ...]]:
        """Columns of both sides made one: the left one's value, of a RIGHT join the right one's, of a FULL join whichever is there."""
        rows: Influences = NOTHING
        gaps: tuple[str, ...] = ()
        right = scope.relations[name]
        for column in using:
            low = column.lower()
            mine = [r.flow(column) for r in before.values() if r.flow(column) is not None and (r.rest is None or len(before) == 1)]
            left = scope.merged.get(low) or (mine[0] if mine else None)
            theirs = right.flow(column)
            if left is None or theirs is None:
                gaps += (f"JOIN: nobody can say whose {column} is meant",)
                continue
            rows |= left.deciding(Indirect.JOIN) | theirs.deciding(Indirect.JOIN)
            both = together([left, theirs]).at_least(Direct.TRANSFORMATION)
            scope.merged[low] = theirs if side == "RIGHT" else both if side == "FULL" else left
            scope.hidden.add((name, low))
        return rows, gaps

    def _bare(self, node: exp.Expression, scope: Scope, names: list[str]) -> Relation:  # noqa: PLR0911 - one line for each kind
        if isinstance(node, exp.Table):
            return self._table(node, scope, names)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            inner = scope.inner()
            parts = self.add(node.this, inner)
            return Relation(tuple(inner.star()), inner.rows.union(*(p.rows for p in parts)), None, tuple(g for p in parts for g in p.gaps))
        if isinstance(node, exp.Unnest):
            return self._unnest(node.expressions, scope, names or [node.alias or "unnest"], offset=node.args.get("offset"))
        if isinstance(node, exp.Values):
            return self._values(node, scope)
        if isinstance(node, exp.Lateral):
            return self._bare(node.this, scope, names)
        if isinstance(node, exp.Subquery | exp.Query | exp.Pivot):
            return self._query(node, scope)
        if isinstance(node, exp.Func):
            return self._function(node, scope, names)
        return Relation(rest=lambda _: unknown(f"a {node.key} in FROM, which is not read"), gaps=(f"a {node.key} in FROM, which is not read",))

    def _table(self, node: exp.Table, scope: Scope, names: list[str]) -> Relation:
        if isinstance(node.this, exp.Func):
            return self._function(node.this, scope, names)
        full = f"{node.db}.{node.name}" if node.db else node.name
        if not node.db and (cte := scope.ctes.get(node.name.lower())) is not None:
            return cte
        return self._tables.get(full.lower()) or Relation(rest=lambda column: leaf(full, column))

    def _function(self, node: exp.Func, scope: Scope, names: list[str]) -> Relation:
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        if name in SERIES or isinstance(node, exp.GenerateSeries | exp.Explode):
            parts = [node.this] if isinstance(node, exp.Explode) else list(node.iter_expressions())
            return self._unnest(parts, scope, names or [name], offset=None, together_=not isinstance(node, exp.Explode))
        why = f"the columns of {name}() are not known"
        return Relation(rest=lambda _: unknown(why))

    def _unnest(self, parts: list[exp.Expression], scope: Scope, names: list[str], *, offset: object, together_: bool = False) -> Relation:
        """A row for each element: how many elements there are decides how often the other rows come."""
        flows = [self._reader.flow(p, scope) for p in parts]
        flows = [together(flows)] if together_ else flows
        rows = NOTHING.union(*(f.deciding(Indirect.JOIN) for f in flows))
        columns = [Column(names[i] if i < len(names) else "unnest", f.at_least(Direct.TRANSFORMATION)) for i, f in enumerate(flows)]
        if len(parts) == 1 and isinstance(parts[0], exp.Column) and (kind := scope.type_of([p.name for p in parts[0].parts])).endswith("[]"):
            columns = [replace(columns[0], kind=kind.removesuffix("[]"))]
        counted = [Column(names[len(flows)] if len(names) > len(flows) else "ordinality", Flow(word=CONSTANT.word))] if offset else []
        return Relation((*columns, *counted), rows)

    def _values(self, node: exp.Values, scope: Scope) -> Relation:
        rows = [list(t.expressions) if isinstance(t, exp.Tuple) else [t] for t in node.expressions]
        width = max((len(r) for r in rows), default=0)
        return Relation(tuple(Column(f"col{i}", together([self._reader.flow(r[i], scope) for r in rows if i < len(r)])) for i in range(width)))

