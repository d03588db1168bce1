"""PIVOT and UNPIVOT, as parts of FROM and as statements of DuckDB's."""

from itertools import product

from sqlglot import exp

from medthread.pipeline.lineage.expression import Reader
from medthread.pipeline.lineage.flow import CONSTANT, COUNTED, Column, Indirect, Relation, together, unknown
from medthread.pipeline.lineage.scope import Scope


def pivoted(base: Relation, node: exp.Pivot, reader: Reader, outer: Scope) -> Relation:
    """A relation with rows made columns, or columns made rows."""
    scope = outer.inner()
    scope.add("", base)
    if node.args.get("alias") and node.alias:
        scope.add(node.alias, Relation())
    return _unpivot(base, node, scope) if node.args.get("unpivot") else _pivot(base, node, scope, reader)


def _pivot(base: Relation, node: exp.Pivot, scope: Scope, reader: Reader) -> Relation:
    is_statement = not node.args.get("fields")
    asked = list(node.expressions if is_statement else node.args["fields"])
    aggregates = list((node.args.get("using") or []) if is_statement else node.expressions)
    turned = [a.this if isinstance(a, exp.In) else a for a in asked]
    used = {c.name.lower() for e in (*aggregates, *turned) for c in e.find_all(exp.Column)}
    group = node.args.get("group")
    stay = _grouped(base, group) if group else [c for c in base.columns if c.name.lower() not in used]
    deciding, gaps = reader.deciding(turned, scope, Indirect.CONDITIONAL)
    values = [reader.flow(a, scope).beside(deciding) for a in aggregates] or [COUNTED.beside(deciding)]
    if base.rest is not None:
        gaps += ("PIVOT of a table whose columns are not known",)
    rows = base.rows.union(*(c.flow.deciding(Indirect.GROUP_BY) for c in stay))
    if all(isinstance(a, exp.In) and a.expressions for a in asked):
        told = [e.alias_or_name if isinstance(e, exp.Alias | exp.PivotAlias) else e.name for a in asked for e in a.expressions]
        lists = _split(told, [len(a.expressions) for a in asked])
        is_many = len(aggregates) > 1
        made = [
            Column("_".join((*names, *([a.alias or a.sql(dialect="duckdb")] if is_many or a.alias else []))) if aggregates else "_".join(names), flow)
            for names in product(*lists) for a, flow in zip(aggregates or [exp.Star()], values, strict=True)
        ]
        return Relation((*stay, *made), rows, None, (*base.gaps, *gaps))
    whole = together(values)
    return Relation(tuple(stay), rows, lambda _: whole, (*base.gaps, *gaps))


def _split(told: list[str], lengths: list[int]) -> list[list[str]]:
    found, at = [], 0
    for n in lengths:
        found.append(told[at : at + n])
        at += n
    return found


def _grouped(base: Relation, group: exp.Expression) -> list[Column]:
    return [base.column(e.name) or Column(e.name, base.flow(e.name) or unknown(f"no column {e.name}")) for e in group.expressions]


def _unpivot(base: Relation, node: exp.Pivot, scope: Scope) -> Relation:
    if fields := node.args.get("fields"):
        name = fields[0].this.name
        said = fields[0].expressions
        names = [e.name for v in node.expressions for e in (v.expressions if isinstance(v, exp.Tuple) else [v])]
    else:
        into = node.args.get("into")
        said = node.expressions
        name = into.this.name if into else "name"
        names = [e.name for e in into.expressions] if into else ["value"]
    groups = [g for e in said for g in _taken(e, base)]
    taken = {c.lower() for g in groups for c in g}
    flows = [[base.flow(g[i]) or scope.column([g[i]]) for g in groups if i < len(g)] for i in range(len(names))]
    gaps = ("UNPIVOT of a table whose columns are not known",) if base.rest is not None else ()
    values = [Column(n, together(f)) for n, f in zip(names, flows, strict=True)]
    rows = base.rows
    if not node.args.get("include_nulls"):
        rows = rows.union(*(c.flow.deciding(Indirect.FILTER) for c in values))
    stay = [c for c in base.columns if c.name.lower() not in taken]
    return Relation((*stay, Column(name, CONSTANT), *values), rows, None, (*base.gaps, *gaps))


def _taken(node: exp.Expression, base: Relation) -> list[list[str]]:
    """The columns that one entry of an UNPIVOT takes, in groups."""
    if isinstance(node, exp.Alias | exp.PivotAlias):
        return _taken(node.this, base)
    if isinstance(node, exp.Tuple):
        return [[c.name for c in node.expressions]]
    if isinstance(node, exp.Columns | exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
        star = node.find(exp.Star)
        if star is not None:
            left = {e.name.lower() for e in star.args.get("except_") or []}
            return [[c.name] for c in base.columns if c.name.lower() not in left]
    return [[node.name]]

