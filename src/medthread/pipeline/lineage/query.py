"""What a query gives: SELECT, set operations, WITH, each read once from the inside out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from medthread.pipeline.lineage.expression import Reader, has_aggregate
from medthread.pipeline.lineage.flow import (
    CONSTANT,
    NOTHING,
    Column,
    Direct,
    Flow,
    Indirect,
    Influences,
    Relation,
    together,
    unknown,
)
from medthread.pipeline.lineage.pivot import pivoted
from medthread.pipeline.lineage.scope import Scope, struct_fields
from medthread.pipeline.lineage.source import Sources

ROUNDS = 100  # of a recursive query, before it is said that it cannot be told; each round adds a source, so this is never met in earnest


class Queries:
    """Reads queries over tables whose columns are known, and over such as are not."""

    def __init__(self, tables: Mapping[str, Relation]) -> None:
        self.reader = Reader(self.query)
        self.sources = Sources(tables, self.reader, self.query)

    def query(self, node: exp.Expression, outer: Scope) -> Relation:
        """The columns of a query, and what decides its rows."""
        scope = outer.inner()
        gaps = self._with(node, scope)
        if isinstance(node, exp.Select):
            found = self._select(node, scope)
        elif isinstance(node, exp.SetOperation):
            found = self._ordered(self._set(node, scope), node, scope)
        elif isinstance(node, exp.Subquery):
            found = self._ordered(self.sources.relation(node, scope) if isinstance(node.this, exp.Table) else self.query(node.this, scope), node, scope)
        elif isinstance(node, exp.Pivot):
            found = pivoted(self.sources.relation(node.this, scope), node, self.reader, scope)
        elif isinstance(node, exp.Values | exp.Table):
            found = self.sources.relation(node, scope)
        else:
            why = f"a {node.key}, which is not read"
            found = Relation(rest=lambda _: unknown(why), gaps=(why,))
        return replace(found, gaps=(*gaps, *found.gaps))

    def _with(self, node: exp.Expression, scope: Scope) -> tuple[str, ...]:
        clause = node.args.get("with_")
        gaps: tuple[str, ...] = ()
        for cte in clause.expressions if clause else ():
            names = [c.name for c in cte.args["alias"].args.get("columns") or []]
            known = dict(scope.ctes)
            if clause.recursive and isinstance(cte.this, exp.SetOperation) and any(t.name.lower() == cte.alias.lower() and not t.db for t in cte.this.find_all(exp.Table)):
                relation = self._recursive(cte, names, scope)
            else:
                relation = self.query(cte.this, scope).called(names)
            gaps += relation.gaps
            scope.ctes = known | {cte.alias.lower(): replace(relation, gaps=())}
        return gaps

    def _recursive(self, cte: exp.CTE, names: list[str], scope: Scope) -> Relation:
        """As often over itself as something new flows in."""
        known = dict(scope.ctes)
        relation = self.query(cte.this.this, scope).called(names)
        for _ in range(ROUNDS):
            scope.ctes = known | {cte.alias.lower(): relation}
            again = self.query(cte.this, scope).called([c.name for c in relation.columns])
            if again == relation:
                return again
            relation = again
        return replace(relation, gaps=(*relation.gaps, f"WITH RECURSIVE {cte.alias} does not come to an end"))

    def _set(self, node: exp.SetOperation, scope: Scope) -> Relation:
        left, right = self.query(node.this, scope), self.query(node.expression, scope)
        gaps = (*left.gaps, *right.gaps)
        if left.rest or right.rest or any(c.name == "*" for c in (*left.columns, *right.columns)):
            return Relation((Column("*", unknown(f"{node.key} of columns that are not known")),), left.rows | right.rows, None, gaps)
        if not isinstance(node, exp.Union):  # EXCEPT, INTERSECT: the right side only decides
            decides = left.everything().deciding(Indirect.FILTER) | right.everything().deciding(Indirect.FILTER)
            return Relation(left.columns, left.rows | right.rows | decides, None, gaps)
        if node.args.get("by_name"):
            names = list({c.name.lower(): c.name for c in (*left.columns, *right.columns)}.values())
            columns = [Column(n, together([s.flow(n) or CONSTANT for s in (left, right)])) for n in names]
        elif len(left.columns) != len(right.columns):
            return Relation((Column("*", unknown("the sides of a UNION are of different width")),), left.rows | right.rows, None, gaps)
        else:
            columns = [Column(a.name, together([a.flow, b.flow]), a.kind if a.kind == b.kind else "") for a, b in zip(left.columns, right.columns, strict=True)]
        rows = left.rows | right.rows
        if node.args.get("distinct"):
            rows |= together([c.flow for c in columns]).deciding(Indirect.GROUP_BY)
        return Relation(tuple(columns), rows, None, gaps)

    def _ordered(self, found: Relation, node: exp.Expression, scope: Scope) -> Relation:
        """ORDER BY after a set operation or a bracket: by columns of what came out."""
        inner = scope.inner()
        inner.add("", found)
        rows, gaps = self._sorting(node, inner, found.columns)
        return replace(found, rows=found.rows | rows, gaps=(*found.gaps, *gaps)) if rows or gaps else found

    def _select(self, node: exp.Select, scope: Scope) -> Relation:
        rows: Influences = NOTHING
        gaps: tuple[str, ...] = ()
        given = node.args.get("from_")
        for part in self.sources.add(given.this, scope) if given else ():
            rows, gaps = rows | part.rows, gaps + part.gaps
        for join in node.args.get("joins") or []:
            met, more = self.sources.join(join, scope)
            rows, gaps = rows | met, gaps + more
        for lateral in node.args.get("laterals") or []:
            for part in self.sources.add(lateral, scope):
                rows, gaps = rows | part.rows, gaps + part.gaps
        rows |= scope.rows
        scope.windows = {w.name.lower(): w for w in node.args.get("windows") or []}
        columns: list[tuple[Column, exp.Expression]] = []
        for item in node.expressions:
            for column in self._items(item, scope):
                columns.append((column, item))
                if isinstance(item, exp.Alias):
                    scope.aliases.setdefault(column.name.lower(), column.flow)
        for found, more in self._deciding(node, scope, columns):
            rows, gaps = rows | found, gaps + more
        return Relation(tuple(c for c, _ in columns), rows, _rest(node, scope), gaps)

    def _deciding(self, node: exp.Select, scope: Scope, columns: list[tuple[Column, exp.Expression]]) -> Iterator[tuple[Influences, tuple[str, ...]]]:
        """Everything of a SELECT that decides its rows."""
        deciding = self.reader.deciding
        for word in ("where", "having", "qualify"):
            if (clause := node.args.get(word)) is not None:
                yield deciding([clause.this], scope, Indirect.FILTER)
        for item in node.expressions:  # as many rows as elements
            for many in item.find_all(exp.Explode, exp.Unnest):
                if many.find_ancestor(exp.Query) is node:
                    yield deciding(list(many.iter_expressions()), scope, Indirect.JOIN)
        if (group := node.args.get("group")) is not None:
            yield self._grouping(group, scope, columns)
        if (distinct := node.args.get("distinct")) is not None:
            on = distinct.args.get("on")
            everything = together([c.flow for c, _ in columns])
            yield deciding(on.expressions if isinstance(on, exp.Tuple) else [on], scope, Indirect.GROUP_BY) if on else (everything.deciding(Indirect.GROUP_BY), ())
        yield self._sorting(node, scope, tuple(c for c, _ in columns))

    def _grouping(self, group: exp.Group, scope: Scope, columns: list[tuple[Column, exp.Expression]]) -> tuple[Influences, tuple[str, ...]]:
        if group.args.get("all"):
            return together([c.flow for c, item in columns if not has_aggregate(item)]).deciding(Indirect.GROUP_BY), ()
        flows = [self._placed(e, scope, tuple(c for c, _ in columns)) for e in group.iter_expressions()]
        flow = together(flows)
        return flow.deciding(Indirect.GROUP_BY), (f"GROUP_BY: {flow.gap}",) if flow.gap else ()

    def _placed(self, node: exp.Expression, scope: Scope, columns: tuple[Column, ...]) -> Flow:
        """An expression, or the column whose number it is."""
        if isinstance(node, exp.Literal) and not node.is_string and 0 < int(node.name) <= len(columns):
            return columns[int(node.name) - 1].flow
        return self.reader.flow(node, scope)

    def _sorting(self, node: exp.Expression, scope: Scope, columns: tuple[Column, ...]) -> tuple[Influences, tuple[str, ...]]:
        """ORDER BY: what the select list calls so goes before what is read; LIMIT by what it is counted from."""
        flows = []
        order = node.args.get("order")
        for one in order.expressions if order else ():
            by = one.this if isinstance(one, exp.Ordered) else one
            named = next((c for c in columns if isinstance(by, exp.Column) and not by.table and c.name.lower() == by.name.lower()), None)
            if isinstance(by, exp.Var):
                flows += [c.flow for c in columns]
            else:
                flows.append(named.flow if named else self._placed(by, scope, columns))
        for word in ("limit", "offset"):
            if (clause := node.args.get(word)) is not None:
                flows.append(Flow(influences=self.reader.flow(clause.expression, scope).deciding(Indirect.FILTER)) if clause.expression else CONSTANT)
        flow = together(flows)
        return flow.deciding(Indirect.SORT), (f"SORT: {flow.gap}",) if flow.gap else ()

    def _items(self, item: exp.Expression, scope: Scope) -> Iterator[Column]:
        """The columns of one entry of the select list."""
        bare = item.this if isinstance(item, exp.Alias) else item
        if isinstance(bare, exp.Star):
            yield from self._star(bare, list(scope.star()), scope)
        elif isinstance(bare, exp.Column) and isinstance(bare.this, exp.Star):
            yield from self._star(bare.this, list(self._of(bare, scope)), scope)
        elif (many := item.find(exp.Columns)) is not None and many.find_ancestor(exp.Query) is item.find_ancestor(exp.Query):
            yield from self._each(item, many, scope)
        elif isinstance(bare, exp.Explode | exp.Unnest) and (fields := self._struct(bare.this if isinstance(bare, exp.Explode) else bare.expressions[0], scope)):
            yield from fields
        else:
            kind = scope.type_of([p.name for p in bare.parts]) if isinstance(bare, exp.Column) else ""
            yield Column(item.alias_or_name if isinstance(item, exp.Alias | exp.Column) else "", self.reader.flow(bare, scope), kind)

    def _struct(self, node: exp.Expression, scope: Scope) -> list[Column]:
        """The fields of a column that is a struct."""
        if not isinstance(node, exp.Column):
            return []
        parts = [p.name for p in node.parts]
        flow = scope.column(parts).at_least(Direct.TRANSFORMATION)
        return [Column(name, flow, kind) for name, kind in struct_fields(scope.type_of(parts) or "int")]

    def _of(self, node: exp.Column, scope: Scope) -> list[Column]:
        """`x.*`: of a relation, or of a struct."""
        name = node.table
        if name.lower() in scope.relations:
            return list(scope.star(name))
        inner = exp.column(*[p.copy() for p in reversed(node.parts[:-1])])
        return self._struct(inner, scope) or [Column("*", unknown(f"the fields of {name} are not known"))]

    def _star(self, star: exp.Star, columns: list[Column], scope: Scope) -> Iterator[Column]:
        left = {e.name.lower() for e in star.args.get("except_") or []}
        replaced = {e.alias.lower(): e.this for e in star.args.get("replace") or []}
        renamed = {e.this.name.lower(): e.alias for e in star.args.get("rename") or []}
        for column in columns:
            low = column.name.lower()
            if low in left:
                continue
            flow = self.reader.flow(replaced[low], scope) if low in replaced else column.flow
            yield Column(renamed.get(low, column.name), flow, "" if low in replaced else column.kind)

    def _each(self, item: exp.Expression, many: exp.Columns, scope: Scope) -> Iterator[Column]:
        """An expression over COLUMNS(…), once for each column that is meant."""
        matched = self._matched(many, scope)
        if matched is None:
            yield Column("*", unknown("COLUMNS of something other than a pattern, a list or a star"))
            return
        for number, column in enumerate(matched):
            place = f"\0{number}"
            scope.merged[place] = column.flow
            one = item.copy()
            for node in list(one.find_all(exp.Columns)):
                node.replace(exp.column(place)) if node is not one else None
            bare = exp.column(place) if isinstance(item, exp.Columns) else one.this if isinstance(one, exp.Alias) else one
            named = column.name if isinstance(item, exp.Columns) else ""
            yield Column(named, column.flow if isinstance(item, exp.Columns) else self.reader.flow(bare, scope))

    def _matched(self, many: exp.Columns, scope: Scope) -> list[Column] | None:
        asked, columns = many.this, list(scope.star())
        if any(c.name == "*" for c in columns):
            return [c for c in columns if c.name == "*"]
        if isinstance(asked, exp.Star):
            return list(self._star(asked, columns, scope))
        if isinstance(asked, exp.Literal):
            try:
                pattern = re.compile(asked.name)
            except re.error:
                return None
            return [c for c in columns if pattern.search(c.name)]
        if isinstance(asked, exp.Array):
            names = [e.name.lower() for e in asked.expressions]
            return [c for n in names for c in columns if c.name.lower() == n]
        return None


def _rest(node: exp.Select, scope: Scope) -> Callable[[str], Flow] | None:
    """What a name may be that only a star over unknown columns lets through."""
    if not any(isinstance(i, exp.Star) for i in node.expressions):
        return None
    open_ = [r for r in scope.relations.values() if r.rest is not None]
    if len(open_) > 1:
        return lambda name: unknown(f"{name} may be of more than one of what is read")
    return open_[0].rest if open_ else None
