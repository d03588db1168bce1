"""A copy of a person's data for the person (PIPL art. 45; GDPR art. 15, 20), and their correction (PIPL art. 46)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.form import pair
from medthread.derive.sharing import WITHHELD
from medthread.governance.privacy.find import Found, Record
from medthread.model import Entity, Field, Home
from medthread.model.errors import ConflictError, InvalidError, NotFoundError
from medthread.model.privacy import BASES
from medthread.pipeline.context import Context as BatchContext
from medthread.stores.engines import file_list, job
from medthread.stores.postgres.tables import account, audit_event, notice_address
from medthread.trust.access import Actor
from medthread.trust.seal import is_sealed, key_id_of, unseal
from medthread.trust.sharing import note
from medthread.workflow import Change, Context, replace_native

FORMAT = "medthread-person-1"
MOST_ACTS = 10_000
_ACCOUNTS = select(account.c.name, account.c.printed_name, notice_address.c.address.label("mail")).outerjoin(notice_address)


def package_of(tx: Connection, context: Context, batch: BatchContext, found: Found, *, actor: Actor) -> dict[str, Any]:
    """Everything of the person in clear, as JSON: which record, which value, held for what, on which basis, for how long.

    A sharing rule keeps values from whoever makes the copy: the package says which, so that somebody makes it where they are at home.
    """
    made = _package(tx, context, batch, found, actor)
    refused = {r["withheld"][n]: r["entity"] for r in (*made["records"], *made["from_sources"]) for n in r["withheld"]}
    for name, entity in refused.items():
        note(tx, by=actor.name, object_=f"{entity}/", rules=[r for r in context.sharing.rules if r.name == name])
    return made


def _package(tx: Connection, context: Context, batch: BatchContext, found: Found, actor: Actor) -> dict[str, Any]:
    return {
        "format": FORMAT, "made_at": datetime.now(UTC).isoformat(),
        "records": [_native(tx, context, r, actor) for r in found.native], "from_sources": _golden(tx, context, batch, found.lake, actor),
        "rows": [{"table": r.table, "rows": r.rows, "columns": list(r.columns)} for r in found.rows],
        "accounts": [dict(r._mapping) for r in tx.execute(_ACCOUNTS.where(account.c.name.in_(found.accounts)))],  # noqa: SLF001 - SQLAlchemy's way
        "acts": _acts(tx, found), "not_searchable": {"unparsable_records": int(found.unreadable)},
    }


def _native(tx: Connection, context: Context, record: Record, actor: Actor) -> dict[str, Any]:
    entity, table = context.registry[record.entity], context.tables[record.entity]
    row = dict(tx.execute(select(table).where(table.c.id == record.id)).one()._mapping)  # noqa: SLF001 - as above
    return _told(tx, context, entity, record, row, actor)


def _golden(tx: Connection, context: Context, batch: BatchContext, records: list[Record], actor: Actor) -> list[dict[str, Any]]:
    made = []
    with job(memory=batch.memory, threads=1) as con:
        for record in records:
            files = batch.committer.files(f"golden.{record.entity}")
            answer = con.execute(f"select * from read_parquet({file_list(files)}, union_by_name=true) where id = ?", [record.id])
            names = [d[0] for d in answer.description or []]
            row = dict(zip(names, answer.fetchall()[0], strict=True))
            made.append({**_told(tx, context, context.registry[record.entity], record, row, actor), "source": row.get("_source"), "table": row.get("_table")})
    return made


def _told(tx: Connection, context: Context, entity: type[Entity], record: Record, row: dict[str, Any], actor: Actor) -> dict[str, Any]:
    terms = context.sharing.terms(entity, actor)
    origin = terms.origin_of(row)
    refusal = terms.refusal(origin)
    withheld = {n: r.name for n, r in (dict.fromkeys(entity.fields, refusal) if refusal else terms.withheld(origin)).items()}
    row = {n: WITHHELD if n in withheld and v is not None else v for n, v in row.items()}
    return {
        "entity": entity.name, "label": pair(entity.about.label), "id": record.id, "key": {k: _text(row.get(k)) for k in entity.key()},
        "retention": pair(context.registry.kept(entity.name).label), "fields": {n: _field(tx, context, entity.fields[n], row) for n in record.fields},
        "withheld": {n: name for n, name in withheld.items() if n in record.fields},
    }


def _field(tx: Connection, context: Context, field: Field, row: dict[str, Any]) -> dict[str, Any]:
    purpose = field.mark.purpose
    return {
        "label": pair(field.label), "value": _clear(tx, context, row.get(field.name)), "purpose": pair(purpose.label) if purpose else None,
        "legal_basis": purpose.basis.value if purpose else None, "basis": pair(BASES[purpose.basis]) if purpose else None,
    }


def _clear(tx: Connection, context: Context, value: Any) -> Any:
    if not (isinstance(value, str) and is_sealed(value)):
        return _text(value)
    try:
        return unseal(value, key=context.keyring.find(tx, key_id_of(value)))
    except NotFoundError:
        return None  # erased


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _acts(tx: Connection, found: Found) -> list[dict[str, Any]]:
    """What the log says was done to the records, or by the accounts: when and what; the values were never in it."""
    table = audit_event
    objects = [f"{r.entity}/{r.id}" for r in found.native]
    query = select(table.c.at, table.c.action, table.c.object, table.c.outcome).where(table.c.object.in_(objects) | table.c.actor.in_(found.accounts))
    return [{"at": r.at.isoformat(), "action": r.action, "object": r.object, "outcome": r.outcome} for r in tx.execute(query.order_by(table.c.seq).limit(MOST_ACTS))]


def correct(tx: Connection, context: Context, *, entity: str, id_: str, field: str, value: str | None, by: str, reason: str) -> None:
    """Put a personal value of a record right. What comes from a source is put right there, or it comes back."""
    declared = context.registry[entity]
    if declared.about.home is not Home.NATIVE:
        raise ConflictError(f"{entity} comes from source systems", hint="put it right at the source; what arrives there is taken in again")
    if field not in declared.fields or not declared.fields[field].is_about_persons:
        told = ", ".join(f.name for f in declared.fields.values() if f.is_about_persons)
        raise InvalidError(f"{entity}.{field} is no personal field", hint=f"there are: {told or 'none'}")
    table = context.table(entity)
    row = tx.execute(select(table).where(table.c.id == id_)).one_or_none()
    if row is None:
        raise NotFoundError(f"no {entity} {id_!r}", hint="`medthread privacy find` names the records")
    current = dict(row._mapping)  # noqa: SLF001 - as above
    hidden = frozenset(n for n, f in declared.fields.items() if f.is_personal and n != field)
    values = {n: current[n] for n in declared.fields if n not in hidden} | {field: value}
    replace_native(tx, context, entity=entity, id_=id_, change=Change(values=values, version=str(current["_revision"]), reason=reason, hidden=hidden), by=by)


