"""Rows of native entities put into their tables directly, each belonging somewhere."""

import random
import uuid
from typing import Any

from sqlalchemy import Connection, Table, insert

from medthread.model import Entity
from tests.made import value_of


def put(tx: Connection, table: Table, entity: type[Entity], *, plant: str | None = None, organisation: str | None = None, region: str | None = None) -> str:
    """One row with what its table needs; gives its id."""
    rng, id_ = random.Random(uuid.uuid4().int), uuid.uuid4().hex
    row: dict[str, Any] = {f.name: value_of(f, rng) for f in entity.fields.values() if f.required or f.mark.key}
    row |= {f.name: str(row[f.name]) for f in entity.fields.values() if f.is_personal and f.name in row}
    if entity.about.region is not None and region is not None:
        row[entity.about.region] = region
    tx.execute(insert(table).values(id=id_, _plant=plant, _org=organisation, _created_by="test", _updated_by="test", **row))
    return id_
