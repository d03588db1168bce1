"""What would come of a decision: the records it is about put into clusters again, with it in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from medthread.governance.masters.deciding import Wanted
from medthread.model import Entity
from medthread.pipeline.match.cluster import cluster
from medthread.pipeline.match.decisions import Decision, Decisions
from medthread.pipeline.match.setting import weighing
from medthread.stores.serving import Snapshot

PROPOSED = 0  # the number of a decision that has none yet
TOKEN = (("record_id", "varchar"), ("ns", "varchar"), ("value", "varchar"))
EDGE = (("golden_id", "varchar"), ("a", "varchar"), ("b", "varchar"), ("tier", "varchar"), ("score", "double"), ("parts", "varchar"))


@dataclass(frozen=True)
class Outlook:
    """The groups that records would fall into, the largest first; pairs that cannot be put together, and what keeps them apart."""

    groups: tuple[tuple[str, ...], ...]
    blocked: tuple[tuple[str, str, str], ...]


def outlook(tx: Connection, snapshot: Snapshot, entity: type[Entity], wanted: Wanted, *, records: Sequence[str]) -> Outlook:
    """Of `records`, all that stand in the golden records that the decision is about. Nothing is written."""
    model, name = entity.about.match, f"golden.{entity.name}"
    assert model is not None  # noqa: S101 - only matched masters are decided about
    asked = Decision(PROPOSED, wanted.kind, tuple(map(tuple, wanted.sides)), wanted.values, datetime.now(UTC))
    told = Decisions.in_force(tx, entity.name).with_one(asked)
    tokens: dict[str, dict[str, str]] = {r: {} for r in records}
    for row in snapshot.query(f"select record_id, ns, value from {snapshot.relation(name + '_token', TOKEN)} where record_id in (select unnest(?))", [list(records)]):
        tokens[row["record_id"]][row["ns"]] = row["value"]
    edges = snapshot.query(
        f"select a, b, score from {snapshot.relation(name + '_edge', EDGE)} where score >= ? and a in (select unnest(?)) and b in (select unnest(?))",
        [weighing(model, told).model.auto, list(records), list(records)],
    )
    found = cluster(told.applied(tokens), ((e["a"], e["b"], e["score"]) for e in edges), bound=told.links())
    groups = sorted((tuple(g) for g in found.members().values()), key=lambda g: (-len(g), g))
    mine = set(asked.records)
    return Outlook(tuple(groups), tuple(u for u in found.unbound if {u[0], u[1]} <= mine))
