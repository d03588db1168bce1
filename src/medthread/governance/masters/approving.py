"""A request approved: what is like it is answered for one by one, then it has a code and waits for the next run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from medthread.governance.masters.coding import Given, give_code
from medthread.governance.masters.deciding import Wanted, ask
from medthread.governance.masters.impact import Reach
from medthread.governance.masters.request_check import Found, find_alike
from medthread.governance.masters.requests import SHORTEST_REASON, clear_of, put, texts_of, waiting
from medthread.model import Coding, Entity
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError
from medthread.pipeline.collect.requested import record_of
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.pipeline.match.decisions import SPLIT
from medthread.stores.serving import Snapshot
from medthread.trust.audit import record
from medthread.trust.rules import broken_rules
from medthread.workflow import Context

Seen = Callable[[Sequence[str]], Mapping[str, str]]  # golden ids → what those are called that somebody may see


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an approver says of something alike: a golden record, or another request that was approved. `same`: it is to be used in place of the request."""

    golden_id: str | None = None
    request: int | None = None
    same: bool = False
    reason: str = ""

    @property
    def of(self) -> str:
        """What it is about."""
        return self.golden_id if self.golden_id is not None else f"#{self.request}"


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Where a decision is made: by whom, over which release, with which form of codes; `seen` says what they may see."""

    context: Context
    snapshot: Snapshot
    reach: Reach
    coding: Coding
    by: str
    seen: Seen


def require_unknown(entity: type[Entity], found: Found, *, seen: Seen) -> None:
    """Refuse what bears the valid identifier of something that is there, and name it. Raises `ConflictError`."""
    if (exact := found.exact) is not None and exact.golden_id is not None:
        name = seen([exact.golden_id]).get(exact.golden_id)
        if name is None:
            raise ConflictError(f"a {entity.name} that you may not see bears this identifier already", hint="ask a steward who sees it")
        raise ConflictError(
            f"{exact.golden_id} {name} bears this identifier already", hint="use that one", because=[{"golden_id": exact.golden_id, "name": name}])
    if (other := found.exact_beside) is not None:
        raise ConflictError(f"request {other.id} with the same identifier was approved as {other.code}", hint="use that one", because=[{"request": other.id, "code": other.code}])


def approve(tx: Connection, desk: Approver, entity: type[Entity], *, id_: int, reason: str, answers: Sequence[Answer]) -> dict[str, Any]:
    """Give it a code, or end it in favour of what is there already; gives its status, with the code or what is used in its place.

    Raises `ConflictError` where something alike is not answered for or bears the same identifier, `ForbiddenError` for who asked for
    it or may not see what is alike.
    """
    # One after the other for a master: of two that ask for the same, the second sees the first.
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"master_request/{entity.name}", 0))))
    row = waiting(tx, by=desk.by, id_=id_)
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("a decision about master records has a reason", hint="say why")
    found = find_alike(tx, desk.snapshot, desk.context.keyring, entity, {"": row.values}, but=id_)[""]
    require_unknown(entity, found, seen=desk.seen)
    told = _answered(desk, entity, found, answers)
    said = {"decided_by": desk.by, "decided_at": datetime.now(UTC), "decision": reason.strip(), "answers": [asdict(a) for a in told]}
    if (same := next((a for a in told if a.same), None)) is not None:
        put(tx, id_, **said, status="existing", golden_id=same.golden_id, same_as=same.request)
        record(tx, actor=desk.by, action="master.use_existing", object_=f"master_request/{id_}", reason=reason.strip(), detail={"entity": entity.name, "asked_by": row.asked_by, "same": same.of})
        return {"status": "existing", "golden_id": same.golden_id, "same_as": same.request}
    given = _code(tx, desk, entity, row.values)
    put(tx, id_, **said, status="approved", code=given.code)
    apart = [_keep_apart(tx, desk, entity, found, answer, code=given.code, asked_by=row.asked_by) for answer in told]
    detail = {"entity": entity.name, "asked_by": row.asked_by, "code": given.code, "left_out": list(given.left_out), "apart": apart}
    record(tx, actor=desk.by, action="master.grant", object_=f"master_request/{id_}", reason=reason.strip(), detail=detail)
    return {"status": "approved", "code": given.code, "left_out": list(given.left_out)}


def _answered(desk: Approver, entity: type[Entity], found: Found, answers: Sequence[Answer]) -> list[Answer]:
    """An answer for each that is alike; others are left out, as what they were about is no longer alike."""
    golden = [g.golden_id for g in found.golden if g.golden_id is not None]
    if unseen := sorted(set(golden) - set(desk.seen(golden))):
        raise ForbiddenError(f"{len(unseen)} that are alike are not yours to see", hint="let somebody approve who sees every record", actor=desk.by, action="masters:approve")
    said = {a.of: a for a in answers}
    alike = [*golden, *(f"#{b.id}" for b in found.approved)]
    if missing := [n for n in alike if n not in said]:
        raise ConflictError(
            f"{entity.name} {missing[0]} is like it and not answered for", hint="say of each that is alike whether it is this one, or another and why", because=[{"alike": n} for n in missing])
    told = [said[n] for n in alike]
    if len([a for a in told if a.same]) > 1:
        raise InvalidError("only one of them can be this one", hint="merge the others first, or say of which it is")
    if wordless := next((a for a in told if not a.same and len(a.reason.strip()) < SHORTEST_REASON), None):
        raise InvalidError(f"why {wordless.of} is another is not said", hint="say what tells them apart")
    return told


def _code(tx: Connection, desk: Approver, entity: type[Entity], values: Mapping[str, str | None]) -> Given:
    clear = clear_of(tx, desk.context, entity, values)
    texts_of(desk.context, entity, clear, whole=True)
    year = datetime.now(ZoneInfo(desk.context.calendar.zone)).year
    given = give_code(tx, entity, desk.coding, clear, year=year, is_taken=lambda code: _is_known(desk.snapshot, entity, code))
    key = entity.key()[-1]
    if wrong := next((c for c in broken_rules(entity, {key: given.code}) if c.field == key), None):
        raise ConflictError(f"{given.code} is no code for a {entity.name}: {wrong.label.en}", hint="mend the form of codes in [masters] of medthread.toml", labels=[wrong.label])
    return given


def _is_known(snapshot: Snapshot, entity: type[Entity], code: str) -> bool:
    return bool(snapshot.query(f"select 1 from {snapshot.relation(f'golden.{entity.name}_xref', XREF_COLUMNS)} where source_key = ? limit 1", [code]))


def _keep_apart(tx: Connection, desk: Approver, entity: type[Entity], found: Found, answer: Answer, *, code: str, asked_by: str) -> int:
    """A decision that the two stay apart, however often all is matched again; gives its number."""
    if answer.golden_id is not None:
        xref = desk.snapshot.relation(f"golden.{entity.name}_xref", XREF_COLUMNS)
        theirs = [r["record_id"] for r in desk.snapshot.query(f"select record_id from {xref} where golden_id = ?", [answer.golden_id])]
    else:
        theirs = [record_of(b.code) for b in found.approved if b.id == answer.request and b.code]
    golden = [answer.golden_id] if answer.golden_id is not None else []
    wanted = Wanted(entity=entity.name, kind=SPLIT, sides=[theirs, [record_of(code)]], golden=golden, reason=answer.reason)
    impact = desk.reach.impact(tx, entity, golden=golden, codes=[r.partition("|")[2] for r in theirs])
    number, _ = ask(tx, wanted, by=desk.by, impact=impact, second=False, asked_by=asked_by)
    return number
