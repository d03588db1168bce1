"""How good matching is, told from pairs that a person judged without knowing what matching made of them.

Pairs are drawn from four strata, by what became of them: matched by an identifier, matched by their likeness, shown to a
steward, and, just below the line, shown to nobody. What is found in each is weighed by how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from medthread.methods.proportion import wilson
from medthread.model import Entity
from medthread.model.errors import InvalidError, NotFoundError
from medthread.pipeline.match.score import score
from medthread.pipeline.match.setting import Weighing
from medthread.stores.engines import job, literal
from medthread.stores.postgres.tables import match_sample, match_sample_pair
from medthread.stores.serving import Snapshot
from medthread.trust.audit import record

BELOW = 20.0  # points below the line for stewards that are drawn from too
KEY, MATCHED, SHOWN, UNSEEN = "key", "matched", "shown", "unseen"
STRATA = (KEY, MATCHED, SHOWN, UNSEEN)
SAME, OTHER, UNSURE = "same", "other", "unsure"


@dataclass(frozen=True)
class Drawn:
    """Pairs of records with their stratum and score, in the order in which they are judged; how many pairs each stratum has."""

    pairs: Sequence[tuple[str, str, str, float]]  # stratum, a, b, score
    strata: Mapping[str, int]


def draw(snapshot: Snapshot, entity: type[Entity], weighed: Weighing, *, each: int, seed: str) -> Drawn:
    """Up to `each` pairs of every stratum; the same seed and release give the same pairs."""
    name = f"golden.{entity.name}"
    if not snapshot.has(f"{name}_feature"):
        return Drawn((), dict.fromkeys(STRATA, 0))
    with job() as con:
        con.execute(f"create temp table features as select * from {snapshot.relation(f'{name}_feature')}")
        score(con, weighed.comparisons, least=weighed.model.review - BELOW)
        xref = snapshot.relation(f"{name}_xref")
        con.execute(
            "create temp table drawn_from as select e.a, e.b, e.score,"
            f" case when x.golden_id = y.golden_id then case e.tier when 'key' then '{KEY}' else '{MATCHED}' end"
            f" when e.score >= {weighed.model.review} then '{SHOWN}' else '{UNSEEN}' end as stratum, sha256({literal(seed)} || e.a || e.b) as lot"
            f" from edges e join {xref} x on x.record_id = e.a join {xref} y on y.record_id = e.b"
        )
        counts = dict(con.execute("select stratum, count(*) from drawn_from group by 1").fetchall())
        pairs = con.execute(
            f"select stratum, a, b, score from drawn_from qualify row_number() over (partition by stratum order by lot) <= {each} order by sha256(lot || 'order')"
        ).fetchall()
    return Drawn(tuple(pairs), {s: int(counts.get(s, 0)) for s in STRATA})


def keep(tx: Connection, drawn: Drawn, *, entity: str, release: str, by: str) -> int:
    """Write a sample down; gives its number. Raises `InvalidError` where there is nothing to judge."""
    if not drawn.pairs:
        raise InvalidError(f"no two records of {entity} are alike enough to be judged", hint="draw again when more has been taken in")
    made = insert(match_sample).values(entity=entity, release=release, strata=dict(drawn.strata), drawn_by=by).returning(match_sample.c.id)
    id_ = int(tx.execute(made).scalar_one())
    tx.execute(insert(match_sample_pair), [
        {"sample": id_, "n": n, "stratum": stratum, "a": a, "b": b, "score": points} for n, (stratum, a, b, points) in enumerate(drawn.pairs, 1)
    ])
    record(tx, actor=by, action="master.sample", object_=f"match_sample/{id_}", detail={"entity": entity, "pairs": len(drawn.pairs), "strata": dict(drawn.strata)})
    return id_


def judge(tx: Connection, *, entity: str, sample: int, n: int, verdict: str | None, by: str) -> None:
    """What a person says of a pair; none takes it back."""
    of_it = select(match_sample.c.id).where(match_sample.c.id == sample, match_sample.c.entity == entity)
    here = match_sample_pair.c.sample.in_(of_it) & (match_sample_pair.c.n == n)
    said = {"verdict": verdict, "judged_by": by if verdict else None, "judged_at": datetime.now(UTC) if verdict else None}
    if tx.execute(update(match_sample_pair).where(here).values(**said)).rowcount == 0:
        raise NotFoundError(f"no pair {n} in sample {sample}", hint="the list shows the samples there are")
    record(tx, actor=by, action="master.judge", object_=f"match_sample/{sample}", detail={"pair": n, "verdict": verdict})


def samples(tx: Connection, entity: str, *, limit: int, only: int | None = None) -> list[dict[str, Any]]:
    """Newest first, or the one by its number, each with what its judgements come to."""
    query = select(match_sample).where(match_sample.c.entity == entity)
    query = query if only is None else query.where(match_sample.c.id == only)
    found = tx.execute(query.order_by(match_sample.c.id.desc()).limit(limit)).all()
    counts = _counts(tx, [row.id for row in found])
    return [_told(row, counts) for row in found]


def _counts(tx: Connection, of: Sequence[int]) -> dict[tuple[int, str], dict[str, int]]:
    """By sample and stratum: pairs drawn, and how they were judged."""
    table = match_sample_pair
    counted = select(table.c.sample, table.c.stratum, *(func.count().filter(table.c.verdict == v).label(v) for v in (SAME, OTHER, UNSURE)), func.count().label("drawn"))
    rows = tx.execute(counted.where(table.c.sample.in_(of)).group_by(table.c.sample, table.c.stratum))
    return {(r.sample, r.stratum): {n: int(getattr(r, n)) for n in (SAME, OTHER, UNSURE, "drawn")} for r in rows}


def pair_of(tx: Connection, *, entity: str, sample: int, n: int | None) -> dict[str, Any] | None:
    """One pair of a sample: that with a number, or the first that nobody judged."""
    table = match_sample_pair
    query = select(table, match_sample.c.release).join(match_sample, match_sample.c.id == table.c.sample).where(match_sample.c.entity == entity, table.c.sample == sample)
    query = query.where(table.c.n == n) if n is not None else query.where(table.c.verdict.is_(None))
    row = tx.execute(query.order_by(table.c.n).limit(1)).mappings().one_or_none()
    return dict(row) if row else None


def _told(row: Any, counts: Mapping[tuple[int, str], Mapping[str, int]]) -> dict[str, Any]:
    strata = []
    for stratum in STRATA:
        of = counts.get((row.id, stratum), {SAME: 0, OTHER: 0, UNSURE: 0, "drawn": 0})
        sure = of[SAME] + of[OTHER]
        low, high = wilson(of[SAME], sure)
        strata.append({"stratum": stratum, "pairs": row.strata.get(stratum, 0), "drawn": of["drawn"], SAME: of[SAME], OTHER: of[OTHER], UNSURE: of[UNSURE],
                       "share": of[SAME] / sure if sure else None, "low": low, "high": high})
    return {"id": row.id, "release": row.release, "drawn_by": row.drawn_by, "at": row.at, "strata": strata, "waiting": sum(s["drawn"] - s[SAME] - s[OTHER] - s[UNSURE] for s in strata),
            **_weighed(strata)}


def _weighed(strata: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Precision of what is matched, and recall of what was compared, each stratum weighed by its pairs; none as long as a stratum with pairs has no judgement."""
    def true(*names: str) -> float | None:
        of = [s for s in strata if s["stratum"] in names and s["pairs"]]
        return sum(s["share"] * s["pairs"] for s in of) if all(s["share"] is not None for s in of) else None

    matched, all_true = true(KEY, MATCHED), true(*STRATA)
    pairs = sum(s["pairs"] for s in strata if s["stratum"] in (KEY, MATCHED))
    return {
        "precision": matched / pairs if matched is not None and pairs else None,
        "recall": matched / all_true if matched is not None and all_true else None,
    }
