"""Cases: where each record stands in its process. A case stays on the version of the definition that it began with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from medthread.methods.canonical import hash_of
from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.model.process import Process
from medthread.model.rulebook import Rulebook
from medthread.stores.postgres.tables import process_case, process_definition, process_step
from medthread.stores.postgres.writing import Write, changing
from medthread.workflow.context import Context
from medthread.workflow.duties import Done

DEFINITION: TypeAdapter[Process] = TypeAdapter(Process)


@dataclass(frozen=True)
class Case:
    """A record's place in its process."""

    entity: str
    record: str
    process: Process
    state: str
    opened_by: str
    opened_at: datetime
    state_since: datetime
    bound: tuple[str, ...] = ()  # `act/name`: who changed the work that the act checks, and does not do it

    @property
    def is_over(self) -> bool:
        """Whether the record may not be changed any more."""
        return self.process.is_over(self.state)


def keep_definitions(tx: Connection, rulebook: Rulebook) -> None:
    """Write down what each version means. A version that cases stand on cannot mean something else later."""
    for process in rulebook.processes.values():
        body = DEFINITION.dump_python(process, mode="json", exclude_defaults=True)  # a word added later changes no older meaning
        sha256 = hash_of(body)
        table = process_definition
        here = (table.c.process == process.name) & (table.c.version == process.version)
        known = tx.execute(select(table.c.sha256).where(here)).scalar_one_or_none()
        if known == sha256:
            continue
        standing = select(func.count()).where(process_case.c.process == process.name, process_case.c.version == process.version)
        if known is not None and tx.execute(standing).scalar_one():
            raise ConfigurationError(
                f"process {process.name} changed and is still version {process.version}, on which cases stand",
                hint="raise its version; open cases stay on the old one until they are migrated",
            )
        fresh = {"sha256": sha256, "body": body}
        tx.execute(upsert(table).values(process=process.name, version=process.version, **fresh).on_conflict_do_update(
            index_elements=["process", "version"], set_=fresh))


def open_case(tx: Connection, context: Context, *, entity: str, record: str, by: str, at: datetime, values: Mapping[str, Any]) -> Case:
    """Begin, in the state that the definition gives a record of these values."""
    process = context.rulebook.processes[entity]
    begin = process.begins(values)
    tx.execute(insert(process_case).values(
        entity=entity, record=record, process=process.name, version=process.version, state=begin, opened_by=by, opened_at=at, state_since=at))
    return Case(entity, record, process, begin, by, at, at)


def find_case(tx: Connection, context: Context, *, entity: str, record: str, lock: bool = False) -> Case | None:
    """The record's case; nothing where its entity has no process."""
    query = select(process_case).where(process_case.c.entity == entity, process_case.c.record == record)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else case_from(tx, context, row)


def case_from(tx: Connection, context: Context, row: Any) -> Case:
    """A row of cases, with the definition that it stands on."""
    process = definition_of(tx, context, row)
    return Case(row.entity, row.record, process, row.state, row.opened_by, row.opened_at, row.state_since, tuple(row.bound))


def case_of(tx: Connection, context: Context, *, entity: str, record: str, lock: bool = False) -> Case:
    """The record's case, which must be there."""
    found = find_case(tx, context, entity=entity, record=record, lock=lock)
    if found is None:
        context.known(entity)
        raise NotFoundError(f"{entity} {record!r} has no process, or is not there", hint="open it from its list")
    return found


def definition_of(tx: Connection, context: Context, row: Any) -> Process:
    """The definition that a row of `process_case` stands on."""
    current = context.rulebook.processes.get(row.entity)
    if current is not None and (current.name, current.version) == (row.process, row.version):
        return current
    kept = select(process_definition.c.body).where(process_definition.c.process == row.process, process_definition.c.version == row.version)
    return DEFINITION.validate_python(tx.execute(kept).scalar_one())


def moving(case: Case, *, to: str, at: datetime) -> Write:
    """The case in another state, to be written together with what moved it."""
    closed = at if case.process.is_over(to) else None
    return changing(process_case, {"state": to, "state_since": at, "closed_at": closed}, of={"entity": case.entity, "record": case.record})


def done_so_far(tx: Connection, case: Case) -> list[Done]:
    """Everything that persons did on the record, signatures that wait for others included."""
    table = process_step
    query = select(table).where(table.c.entity == case.entity, table.c.record == case.record, ~table.c.void).order_by(table.c.id)
    return [Done(r.action, r.actor, r.on_behalf_of, r.organisation) for r in tx.execute(query)]


def void_pending(tx: Connection, *, entity: str, record: str) -> int:
    """The record changed: who signed an act that still waits for others must sign again. Gives how many."""
    table = process_step
    here = (table.c.entity == entity) & (table.c.record == record) & table.c.to_state.is_(None) & ~table.c.void
    return len(tx.execute(update(table).where(here).values(void=True).returning(table.c.id)).all())
