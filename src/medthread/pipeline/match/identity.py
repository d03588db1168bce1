"""Golden ids that stay: each new cluster takes the old id it shares most records with.

Overlaps are taken largest first, then by older id; one id per cluster, one cluster per id. Records that bore no other
id before count first: what joined them does not take their id away when it is parted from them again, and gets the one
back that it had. An id that finds no cluster is retired and points at the one that took most of its records, for old
documents still name it.
"""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from medthread.stores.engines import literal

ATTEMPTS = 1000
Overlap = tuple[str, str, int, int]  # an id, a cluster, records that they share and that bore no other id, all that they share
# Of clusters that share records with one id alone, which shares records with them alone, there is nothing to decide.
PLAIN = "(count(*) over (partition by old) = 1 and count(*) over (partition by name) = 1)"


def assign(con: Any, *, prefix: str) -> None:
    """`named` (name, golden_id) and `gone` (golden_id, merged_into), from `cluster` (rid, name), `before` and `formerly` (record_id, golden_id)."""
    con.execute(
        "create temp table overlap as select b.golden_id as old, c.name, count_if(f.record_id is null) as native, count(*) as n"
        " from before b join cluster c on c.rid = b.record_id left join (select distinct record_id from formerly) f on f.record_id = b.record_id group by all"
    )
    con.execute(f"create temp table judged_overlap as select *, {PLAIN} as plain from overlap")
    con.execute("create temp table named as select name, old as golden_id from judged_overlap where plain")
    _name(con, give(con.execute("select old, name, native, n from judged_overlap where not plain").fetchall()))
    # Ids that nobody bears now, of records whose cluster has none yet.
    con.execute(
        "create temp table revived as select f.golden_id as old, c.name, count(*) as n from formerly f join cluster c on c.rid = f.record_id"
        " where f.golden_id not in (select golden_id from before) and c.name not in (select name from named) group by all"
    )
    _name(con, give(con.execute("select old, name, 0, n from revived").fetchall()))
    _fresh(con, prefix)
    con.execute(
        "create temp table gone as select o.old as golden_id, n.golden_id as merged_into from overlap o join named n using (name)"
        " where o.old not in (select golden_id from named) qualify row_number() over (partition by o.old order by o.n desc, o.name) = 1"
    )


def give(overlaps: Iterable[Overlap]) -> list[tuple[str, str]]:
    """(cluster, id): the largest overlaps first, then the older id; each once."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for old, name, *_ in sorted(overlaps, key=lambda o: (-o[2], -o[3], o[0], o[1])):
        if old not in taken and name not in chosen:
            chosen[name] = old
            taken.add(old)
    return list(chosen.items())


def _name(con: Any, given: list[tuple[str, str]]) -> None:
    con.register("given", pa.table({"name": pa.array([n for n, _ in given], pa.string()), "golden_id": pa.array([i for _, i in given], pa.string())}))
    con.execute("insert into named select name, golden_id from given")


def _fresh(con: Any, prefix: str) -> None:
    """Ids for what has none, from the first record, so that a run repeated after a kill makes the same; another attempt where one is in use."""
    con.execute("create temp table used as select golden_id from before union select golden_id from formerly union select golden_id from named")
    for attempt in range(ATTEMPTS):
        digest = f"cast('0x' || substr(sha256(name || '#{attempt}'), 1, 12) as bigint)"
        con.execute(
            f"create or replace temp table made as select name, {literal(prefix + '-')} || lpad(cast({digest} % 1000000000 as varchar), 9, '0') as golden_id"
            " from (select distinct name from cluster) anti join named using (name)"
        )
        con.execute(
            "insert into named select name, golden_id from (select * from made qualify row_number() over (partition by golden_id order by name) = 1)"
            " where golden_id not in (select golden_id from used)"
        )
        if con.execute("select count(*) = 0 from made").fetchall()[0][0]:
            return
        con.execute("insert into used select golden_id from named anti join used using (golden_id)")
    msg = "no free golden id"
    raise AssertionError(msg)
