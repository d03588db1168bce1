"""Features of all records of a master: those of records that did not change are taken over, the others made, some at a time."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from medthread.model import MatchModel
from medthread.pipeline.match.features import VERSION, Rows, features_of, inputs_of
from medthread.stores.engines import file_list, literal, quote

AT_ONCE = 50_000  # records
MADE_OF = "_made_of"  # what a row of features was made of, and by which version


def bring_up(con: Any, model: MatchModel, *, earlier: Sequence[str]) -> None:
    """`features` (rid, …) of every `record` (record_id, …). `earlier` are the files that they were kept in."""
    inputs = [quote(c) for c in inputs_of(model)]
    sure = f"cast(case when {model.valid.format(column=quote(model.unique))} then {quote(model.unique)} end as varchar)" if model.unique else "cast(null as varchar)"
    told = ", ".join([*(f"cast({c} as varchar)" for c in inputs), sure])
    made_of = f"md5({literal(VERSION + model.kind)} || cast(to_json([{told}]) as varchar))"
    con.execute(f"create temp view asked as select record_id, {', '.join(inputs)}, {sure} as _sure, {made_of} as {MADE_OF} from record")
    con.register("none_made", _made(model, {c: [] for c in ("record_id", *inputs_of(model), "_sure", MADE_OF)}))
    kept = f"select * from read_parquet({file_list(tuple(earlier))}) union all by name " if earlier else ""
    con.execute(f"create temp table features as select f.* from ({kept}select * from none_made) f semi join asked a on a.record_id = f.rid and a.{MADE_OF} = f.{MADE_OF}")
    con.execute("create temp table unmade as select *, row_number() over () as nth from asked anti join features on features.rid = asked.record_id")
    for first in range(1, con.execute("select count(*) from unmade").fetchall()[0][0] + 1, AT_ONCE):
        batch = con.sql(f"select * exclude (nth) from unmade where nth between {first} and {first + AT_ONCE - 1}").to_arrow_table()
        con.register("newly_made", _made(model, batch.to_pydict()))
        con.execute("insert into features by name select * from newly_made")


def _made(model: MatchModel, rows: Rows) -> pa.Table:
    return features_of(model, rows).append_column(MADE_OF, pa.array(rows[MADE_OF], pa.string()))
