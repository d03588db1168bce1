"""Exactly what a signer is shown: the record, its lines, what the act will change. The signature is bound to its hash."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.columns import INDEX, MASKED
from medthread.derive.view import needs_clearance
from medthread.methods.canonical import canonical
from medthread.model import Entity, Field, Kind, Transition
from medthread.trust.seal import blind_index, keyed_hash, mask_partial
from medthread.workflow.cases import Case
from medthread.workflow.context import Context


def content_of(tx: Connection, context: Context, case: Case, row: dict[str, Any], transition: Transition, given: dict[str, Any]) -> dict[str, Any]:
    """Record and lines as they stand, with the values that the act gives. A personal value is there by its mask and its index."""
    entity = context.registry[case.entity]
    values = values_of(entity, row) | {n: _given(context, entity.fields[n], v) for n, v in given.items()}
    return {
        "entity": case.entity, "record": case.record, "revision": row["_revision"], "process": case.process.name, "version": case.process.version,
        "state": case.state, "action": transition.action, "to": transition.to, "meaning": transition.meaning.value if transition.meaning else None,
        "values": values, "parts": parts_of(tx, context, entity, row),
    }


def values_of(entity: type[Entity], row: dict[str, Any]) -> dict[str, Any]:
    """A row's values as they are signed."""
    return {f.name: _value(f, row) for f in entity.fields.values()}


def parts_of(tx: Connection, context: Context, entity: type[Entity], row: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """All lines of a record as they are signed, by the entity that they are of."""
    return {name: lines_of(tx, context, name, entity, row) for name in context.parts(entity.name)}


def lines_of(tx: Connection, context: Context, part: str, whole: type[Entity], row: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of one kind that belong to a record, in the order of their keys."""
    declared, table = context.registry[part], context.tables[part]
    here = declared.about.part_of or ""
    ref = declared.fields[here].mark.ref
    where = [table.c[here] == row[whole.key()[-1]], *(table.c[mine] == row[theirs] for theirs, mine in (ref.along if ref else ()))]
    rows = tx.execute(select(table).where(*where).order_by(*(table.c[k] for k in declared.key())))
    return [values_of(declared, dict(r._mapping)) for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def shown_hash(context: Context, content: dict[str, Any], given: dict[str, Any], *, by: str) -> str:
    """By what a person says that they saw this content, and gave those values.

    No plain hash: that could be compared with the hash of a guess, and would give away what is masked for them.
    """
    return keyed_hash(canonical({"content": content, "given": given, "by": by}), key=context.keyring.index_key)


def differing(context: Context, entity: type[Entity], row: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """Names of the given values that are others than the record's; a classified one counts as another, whatever it is: it is not to be guessed."""
    fields = entity.fields
    return [n for n, v in given.items() if fields[n].is_personal or needs_clearance(fields[n]) or _given(context, fields[n], v) != _value(fields[n], row)]


def changed_since(entity: type[Entity], signed: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Names of the fields that hold another value now than was signed."""
    return [n for n, v in now.items() if not _same(entity.fields[n], signed.get(n), v)]


def _same(field: Field, signed: Any, value: Any) -> bool:
    """Whether it is one value. A moment is the same however its offset is written; those signed before offsets were asked for meant UTC."""
    if field.kind is not Kind.TIMESTAMP or not isinstance(signed, str) or not isinstance(value, str):
        return bool(signed == value)
    one, other = (m if m.tzinfo else m.replace(tzinfo=UTC) for m in map(datetime.fromisoformat, (signed, value)))
    return one == other


def _value(field: Field, row: dict[str, Any]) -> Any:
    if field.is_personal and row[field.name] is not None:
        return {"masked": row[field.name + MASKED], "index": row[field.name + INDEX]}
    return _text(row[field.name])


def _given(context: Context, field: Field, value: Any) -> Any:
    if field.is_personal and value is not None:
        return {"masked": mask_partial(str(value)), "index": blind_index([str(value)], key=context.keyring.index_key)[0]}
    return _text(value)


def _text(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if hasattr(value, "normalize"):  # a decimal: 5 and 5.000000 are the same quantity
        return f"{value.normalize():f}"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
