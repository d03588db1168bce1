"""Whether something is there already, asked before it is made anywhere: values compared with every record as matching would."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from medthread.model import Entity, MatchModel
from medthread.pipeline.match.feature_table import bring_up
from medthread.pipeline.match.features import inputs_of
from medthread.pipeline.match.score import score
from medthread.pipeline.match.setting import Weighing
from medthread.stores.engines import job, literal
from medthread.stores.serving import Snapshot

ASKED = ""  # the record that is asked for: no other has this name
MOST = 50


@dataclass(frozen=True)
class Likeness:
    """A record that may be it: the score, whether it is as high as what is matched by itself, and what it is made of."""

    golden_id: str
    record: str
    score: float
    sure: bool
    parts: str


def likely(snapshot: Snapshot, entity: type[Entity], weighed: Weighing, values: Mapping[str, str | None]) -> list[Likeness]:
    """The likeliest record of each golden record, best first. Personal data plays no part, nor does a value that is no field of matching."""
    model, name = weighed.model, f"golden.{entity.name}"
    if not snapshot.has(f"{name}_feature"):
        return []
    with job() as con:
        con.register("record", pa.table({"record_id": [ASKED]} | {c: pa.array([_given(model, values, c)], pa.string()) for c in inputs_of(model)}))
        bring_up(con, model, earlier=())
        blocks = weighed.comparisons.blocks
        told = con.execute(f"select {', '.join(f'cast({b} as varchar)' for b in blocks)} from features").fetchall()[0]
        shared = " or ".join(f"cast({b} as varchar) = {literal(v)}" for b, v in zip(blocks, told, strict=True) if v)
        if not shared:
            return []
        con.execute(f"insert into features by name select * from {snapshot.relation(f'{name}_feature')} where {shared}")
        score(con, weighed.comparisons, least=model.review, first_alone=True)
        found = con.execute(
            f"select x.golden_id, e.b, e.score, e.parts from edges e join {snapshot.relation(f'{name}_xref')} x on x.record_id = e.b"
            f" where e.a = {literal(ASKED)} qualify row_number() over (partition by x.golden_id order by e.score desc, e.b) = 1 order by e.score desc, e.b limit {MOST}"
        ).fetchall()
    return [Likeness(golden, record, float(points), points >= model.auto, parts) for golden, record, points, parts in found]


def _given(model: MatchModel, values: Mapping[str, str | None], column: str) -> str | None:
    value = (values.get(column) or "").strip()
    return (value.upper() if column == model.unique else value) or None


def asked_fields(entity: type[Entity]) -> tuple[str, ...]:
    """The fields that may be given."""
    model = entity.about.match
    return tuple(c for c in (inputs_of(model) if model else ()) if c in entity.fields and not entity.fields[c].is_personal)

