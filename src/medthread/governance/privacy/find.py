"""Where a person's data are: by blind index where they are sealed, as they stand where they are plain.

Nothing that is found is shown here, only where it is. Texts that nobody could parse, and files in the inbox, cannot be
searched: the first are sealed whole, the second are not ours. The answer says how many there are of the first.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, func, or_, select

from medthread.derive.columns import INDEX
from medthread.model import Entity, Home
from medthread.model.errors import InvalidError
from medthread.pipeline.context import Context as BatchContext
from medthread.stores.engines import file_list, job, quote
from medthread.stores.postgres.tables import account, audit_event, load, notice_address
from medthread.trust.keys import Keyring
from medthread.trust.seal import blind_index
from medthread.workflow import Context

SHORTEST = 2
MOST_VALUES = 20
QUARANTINE = "standard.quarantine"
COUNTRY = "86"


@dataclass(frozen=True)
class Person:
    """Whom it is about: the blind indices of what was given (telephone, name, e-mail), and the plain texts, while we still have them."""

    indices: frozenset[str]
    texts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Iterable[str], keyring: Keyring) -> "Person":
        """From values as people write them: with and without country code, in any width and case."""
        given = [v.strip() for v in values if v.strip()]
        if not given or len(given) > MOST_VALUES or any(len("".join(filter(str.isalnum, v))) < SHORTEST for v in given):
            raise InvalidError("nobody can be found by that", hint=f"give a telephone number, a name or an e-mail address, up to {MOST_VALUES} values")
        texts = frozenset(w for v in given for w in _written(v))
        found = blind_index(sorted(texts), key=keyring.index_key)
        return cls(frozenset(i for i in found if i is not None), texts)

    @property
    def name(self) -> str:
        """What the person is called in the log of acts: an index, never a value."""
        return f"person/{min(self.indices)[:16]}"


def _written(value: str) -> set[str]:
    """The ways in which a value may have been written."""
    plain = unicodedata.normalize("NFKC", value)
    ways = {value, plain, plain.lower(), plain.upper(), plain.title()}
    digits = "".join(c for c in plain if c.isdigit())
    if len(digits) >= len("13800000000") and not any(c.isalpha() for c in plain):
        bare = digits.removeprefix("00").removeprefix(COUNTRY)
        ways |= {digits, bare, COUNTRY + bare, "00" + COUNTRY + bare}
    return ways


@dataclass(frozen=True)
class Record:
    """A record of ours or of a source, and the fields of it that tell of the person."""

    entity: str
    id: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Rows of a table of the lake: how many, and in which columns."""

    table: str
    rows: int
    columns: tuple[str, ...]


@dataclass
class Found:
    """Everywhere that something of the person is."""

    native: list[Record] = field(default_factory=list)
    lake: list[Record] = field(default_factory=list)  # golden records of the newest build
    rows: list[Rows] = field(default_factory=list)  # raw, standard and held rows
    accounts: list[str] = field(default_factory=list)
    log: int = 0  # acts recorded on those records, or by those accounts
    unreadable: int = 0  # records that nobody could parse: sealed whole, not searchable

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held of the person."""
        return not (self.native or self.lake or self.rows or self.accounts)

    def fields(self) -> list[str]:
        """Every `entity.field` that tells of the person."""
        return sorted({f"{r.entity}.{f}" for r in (*self.native, *self.lake) for f in r.fields} | {f"{r.table}.{c}" for r in self.rows for c in r.columns})


def find(tx: Connection, context: Context, batch: BatchContext, person: Person) -> Found:
    """Look everywhere."""
    found = Found()
    for entity in context.registry.at_home(Home.NATIVE):
        found.native += _native(tx, context, entity, person)
    with job(memory=batch.memory, threads=1) as con:
        con.register("person", pa.table({"i": pa.array(sorted(person.indices), pa.string())}))
        for entity in context.registry.at_home(Home.LAKE, Home.MASTER):
            found.lake += _golden(con, batch, entity)
        for table in sorted(batch.committer.heads()):
            if table.startswith(("raw.", "standard.")):
                found.rows += _rows(con, batch, table, person)
    named = or_(*(c.in_(person.texts) for c in (account.c.name, account.c.printed_name, notice_address.c.address)))
    found.accounts = list(tx.execute(select(account.c.name).outerjoin(notice_address).where(named)).scalars())
    objects = [f"{r.entity}/{r.id}" for r in found.native] + [f"account/{n}" for n in found.accounts]
    told = or_(audit_event.c.object.in_(objects), audit_event.c.actor.in_(found.accounts))
    found.log = tx.execute(select(func.count()).select_from(audit_event).where(told)).scalar_one()
    found.unreadable = tx.execute(select(func.coalesce(func.sum(load.c.rejects), 0))).scalar_one()
    return found


def _native(tx: Connection, context: Context, entity: type[Entity], person: Person) -> list[Record]:
    table = context.tables[entity.name]
    told = {f.name: _is_hers(table, f.name, person, sealed=f.is_personal) for f in entity.fields.values() if f.is_about_persons and (f.is_personal or person.texts)}
    if not told:
        return []
    rows = tx.execute(select(table.c.id, *(c.label(n) for n, c in told.items())).where(or_(*told.values()))).all()
    return [Record(entity.name, r.id, tuple(n for n in told if getattr(r, n))) for r in rows]


def _is_hers(table: Any, name: str, person: Person, *, sealed: bool) -> Any:
    return table.c[name + INDEX].in_(person.indices) if sealed else table.c[name].in_(person.texts)


def _golden(con: duckdb.DuckDBPyConnection, batch: BatchContext, entity: type[Entity]) -> list[Record]:
    names = [f.name for f in entity.fields.values() if f.is_personal]
    files = batch.committer.files(f"golden.{entity.name}")
    if not names or not files:
        return []
    read = f"read_parquet({file_list(files)}, union_by_name=true)"
    there = {r[0] for r in con.execute(f"describe select * from {read}").fetchall()}
    names = [n for n in names if n + INDEX in there]
    if not names:
        return []
    flags = [f"{quote(n + INDEX)} in (select i from person)" for n in names]
    rows = con.execute(f"select id, {', '.join(f'coalesce({f}, false)' for f in flags)} from {read} where {' or '.join(flags)} order by id").fetchall()
    return [Record(entity.name, r[0], tuple(n for n, hers in zip(names, r[1:], strict=True) if hers)) for r in rows]


def _rows(con: duckdb.DuckDBPyConnection, batch: BatchContext, table: str, person: Person) -> list[Rows]:
    files = batch.committer.files(table)
    if not files:
        return []
    read = f"read_parquet({file_list(files)}, union_by_name=true)"
    if table == QUARANTINE:
        mentions = " or ".join(f"contains(raw, '{i}')" for i in sorted(person.indices))
        count = int(con.execute(f"select count(*) from {read} where {mentions}").fetchall()[0][0])
        return [Rows(table, count, ("raw",))] if count else []
    columns = [r[0].removesuffix(INDEX) for r in con.execute(f"describe select * from {read}").fetchall() if r[0].endswith(INDEX)]
    if not columns:
        return []
    flags = [f"{quote(c + INDEX)} in (select i from person)" for c in columns]
    counted = con.execute(f"select {', '.join(f'count_if({f})' for f in flags)}, count(*) from {read} where {' or '.join(flags)}").fetchall()[0]
    told = tuple(c for c, n in zip(columns, counted, strict=False) if n)
    return [Rows(table, int(counted[-1]), told)] if told else []
