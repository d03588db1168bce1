"""What was found of a rule, kept: which rule in which version, of what, in which run, how many rows, some of them by name."""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from medthread.derive.checks import Check
from medthread.model.rule_file import Point, QualityRule
from medthread.stores.postgres.tables import rule_verdict


class State(StrEnum):
    """How a rule stands: it holds; is broken within its tolerance, or beyond; has too few figures to judge yet; could not be asked."""

    HOLDS = "holds"
    TOLERATED = "tolerated"
    BROKEN = "broken"
    LEARNING = "learning"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One verdict. `inputs` names the states of the tables that were asked, so that the same is not asked twice."""

    round: str
    asset: str
    rule: str
    version: str
    point: Point
    state: State
    checked: int
    broken: int
    source: str | None = None
    entity: str | None = None
    field: str | None = None
    corrected: int = 0
    measure: float | None = None
    sample: tuple[str, ...] = ()
    message: str | None = None
    inputs: str | None = None
    own: bool = False  # of the company's own rules; what follows is as the rule said it then
    owner: str | None = None
    severity: str | None = None
    zh: str | None = None
    en: str | None = None
    cause: str | None = None  # the asset upstream that is broken too; itself where none is
    at: datetime | None = dataclasses.field(default=None, compare=False)

    @property
    def stops(self) -> bool:
        """Whether a blocking rule with this verdict stops a release: what could not be asked is not known to be good."""
        return self.state in (State.BROKEN, State.FAILED)


def version_of(rule: QualityRule | Check, *, tolerance: float = 0.0) -> str:
    """Names what a rule says; the same rule in another file, or with other words, is the same. What is borne of a check stands beside it."""
    if isinstance(rule, Check):
        borne = (tolerance,) if tolerance else ()
        said = repr((rule.id, rule.rule.broken, rule.rule.correct, rule.rule.gate.value, rule.rule.dimension.value, *borne))
    else:
        said = rule.model_dump_json(exclude={"origin", "zh", "en", "owner"})
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def said_by(rule: QualityRule) -> dict[str, Any]:
    """What a verdict tells of a rule of the company's own, so that its incident needs no file that may be gone."""
    return {"own": True, "owner": rule.owner, "severity": rule.severity.value, "zh": rule.zh, "en": rule.en}


def state_of(checked: int, broken: int, tolerance: float) -> State:
    """How counts stand by a tolerance."""
    if not broken:
        return State.HOLDS
    return State.TOLERATED if tolerance and broken <= tolerance * checked else State.BROKEN


def keep(tx: Connection, verdicts: Iterable[Verdict]) -> None:
    """Write them down; a round that is done again says anew what it found."""
    rows = [asdict(v) | {"sample": list(v.sample)} for v in verdicts]
    for row in rows:
        row.pop("at")
    if rows:
        made = insert(rule_verdict)
        fresh = {c: made.excluded[c] for c in rows[0] if c not in ("round", "asset", "rule")}
        tx.execute(made.on_conflict_do_update(index_elements=["round", "asset", "rule"], set_=fresh), rows)


def latest(tx: Connection) -> dict[tuple[str, str], Verdict]:
    """Of every rule and asset the last verdict."""
    newest = select(rule_verdict).ext(distinct_on(rule_verdict.c.rule, rule_verdict.c.asset))
    query = newest.order_by(rule_verdict.c.rule, rule_verdict.c.asset, rule_verdict.c.at.desc())
    return {(r.rule, r.asset): read(r) for r in tx.execute(query)}


def measures(tx: Connection, rule: str, version: str, *, runs: int) -> list[float]:
    """The last figures of a rule in one version, newest first."""
    here = (rule_verdict.c.rule == rule, rule_verdict.c.version == version, rule_verdict.c.measure.is_not(None))
    return list(tx.execute(select(rule_verdict.c.measure).where(*here).order_by(rule_verdict.c.at.desc()).limit(runs)).scalars())


def since(tx: Connection, rule: str, *, limit: int) -> list[Verdict]:
    """The last verdicts of a rule, newest first."""
    query = select(rule_verdict).where(rule_verdict.c.rule == rule).order_by(rule_verdict.c.at.desc(), rule_verdict.c.asset).limit(limit)
    return [read(r) for r in tx.execute(query)]


def read(row: Row[Any]) -> Verdict:
    """A verdict from its row."""
    told = {f.name: getattr(row, f.name) for f in fields(Verdict)}
    return Verdict(**told | {"point": Point(row.point), "state": State(row.state), "sample": tuple(row.sample)})


