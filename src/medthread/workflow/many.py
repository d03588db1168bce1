"""Many new records of one kind at once: read, judged and written set by set, all of them or none (a receipt of ten thousand serial numbers)."""

import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import IntegrityError

from medthread.model import Entity
from medthread.model.errors import ConflictError, InvalidError
from medthread.model.events import Row
from medthread.stores.engines import quote
from medthread.stores.postgres.copying import copy_from_csv
from medthread.stores.postgres.row_security import EVERYWHERE, ROLE, Place, Reach, own_rows
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.intake import taken_in
from medthread.workflow.changing import Kind, require_writer
from medthread.workflow.context import Context
from medthread.workflow.filling import blanks_of
from medthread.workflow.native import Hand, place_in_whole
from medthread.workflow.standing import MACHINE

SET = 50_000  # rows that are in memory at once
MADE_BY = ("_org", "_plant", "_created_by", "_updated_by")
AS_CSV = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")  # null is nothing, blank text would be ""


@dataclass(frozen=True)
class Batch:
    """Records that were made together: the id that theirs begin with, and how many they are."""

    id: str
    count: int


def batch_of(id_: str) -> str | None:
    """The batch that a record was made in, by its id; none for a record that was made by itself."""
    batch, dash, _ = id_.partition("-")
    return batch if dash else None


def create_many(
    tx: Connection, context: Context, *, entity: str, sets: Iterable[pa.Table], by: str, within: Reach = EVERYWHERE, place: Place | None = None,
    hands: Actor = MACHINE,
) -> Batch:
    """Write new objects of an entity that has neither a process nor personal fields; one audit row tells of all.

    Sets have text or typed values, columns named by field; one at a time is in memory. Refused whole, with the rows that are
    wrong by their number, where one breaks a rule (`InvalidError`) or its key is there already (`ConflictError`). The lines of
    a set are of one record.
    """
    declared = context.registry[entity]
    making = _Making(tx, context, declared, context.table(entity), uuid.uuid4().hex, by, within, place, hands)
    why = why_one_by_one(context, declared)
    if why is not None:
        raise InvalidError(f"a {entity} {why}", hint="create them one by one")
    if declared.about.part_of is None:
        require_writer(tx, context, declared, by=hands)
    count, digest = 0, hashlib.sha256()
    for part in sets:
        content = making.content(part, first=count + 1)
        making.copy(content)
        count += len(part)
        digest.update(content)
    if count:
        record(tx, actor=by, action="entity.create_many", object_=f"{entity}/{making.batch}", detail={"rows": count, "sha256": digest.hexdigest()})
    return Batch(making.batch, count)


def why_one_by_one(context: Context, entity: type[Entity]) -> str | None:
    """Why records of an entity are made one by one; nothing where they may be made many at once."""
    personal = [f.name for f in entity.fields.values() if f.is_personal]
    if personal:
        return f"holds personal values ({', '.join(personal)})"
    return "goes through a process, each record by itself" if entity.name in context.rulebook.processes else None


def sets_of(rows: Iterable[Row]) -> Iterator[pa.Table]:
    """Rows of any number as sets of a size that memory holds."""
    waiting = iter(rows)
    while part := list(islice(waiting, SET)):
        names = dict.fromkeys(n for r in part for n in r)
        yield pa.table({n: column_of(n, [r.get(n) for r in part]) for n in names})


def slices_of(rows: pa.Table) -> Iterator[pa.Table]:
    """A table in sets of the same size."""
    return (rows.slice(start, SET) for start in range(0, len(rows), SET))


def column_of(name: str, values: Sequence[Any]) -> "pa.Array[Any]":
    """Values of one kind as they are, of several kinds as text."""
    try:
        column: pa.Array[Any] = pa.array(values)
    except pa.ArrowException:
        column = pa.array([None if v is None else str(v) for v in values], pa.string())
    if pa.types.is_nested(column.type):
        raise InvalidError(f"{name}: a value is a list or an object", hint="give a text, a number, true, false or null")
    return column


@dataclass(frozen=True)
class _Making:
    """What is the same for every set of a batch."""

    tx: Connection
    context: Context
    entity: type[Entity]
    table: Table
    batch: str
    by: str
    within: Reach
    place: Place | None
    hands: Actor

    def content(self, rows: pa.Table, *, first: int) -> bytes:
        """A set as CSV, read and judged."""
        entity = self.entity
        unknown = [n for n in rows.column_names if n not in entity.fields]
        if unknown:
            raise InvalidError(f"{entity.name} has no field {', '.join(map(repr, unknown))}", hint=f"fields: {', '.join(entity.fields)}")
        blanks = blanks_of(self.tx, self.context, entity, rows, by=self.by, at=datetime.now(UTC), first=first)
        taken = taken_in(entity, self.context.registry, rows, given=blanks, zone=self.context.calendar.zone, first=first)
        where = self._whole(taken) or self.place or self.within.home
        size = len(taken)
        plants = taken[entity.about.plant] if entity.about.plant else pa.array([where.plant] * size, pa.string())
        made = [pa.array([where.organisation] * size, pa.string()), plants, pa.array([self.by] * size), pa.array([self.by] * size)]
        ids = pa.array([f"{self.batch}-{n:07d}" for n in range(first, first + size)])
        out = io.BytesIO()
        pyarrow.csv.write_csv(pa.table([ids, *taken.columns, *made], names=["id", *taken.column_names, *MADE_BY]), out, AS_CSV)
        return out.getvalue()

    def _whole(self, taken: pa.Table) -> Place | None:
        """Where the record is that all rows are lines of."""
        part_of = self.entity.about.part_of
        ref = self.entity.fields[part_of].mark.ref if part_of else None
        if part_of is None or ref is None:
            return None
        names = [part_of, *(here for _, here in ref.along)]
        wholes = taken.select(names).group_by(names).aggregate([]).to_pylist()
        if len(wholes) != 1:
            raise InvalidError(f"the rows are lines of {len(wholes)} records", hint="send the lines of one record at a time")
        return place_in_whole(self.tx, self.context, self.entity, wholes[0], Hand(Kind.ADD, self.hands, self.within))

    def copy(self, content: bytes) -> None:
        """Into the table; of somebody who is bound, by way of a table of their own, for no role that is bound may copy."""
        columns = ", ".join(quote(n) for n in ("id", *self.entity.fields, *MADE_BY))
        tx, name = self.tx, self.table.fullname
        try:
            with tx.begin_nested():
                if not self.within.is_bound:
                    copy_from_csv(tx, name, columns, content)
                    return
                tx.execute(text(f"create temp table arriving on commit drop as select {columns} from {name} with no data"))
                tx.execute(text(f"grant select on arriving to {ROLE}"))
                copy_from_csv(tx, "arriving", columns, content)
                with own_rows(tx, self.within):
                    tx.execute(text(f"insert into {name} ({columns}) select {columns} from arriving"))
                tx.execute(text("drop table arriving"))
        except (psycopg.errors.UniqueViolation, IntegrityError) as error:
            raise ConflictError(f"there is a {self.entity.name} already: {_detail(error)}", hint="leave it out, or choose another key") from error
        except psycopg.DataError as error:
            raise InvalidError("a value cannot be stored", hint="leave out control characters, and keep numbers within their type") from error


def _detail(error: Exception) -> str:
    cause = getattr(error, "orig", error)
    return str(cause.diag.message_detail) if isinstance(cause, psycopg.Error) else str(cause)
