"""Guards asked: what stands in the way, by record. The same for a person's act, for the API, for an ERP."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from medthread.derive.sharing import WITHHELD
from medthread.model.errors import InvalidError, RefusedError
from medthread.model.guards import Guard
from medthread.model.labels import Label
from medthread.trust.access import Actor
from medthread.workflow.context import Context

MOST = 50
PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")


@dataclass(frozen=True)
class Objection:
    """A record that stands in the way of an act, and why."""

    guard: str
    zh: str
    en: str
    record: str
    detail: str


def objections(tx: Connection, context: Context, guards: Iterable[str], values: Mapping[str, Any]) -> list[Objection]:
    """Everything that objects, guard by guard; nothing when all may go on."""
    found: list[Objection] = []
    for name in guards:
        guard = context.rulebook.guards[name]
        rows = _rows(tx, context, guard, _parameters(context, guard, values))
        found += [Objection(name, guard.zh, guard.en, str(r[0]), str(r[1])) for r in rows]
    return found


def heard(context: Context, objection: Objection, actor: Actor) -> Objection:
    """An objection as somebody may hear it: the rule that objects always, record and detail unless sharing rules may keep such records from them."""
    name = objection.record.partition("/")[0]
    if name not in context.registry or not context.sharing.terms(context.registry[name], actor):
        return objection
    return replace(objection, record=f"{name}/{WITHHELD}", detail=WITHHELD)


def require(tx: Connection, context: Context, guards: Iterable[str], values: Mapping[str, Any], *, what: str, actor: Actor) -> None:
    """Refuse while anything objects, and say which rule and which record."""
    found = [heard(context, o, actor) for o in objections(tx, context, guards, values)]
    if found:
        words = "; ".join(f"{o.en}: {o.record} {o.detail}" for o in found[:5])
        labels = [Label(o.zh, o.en) for o in found]
        raise RefusedError(f"{what}: {words}", hint="close or mend the named records first", labels=labels, because=[asdict(o) for o in found])


def _parameters(context: Context, guard: Guard, values: Mapping[str, Any]) -> dict[str, Any]:
    missing = [p for p in guard.takes if p not in values]
    if missing:
        raise InvalidError(f"{guard.name} needs {', '.join(missing)}", hint=f"give {', '.join(guard.takes)}")
    now = datetime.now(UTC)
    given = {p: values[p] for p in guard.takes}
    given |= {"now": now, "today": now.astimezone(ZoneInfo(context.calendar.zone)).date()}
    if guard.walk:
        item, lot_no = (str(values[n] or "") for n in ("item", "lot_no"))
        given["walked"] = [f"{i}|{n}" for i, n in context.genealogy.lots([(item, lot_no)], direction=guard.walk)]
    return given


def _rows(tx: Connection, context: Context, guard: Guard, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    named = set(PARAMETER.findall(guard.blocks))
    used = {k: v for k, v in given.items() if k in named}
    if guard.over == "release":
        rows = context.released.rows(PARAMETER.sub(r"$\1", guard.blocks), used)
        return [tuple(r.values()) for r in rows[:MOST]]
    query = text(guard.blocks)
    if "walked" in used:
        query = query.bindparams(bindparam("walked", type_=ARRAY(Text)))
    return [tuple(r) for r in tx.execute(query, used).fetchmany(MOST)]

