"""What reactions work with: native records, acts of the system, the genealogy, the release; all in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, and_, select, text

from medthread.model.errors import NotFoundError
from medthread.model.events import Event, Row
from medthread.stores.lakehouse.standing import name_release
from medthread.stores.postgres.row_security import Place
from medthread.stores.postgres.tables import process_case
from medthread.workflow.act import Act, perform
from medthread.workflow.context import Context
from medthread.workflow.many import SET, column_of, create_many, sets_of
from medthread.workflow.native import Change, create_native, replace_native
from medthread.workflow.outbox import emit
from medthread.workflow.standing import MACHINE

FOLLOWS = "由事件引起 / follows from an event"


class Acting:
    """Work done on behalf of somebody, within a transaction that belongs to the caller. `events` are what it brought about."""

    def __init__(self, tx: Connection, context: Context, *, by: str, now: datetime, after: Event | None = None) -> None:
        self.by, self.now, self._after = by, now, after
        self.events: list[Event] = []
        self._tx, self._context = tx, context

    def find(self, entity: str, **where: Any) -> list[Row]:
        """Native records with those values, with `id` and `_state`."""
        table = self._context.table(entity)
        case = process_case
        joined = table.outerjoin(case, and_(case.c.entity == entity, case.c.record == table.c.id))
        conditions = [case.c.state == v if k == "_state" else table.c[k] == v for k, v in where.items()]
        rows = self._tx.execute(select(table, case.c.state.label("_state")).select_from(joined).where(*conditions).order_by(table.c.id))
        return [dict(r._mapping) for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns

    def get(self, entity: str, id_: str) -> Row:
        """One native record by id."""
        found = self.find(entity, id=id_)
        if not found:
            raise NotFoundError(f"no {entity} {id_!r}", hint="it may have been given another id")
        return found[0]

    def create(self, entity: str, values: Row) -> str:
        """Open a native record."""
        return create_native(self._tx, self._context, entity=entity, values=values, by=self.by, place=self._place())

    def create_many(self, entity: str, rows: Iterable[Row]) -> int:
        """Open many native records that have neither a process nor personal values."""
        return create_many(self._tx, self._context, entity=entity, sets=sets_of(rows), by=self.by, place=self._place()).count

    def create_from(self, entity: str, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Open many from the rows of a SELECT over records written here, whose columns are fields."""
        found = self._tx.execute(text(sql), dict(parameters or {}), execution_options={"yield_per": SET})
        names = tuple(found.keys())
        sets = (pa.table({n: column_of(n, [row[i] for row in part]) for i, n in enumerate(names)}) for part in found.partitions())
        return create_many(self._tx, self._context, entity=entity, sets=sets, by=self.by, place=self._place()).count

    def _place(self) -> Place | None:
        """Where what follows from an event belongs: where its record does."""
        after = self._after
        table = self._context.tables.get(after.entity) if after is not None else None
        if after is None or table is None:
            return None
        row = self._tx.execute(select(table.c["_org"], table.c["_plant"]).where(table.c.id == after.record)).one_or_none()
        return Place(*row) if row is not None else None

    def change(self, entity: str, id_: str, values: Row) -> None:
        """Change some values of a native record."""
        found = self.get(entity, id_)
        fields = self._context.registry[entity].fields
        hidden = frozenset(n for n, f in fields.items() if f.is_personal and n not in values)
        body = {n: found[n] for n in fields if n not in hidden} | values
        change = Change(values=body, version=str(found["_revision"]), reason=FOLLOWS, hidden=hidden)
        replace_native(self._tx, self._context, entity=entity, id_=id_, change=change, by=self.by)

    def act(self, entity: str, id_: str, action: str, *, reason: str, values: Row | None = None) -> None:
        """Do a transition that the system may do."""
        version = str(self.get(entity, id_)["_revision"])
        wanted = Act(entity=entity, record=id_, action=action, version=version, values=values or {}, reason=reason)
        self.events += perform(self._tx, self._context, wanted, MACHINE, at=self.now).events

    def emit(self, event: str, *, entity: str, record: str, body: Row) -> None:
        """Say that something happened."""
        self.events.append(emit(self._tx, self._context, type_=event, entity=entity, record=record, by=self.by, at=self.now, body=body))

    def walk(self, *lots: tuple[str, str], direction: str) -> list[tuple[str, str]]:
        """The lots met along the genealogy from any of these, themselves included."""
        return self._context.genealogy.lots(lots, direction=direction)

    def leading(self, lots: Sequence[tuple[str, str]], *, to: str) -> list[tuple[str, str]]:
        """Those of the lots from which something of a kind is reached."""
        return self._context.genealogy.leading(lots, to=to)

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a SELECT over records written here, as they stand in this transaction."""
        return [dict(r._mapping) for r in self._tx.execute(text(sql), dict(parameters or {}))]  # noqa: SLF001 - SQLAlchemy's documented way

    def released(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of a SELECT over the release that readers see."""
        return self._context.released.rows(sql, parameters or {})

    def release(self) -> str | None:
        """Which release readers see. It is kept from then on, so that the same question can be asked again."""
        named = self._context.released.release()
        if named is not None:
            name_release(self._tx, named, in_=f"{self._after.entity}/{self._after.record}" if self._after else self.by)
        return named
