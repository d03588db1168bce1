"""What is written back to sources: the rules, everything that was said and what became of it, and a person's word where the target has none."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.identity import Given, ModelReader, RunStarter
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.writebacks.queue import OPEN, STATES, act, listed
from medthread.model.errors import InvalidError
from medthread.model.writeback import Writeback
from medthread.trust.access import Actor, sources_seen
from medthread.workflow import handle

router = Subject("writebacks", "回写来源", "Writing back to sources", owner="it").router()
Text = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=200)]


class Settling(BaseModel):
    """`retry` sends it again, `done` says that it stands in the target, `give_up` that it will not."""

    model_config = ConfigDict(extra="forbid")
    act: Literal["retry", "done", "give_up"]
    reason: str = Field(min_length=2, max_length=2000)


@router.get("/writebacks/rules", summary="列出回写规则 · List rules of writing back")
def rules(given: Given, actor: ModelReader) -> dict[str, Any]:
    """Every rule of the workspace: from what, to which source, by which way; how many are in each state, how many wait for a person.

    全部回写规则:写什么、写到哪个来源、经由哪条路;各状态的数量,以及等待人工处理的数量。
    """
    counted = given.writer.counts()
    failing = {a.code.removeprefix("writeback "): a.label for a in given.writer.alarms}
    seen = _seen(given, actor)
    return {"items": [_rule(r, counted.get(r.name, {}), failing.get(r.name)) for r in given.writer.rules if r.to in seen]}


@router.get("/writebacks", summary="列出回写 · List what is written back")
def items(given: Given, actor: ModelReader, state: Text = None, rule: Text = None, record: Text = None, after: Annotated[int | None, Query(ge=1)] = None, limit: Limit = 50) -> dict[str, Any]:
    """What was said to sources, newest first, with its receipt and what the source says instead; `state=open` is what waits for a person.

    写给来源的内容,新的在前,附回执及来源不一致之处;`state=open` 为等待人工处理的。
    """
    states = OPEN if state == "open" else tuple(s for s in (state or "").split(",") if s)
    if stranger := next((s for s in states if s not in STATES), None):
        raise InvalidError(f"there is no state {stranger!r}", hint=f"one of: {', '.join(STATES)}, open")
    with given.store.transaction() as tx:
        found = listed(tx, sources=sorted(_seen(given, actor)), states=states, rule=rule, of=record, after=after, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    return {"items": [_shown(r) for r in found], "next": found[-1]["seq"] if more else None}


@router.post("/writebacks/round", summary="立即回写 · Write back now")
def round_(given: Given, actor: RunStarter) -> dict[str, Any]:
    """Look what is to be said and say it, without waiting for the next look; gives by rule how much was delivered.

    立即检查并写出,不等下一次;给出每条规则送达的数量。
    """
    seen = _seen(given, actor)
    return {"delivered": {n: c for n, c in given.writer.round().items() if next(r.to for r in given.writer.rules if r.name == n) in seen}}


@router.post("/writebacks/{id_}", summary="处理一条回写 · Settle one")
def settled(id_: str, body: Settling, given: Given, actor: RunStarter) -> dict[str, Any]:
    """Send it again, say that it was done by hand, or give it up; with a reason, or with what shows it.

    重新发送、说明已人工写入,或放弃;须写原因或凭据。
    """
    done = partial(act, id_=id_, what=body.act, by=actor.name, reason=body.reason, sources=sorted(_seen(given, actor)))
    return {"id": id_, "state": handle(given.store, by=actor.name, action=f"writeback.{body.act}", object_=f"writeback/{id_}", act=done)}


def _seen(given: Services, actor: Actor) -> frozenset[str]:
    return frozenset(sources_seen(actor, given.sources))


def _rule(rule: Writeback, counted: dict[str, int], failing: Any) -> dict[str, Any]:
    way = rule.way.file or rule.way.post or rule.way.table
    return {
        "name": rule.name, "label": pair(rule.label), "to": rule.to, "of": rule.of, "where": {f: list(v) for f, v in rule.where.items()}, "way": rule.way.kind, "place": way,
        "by_hand": {"zh": rule.way.hand.zh, "en": rule.way.hand.en} if rule.way.hand else None, "words": list(rule.values), "checked_in": rule.check.table if rule.check else None,
        "counts": counted, "open": sum(counted.get(s, 0) for s in OPEN), "failing": pair(failing) if failing else None,
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    names = ("seq", "id", "rule", "source", "entity", "record", "payload", "state", "attempts", "error", "receipt", "found", "at", "sent_at", "checked_at", "next_at", "settled_by", "settled_why")
    return {**{n: row[n] for n in names}, "state_label": pair(STATES[row["state"]])}


