"""The history of one record, for whoever may read it: what changed, who did it, when, why, under which signature."""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import APIRouter, Query

from medthread.api.act_names import act_label
from medthread.api.audit_rows import Sight, masked, rows_query
from medthread.api.identity import Given, Reader
from medthread.api.listing import select_one
from medthread.api.naming import id_of
from medthread.api.sharing import WITHHELD_IN
from medthread.derive.form import pair
from medthread.model.errors import InvalidError
from medthread.model.process import MEANINGS, Meaning
from medthread.stores.postgres.tables import account, audit_event, signature
from medthread.trust.audit import DONE
from medthread.workflow.many import batch_of

router = APIRouter(tags=["entities"])
SIGNED = "signature.create"  # stands in the log beside the act that it belongs to


@router.get("/entities/{entity}/{id_}/history", summary="查看记录的历史 · Get a record's history")
def history(
    entity: str, id_: str, given: Given, actor: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50, after: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """Changes of a record, newest first; values of fields that this reader sees masked are masked here too.

    记录的修改历史,最新的在前;读者看不到明文的字段在这里同样脱敏。
    """
    declared = given.registry[entity]
    id_ = id_of(given, declared, actor, name=id_)
    item, _ = select_one(given, declared, actor, id_=id_)
    if after and not re.fullmatch("[0-9]{1,18}", after):
        raise InvalidError("the cursor is not one of ours", hint="begin again without `after`")
    table, signed = audit_event, audit_event.c.detail["signature"].astext
    query = rows_query().add_columns(account.c.printed_name, signature.c.id.label("signature"), signature.c.meaning)
    query = query.outerjoin(account, account.c.name == table.c.actor).outerjoin(signature, signature.c.id == signed)
    names = [f"{entity}/{n}" for n in (id_, batch_of(id_)) if n is not None]
    query = query.where(table.c.object.in_(names), table.c.outcome == DONE, table.c.action != SIGNED)
    query = query.where(table.c.seq < int(after)) if after else query
    with given.store.transaction() as tx:
        rows = tx.execute(query.limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    sight = Sight(given, actor, withheld=frozenset(item.get(WITHHELD_IN, ())))
    return {"items": [_told(sight, r) for r in rows], "next": str(rows[-1].seq) if more else None}


def _told(sight: Sight, row: Any) -> dict[str, Any]:
    detail = row.detail or {}
    return {
        "id": row.seq, "at": row.at, "actor": row.actor, "printed_name": row.printed_name, "action": row.action, "label": pair(act_label(sight.given, row.action)),
        "reason": row.reason, "on_behalf_of": detail.get("on_behalf_of"), "leaf": row.leaf_index,
        "signature": {"id": row.signature, "meaning": pair(MEANINGS[Meaning(row.meaning)])} if row.signature else None,
        "changes": _changes(sight, row),
    }


def _changes(sight: Sight, row: Any) -> list[dict[str, Any]]:
    """Fields whose value became another. What an update does not name was left as it was; of personal values only the names are kept."""
    before, after, hidden = row.before or {}, row.after or {}, sight.hidden(row.object)
    personal = (row.detail or {}).get("personal", [])
    names = [n for n in (after or before) if n in personal or not _same(before.get(n), after.get(n))]
    told = [(n, *(masked(hidden[n], v.get(n)) if n in hidden else v.get(n) for v in (before, after))) for n in names]
    return [{"field": n, "before": old, "after": new, "masked": n in hidden or n in personal} for n, old, new in told]


def _same(one: Any, other: Any) -> bool:
    if one == other or not (isinstance(one, str) and isinstance(other, str)):
        return bool(one == other)
    try:
        return Decimal(one) == Decimal(other)  # 5 and 5.000000 are the same quantity
    except InvalidOperation:
        return False
