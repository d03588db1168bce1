"""All records of a master put into clusters: by arrays where nothing forbids it, one by one where something does.

What hangs together by edges is one cluster unless it holds two values of a namespace, or a steward spoke of a record in it;
only those few components are gone through in order (`cluster`), and the outcome is the same as if all had been.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from medthread.methods.components import components
from medthread.pipeline.match.cluster import Clusters, cluster
from medthread.pipeline.match.comparisons import Within
from medthread.pipeline.match.decisions import IDENTIFIER, Decisions
from medthread.stores.engines import literal, quote


def part(con: Any, decisions: Decisions, *, apart: Iterable[str], within: Within | None = None, auto: float) -> None:
    """`cluster` (rid, name), `token` (rid, ns, value), `refused` and `unbound` (a, b, against), from `features` and `edges` (a, b, row_a, row_b, score)."""
    told = " union all ".join([
        *(f"select rid, {literal(ns)} as ns, cast({quote(ns)} as varchar) as value from features where {quote(ns)} <> ''" for ns in apart),
        *([f"select rid, {literal(within.namespace(''))} || {quote(within.system)}, {within.value} from features where {quote(within.system)} <> ''"] if within else []),
    ])
    con.execute(f"create temp table token as {told}")
    con.register("bound", _table(list(decisions.links()), "a", "b"))
    con.execute(f"create temp view strong as select a, b, row_a, row_b, score from edges where score >= {auto}")
    _connect(con)
    con.register("spoken", _table([(r,) for d in decisions.all for r in d.records], "rid"))
    con.execute(
        "create temp table disputed as select c from token join component using (rid) group by c, ns having count(distinct value) > 1"
        " union select c from spoken join component using (rid)"
    )
    found = _in_order(con, decisions)
    con.register("parted", _table(sorted(found.of.items()), "rid", "name"))
    con.execute("create temp table cluster as select rid, coalesce(p.name, min(rid) over (partition by c)) as name from component left join parted p using (rid)")
    con.register("refused", _table(found.refused, "a", "b", "against"))
    # That a later word parts what an earlier one bound is as it should be; that an identifier does has to be seen.
    con.register("unbound", _table([u for u in found.unbound if u[2] == IDENTIFIER], "a", "b", "against"))


def register_sides(con: Any, decisions: Decisions) -> None:
    """`side` (decision, side, rid): which records stewards keep apart."""
    sides = list(decisions.apart())
    con.register("side", pa.table({
        "decision": pa.array([d for d, _, _ in sides], pa.int64()), "side": pa.array([s for _, s, _ in sides], pa.int64()),
        "rid": pa.array([r for _, _, r in sides], pa.string()),
    }))


def _connect(con: Any) -> None:
    """`component` (rid, c): what hangs together by strong edges and by what stewards bound."""
    pairs = con.sql(
        "select row_a, row_b from strong union all"
        " select l.rowid, r.rowid from bound e join features l on l.rid = e.a join features r on r.rid = e.b"
    ).to_arrow_table()
    count = con.execute("select count(*) from features").fetchall()[0][0]
    label = components(count, pairs["row_a"].to_numpy(), pairs["row_b"].to_numpy())
    con.register("labelled", pa.table({"n": np.arange(count), "c": label}))
    con.execute("create temp table component as select rid, c from features join labelled on n = features.rowid")


def _in_order(con: Any, decisions: Decisions) -> Clusters:
    """The disputed components, gone through edge by edge."""
    records = con.execute("select rid from component where c in (select c from disputed)").fetchall()
    tokens: dict[str, dict[str, str]] = {rid: {} for (rid,) in records}
    for rid, ns, value in con.execute("select rid, ns, value from token where rid in (select rid from component where c in (select c from disputed))").fetchall():
        tokens[rid][ns] = value
    edges = con.execute("select a, b, score from strong where a in (select rid from component where c in (select c from disputed))").fetchall()
    return cluster(decisions.applied(tokens), edges, bound=decisions.links())


def _table(rows: list[Any], *names: str) -> pa.Table:
    return pa.table({name: pa.array([r[n] for r in rows], pa.string()) for n, name in enumerate(names)})
