"""The inbox: what waits for whoever asks, and deciding it."""

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from medthread.api.decisions_told import told_decisions
from medthread.api.golden_rows import matched_masters
from medthread.api.identity import Given, Reader, Writer
from medthread.api.language import Language, in_language
from medthread.api.master_requests import Requests
from medthread.api.routes.unmasking import DECIDE, told
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.dictionary.changes import PROPOSED, proposals
from medthread.governance.masters.deciding import decisions
from medthread.governance.masters.requests import requested
from medthread.trust.access import Actor
from medthread.trust.unmasking import grants
from medthread.workflow import handle
from medthread.workflow.inbox import inbox
from medthread.workflow.react import decide, retry

MASTERS, APPROVE, DEFINITIONS = "masters:read", "masters:approve", "definitions:decide"

router = Subject("inbox", "待办", "Inbox", owner="it", internal=True).router()


class Decided(BaseModel):
    """Whether a proposal is accepted, and why."""

    model_config = ConfigDict(extra="forbid")
    accept: bool
    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class Failed(BaseModel):
    """Which reaction to which event is tried again."""

    model_config = ConfigDict(extra="forbid")
    event: Annotated[str, Field(max_length=100)]
    reaction: Annotated[str, Field(max_length=200)]


@router.get("/inbox", summary="取等待我的事项 · Get what waits for me")
def waiting(given: Given, actor: Reader, language: Language) -> dict[str, Any]:
    """Acts, proposals, limits and failed reactions that wait for me, looks under the mask that I decide, decisions about master records, requests for masters and changes of definitions, rules and mappings that I approve.

    等待我的操作、建议、期限和未完成的反应,由我决定的查看明文申请,以及由我批准的主数据决定与申请、口径与规则的变更。
    """
    decides = given.access.refused_by(actor, DECIDE) is None
    with given.store.transaction() as tx:
        waits = inbox(tx, given.workflow, actor)
        failures = [{**f, "error": in_language(f["error"], language)} for f in waits["failures"]]
        unmasking = told(given, grants(tx, actor=actor, all_=True, open_=True)) if decides else []
    return {**waits, "failures": failures, "unmasking": unmasking, "masters": _to_approve(given, actor), "requests": _to_grant(given, actor), "changes": _to_decide(given, actor)}


def _to_approve(given: Services, actor: Actor) -> list[dict[str, Any]]:
    """Decisions about master records that wait for a second person, where I may be that person."""
    if any(given.access.refused_by(actor, action) is not None for action in (MASTERS, APPROVE)):
        return []
    with given.store.transaction() as tx:
        asked = decisions(tx, entities=[e.name for e in matched_masters(given.registry)], status="asked")
    return told_decisions(given, actor, [d for d in asked if d["asked_by"] != actor.name])


def _to_grant(given: Services, actor: Actor) -> list[dict[str, Any]]:
    """Requests for masters that wait for a decision, where I may decide and did not ask."""
    if any(given.access.refused_by(actor, action) is not None for action in (MASTERS, APPROVE)):
        return []
    with given.store.transaction() as tx:
        names = requested(tx, status="submitted")
        return [r for name in names if name in given.masters.codings for r in Requests.of(given, actor, name).listed(tx, statuses=["submitted"]) if not r["mine"]]


def _to_decide(given: Services, actor: Actor) -> list[dict[str, Any]]:
    """Changes of definitions, rules, mappings and the like that wait, where I may decide and did not propose."""
    if given.access.refused_by(actor, DEFINITIONS) is not None:
        return []
    with given.store.transaction() as tx:
        return [{**p, "mine": False} for p in proposals(tx, state=PROPOSED) if p["proposed_by"] != actor.name]


@router.post("/inbox/proposals/{id_}", summary="决定一项建议 · Decide a proposal")
def decide_proposal(id_: str, decided: Decided, given: Given, actor: Writer) -> dict[str, Any]:
    """Accept or refuse what an event proposes.

    接受或拒绝事件提出的建议。
    """
    act = partial(decide, context=given.workflow, id_=id_, actor=actor, accept=decided.accept, reason=decided.reason)
    handle(given.store, by=actor.name, action="proposal.decide", object_=f"proposal/{id_}", act=act)
    return {"id": id_, "status": "accepted" if decided.accept else "refused"}


@router.post("/inbox/failures", summary="重试未完成的反应 · Retry a reaction that failed")
def try_again(failed: Failed, given: Given, actor: Writer) -> dict[str, Any]:
    """Try a reaction again that could not be done.

    重新执行此前未能完成的反应。
    """
    act = partial(retry, context=given.workflow, event=failed.event, reaction=failed.reaction, actor=actor)
    handle(given.store, by=actor.name, action=f"reaction.{failed.reaction}", object_=f"event/{failed.event}", act=act)
    return {"event": failed.event, "reaction": failed.reaction, "status": "done"}
