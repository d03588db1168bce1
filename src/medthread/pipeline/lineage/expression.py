"""What an expression is made of: values apart from what only decides."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import duckdb
from sqlglot import exp

from medthread.pipeline.lineage.flow import (
    CONSTANT,
    COUNTED,
    GENERATED,
    Direct,
    Flow,
    Indirect,
    Influences,
    Relation,
    together,
    unknown,
)
from medthread.pipeline.lineage.scope import Scope

Query = Callable[[exp.Expression, Scope], Relation]
NUMBERING = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile)
OTHER_ROWS = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)  # another row's value, not one made of many
BARE = (exp.Literal, exp.Null, exp.Boolean, exp.DataType, exp.Identifier, exp.Var, exp.Star, exp.Interval)


@lru_cache(maxsize=1)
def aggregates() -> frozenset[str]:
    """The engine's own list of functions that make one value of many."""
    with duckdb.connect() as con:
        return frozenset(n for (n,) in con.execute("select distinct function_name from duckdb_functions() where function_type = 'aggregate'").fetchall())


class Reader:
    """Reads expressions; `query` reads the queries within them."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def flow(self, node: exp.Expression, scope: Scope) -> Flow:  # noqa: PLR0911 - one line for each kind
        """What the value of an expression is made of."""
        if isinstance(node, exp.Column):
            return COUNTED if isinstance(node.this, exp.Star) else scope.column([p.name for p in node.parts])
        if isinstance(node, exp.Alias | exp.Paren):
            return self.flow(node.this, scope)
        if isinstance(node, exp.Exists):
            return Flow(influences=self._query(node.this, scope).rows, word=COUNTED.word)
        if isinstance(node, exp.Query | exp.Pivot):
            return self._scalar(node, scope)
        if isinstance(node, exp.Case | exp.If):
            return self._case(node, scope)
        if isinstance(node, exp.Window):
            return self._window(node, scope)
        if isinstance(node, exp.Lambda):
            names = frozenset(p.name.lower() for p in node.expressions)
            return self.flow(node.this, scope.inner(params=names))
        if isinstance(node, exp.Func | exp.Filter | exp.WithinGroup | exp.Order | exp.IgnoreNulls | exp.RespectNulls):
            return self._function(node, scope)
        if isinstance(node, BARE) or not any(True for _ in node.iter_expressions()):
            return CONSTANT
        return self._all(node.iter_expressions(), scope).at_least(Direct.TRANSFORMATION)

    def deciding(self, nodes: Iterable[exp.Expression], scope: Scope, how: Indirect) -> tuple[Influences, tuple[str, ...]]:
        """What expressions come to that only decide, and what of them cannot be told."""
        flow = self._all(nodes, scope)
        return flow.deciding(how), (f"{how}: {flow.gap}",) if flow.gap else ()

    def _all(self, nodes: Iterable[exp.Expression], scope: Scope) -> Flow:
        return together([self.flow(n, scope) for n in nodes])

    def _beside(self, flow: Flow, nodes: Iterable[exp.Expression], scope: Scope, how: Indirect) -> Flow:
        """A value under the influence of other expressions."""
        found, gaps = self.deciding(nodes, scope, how)
        told = flow.beside(found)
        return Flow(told.values, told.influences, told.word, "; ".join(filter(None, (told.gap, *gaps)))) if gaps else told

    def _scalar(self, node: exp.Expression, scope: Scope) -> Flow:
        relation = self._query(node, scope)
        return together([relation.everything(), *map(unknown, relation.gaps)]).beside(relation.rows)

    def _case(self, node: exp.Case | exp.If, scope: Scope) -> Flow:
        if isinstance(node, exp.If):
            results, asked = [node.args["true"], node.args.get("false")], [node.this]
        else:
            results = [i.args["true"] for i in node.args["ifs"]] + [node.args.get("default")]
            asked = [i.this for i in node.args["ifs"]] + ([node.this] if node.this else [])
        value = self._all([r for r in results if r is not None], scope).at_least(Direct.TRANSFORMATION)
        return self._beside(value, asked, scope, Indirect.CONDITIONAL)

    def _window(self, node: exp.Window, scope: Scope) -> Flow:
        own = [*(node.args.get("partition_by") or []), *([node.args["order"]] if node.args.get("order") else [])]
        spec = node.args.get("spec")
        own += [e for e in (spec.args.get("start"), spec.args.get("end")) if isinstance(e, exp.Expression)] if spec else []
        value = self.flow(node.this, scope)
        named = node.args.get("alias")
        if named is not None:
            if named.name.lower() not in scope.windows:
                return together([value, unknown(f"no window {named.name}")])
            outer = scope.windows[named.name.lower()]
            own += [*(outer.args.get("partition_by") or []), *([outer.args["order"]] if outer.args.get("order") else [])]
        return self._beside(value, [e for o in own for e in _ordered(o)], scope, Indirect.WINDOW)

    def _function(self, node: exp.Expression, scope: Scope) -> Flow:  # noqa: C901, PLR0911 - one line for each kind
        if isinstance(node, exp.Filter):
            return self._beside(self.flow(node.this, scope), [node.expression.this], scope, Indirect.FILTER)
        if isinstance(node, exp.WithinGroup):  # a quantile of what it is ordered by
            return self._all([node.this, *_ordered(node.expression)], scope).at_least(Direct.AGGREGATION)
        if isinstance(node, exp.Order):
            return self._beside(self.flow(node.this, scope) if node.this else CONSTANT, _ordered(node), scope, Indirect.SORT)
        if isinstance(node, exp.IgnoreNulls | exp.RespectNulls):
            return self.flow(node.this, scope)
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star | None):
            return COUNTED
        if isinstance(node, NUMBERING):
            return COUNTED
        if isinstance(node, exp.Nullif):
            return self._beside(self.flow(node.this, scope).at_least(Direct.TRANSFORMATION), [node.expression], scope, Indirect.CONDITIONAL)
        if isinstance(node, exp.In) and (query := node.args.get("query")) is not None:
            return together([self.flow(node.this, scope), self.flow(query, scope)]).at_least(Direct.TRANSFORMATION)
        if picks(node):
            first, by, *rest = list(node.iter_expressions())
            value = self._all([first, *rest], scope).at_least(Direct.AGGREGATION)
            return self._beside(value, [by], scope, Indirect.SORT)
        parts = list(node.iter_expressions())
        if not parts:
            return COUNTED if is_aggregate(node) else GENERATED
        return self._all(parts, scope).at_least(Direct.AGGREGATION if is_aggregate(node) else Direct.TRANSFORMATION)


def _ordered(node: exp.Expression) -> list[exp.Expression]:
    """What an ORDER BY orders by."""
    if isinstance(node, exp.Order):
        return [o.this if isinstance(o, exp.Ordered) else o for o in node.expressions]
    return [node]


def name_of(node: exp.Expression) -> str:
    """A function's name as typed, in small letters."""
    return (node.name if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else node.sql_name() if isinstance(node, exp.Func) else "").lower()


def picks(node: exp.Expression) -> bool:
    """Whether it takes its first argument from the row that its second is the most or least of."""
    return isinstance(node, exp.ArgMax | exp.ArgMin) or name_of(node) in ("arg_max", "arg_min", "max_by", "min_by", "argmax", "argmin", "arg_max_null", "arg_min_null")


def is_aggregate(node: exp.Expression) -> bool:
    """Whether a function makes one value of many rows."""
    if isinstance(node, OTHER_ROWS):
        return False
    return isinstance(node, exp.AggFunc) or (isinstance(node, exp.Anonymous) and name_of(node) in aggregates())


def has_aggregate(node: exp.Expression) -> bool:
    """Whether a select item is made of many rows, so that GROUP BY ALL leaves it out; a window's is not."""
    if isinstance(node, exp.Window):
        return any(has_aggregate(e) for e in node.this.iter_expressions())
    if isinstance(node, exp.Query):
        return False
    return is_aggregate(node) or any(has_aggregate(e) for e in node.iter_expressions())

