"""Masters that were asked for here and approved, read like a table of any other system: so they are matched, traced and corrected like its rows.

Their values are what the request said; what a system says that works with the thing counts more, as it has a higher trust.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, select

from medthread.model import Entity, EntityMapping, FieldMapping, Home, Registry, Source, TableMapping
from medthread.pipeline.context import Context
from medthread.stores.postgres.tables import master_request
from medthread.stores.readers import Extract
from medthread.trust.keys import Keyring
from medthread.trust.seal import is_sealed, key_id_of, unseal

SOURCE = "request"
ADDRESS = "medthread:requests"
TRUST = 30  # below that of systems, whose own is 50 unless they say otherwise
CHANGED_AT = "changed_at"
MOMENT = "%Y-%m-%d %H:%M:%S.%f+00:00"


def asked_masters(registry: Registry) -> list[type[Entity]]:
    """Masters that can be asked for: those that are matched, and that one code names."""
    return [e for e in registry.at_home(Home.MASTER) if e.about.match and len(e.key()) == 1]


def record_of(code: str) -> str:
    """What the record of an approved request is called where records are matched."""
    return f"{SOURCE}|{code}"


def source_of_requests(tx: Connection, registry: Registry) -> Source | None:
    """What was asked for here, as a source with a table for each master of which anything was approved; none where nothing was."""
    names = set(tx.execute(select(master_request.c.entity).where(master_request.c.status == "approved").distinct()).scalars())
    asked = [e for e in asked_masters(registry) if e.name in names]
    return source_of(asked, org="") if asked else None


def with_requests(sources: tuple[Source, ...], requested: Source | None) -> tuple[Source, ...]:
    """The sources of a workspace, and what was asked for here beside them; a company's own of this name stays as it is."""
    if requested is None or any(s.name == SOURCE for s in sources):
        return sources
    return (*sources, requested.model_copy(update={"org": sources[0].org if sources else ""}))


def source_of(masters: Iterable[type[Entity]], *, org: str) -> Source:
    """The source of what was asked for: a table for each master, its columns named as its fields."""
    tables = {e.name: TableMapping(table=e.name, format="sql", changed_at=CHANGED_AT, feeds=(_feed(e),)) for e in masters}
    return Source(name=SOURCE, zh="主数据申请", en="Requests for masters", owner="it", system="Medthread", org=org, trust=TRUST, url=ADDRESS, tables=tables)


def _feed(entity: type[Entity]) -> EntityMapping:
    return EntityMapping(entity=entity.name, fields={n: FieldMapping.model_validate({"from": n}) for n in entity.fields})


def read_requests(context: Context, table: str, since: str | None, out: Path) -> Extract:
    """What was approved of a master, as Parquet of text, oldest first."""
    entity, (key,) = context.registry[table], context.registry[table].key()
    query = select(master_request).where(master_request.c.entity == table, master_request.c.status == "approved").order_by(master_request.c.decided_at)
    if since is not None:
        query = query.where(master_request.c.decided_at >= datetime.strptime(since, MOMENT).replace(tzinfo=UTC))
    columns = (*entity.fields, CHANGED_AT)
    with context.store.transaction() as tx:
        rows = [
            {**{n: opened(tx, context.keyring, r.values.get(n)) for n in entity.fields}, key: r.code, CHANGED_AT: r.decided_at.astimezone(UTC).strftime(MOMENT)}
            for r in tx.execute(query)
        ]
    pq.write_table(pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in columns}), out)
    return Extract(out, columns, len(rows))


def opened(tx: Connection, keyring: Keyring, value: str | None) -> str | None:
    """A value as it was given, whether it is sealed or not."""
    return unseal(value, key=keyring.find(tx, key_id_of(value))) if value is not None and is_sealed(value) else value
