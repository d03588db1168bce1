"""New values for raw columns, as a person gives them: checked, and sealed where the column is, before they are written anywhere."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, select

from medthread.derive.columns import INDEX, MASKED
from medthread.derive.payload import LONGEST
from medthread.model.errors import InvalidError, NotFoundError
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.sealing import sealed_columns, sealed_value
from medthread.stores.postgres.tables import erased_index
from medthread.trust.keys import PREFIX

Values = Mapping[str, str | None]


def checked(context: Context, source: str, table: str, values: Values, *, known: frozenset[str]) -> dict[str, str | None]:
    """The values for raw columns of a table. Raises `InvalidError` for a column that the row does not have, and for text that cannot be."""
    mapping = next((s.tables[table] for s in context.sources if s.name == source and table in s.tables), None)
    if mapping is None:
        raise NotFoundError(f"{source}.{table} is mapped no more", hint="reject the row, or map its table again")
    strange = sorted(set(values) - known - mapping.mapped)
    if strange:
        raise InvalidError(f"{source}.{table} has no column {strange[0]!r}", hint=f"columns: {', '.join(sorted(known | mapping.mapped))}")
    for column, value in values.items():
        if value is not None and len(value) > LONGEST:
            raise InvalidError(f"the value for {column} is longer than {LONGEST} characters", hint="shorten it")
        if value is not None and value.startswith(PREFIX):
            raise InvalidError(f"the value for {column} begins like a sealed value", hint="write the value as it is meant")
    return {c: v if v is None or v != "" else None for c, v in values.items()}


def sealed(tx: Connection, context: Context, *, source: str, table: str, load: str, values: Values) -> str:
    """The values as JSON, as they are kept: those of sealed columns under the key of the row's own load, with mask and index."""
    made: dict[str, str | None] = dict(values)
    closed = sealed_columns(context, source, table, tuple(values))
    if closed:
        key = context.keyring.make(tx, id_=load, subject=f"load/{load}")
        erased = frozenset(tx.execute(select(erased_index.c.value_index)).scalars())
        for column in closed:
            value = sealed_value(values[column], key=key, key_id=load, index_key=context.keyring.index_key, erased=erased)
            made |= {column: value.text, column + MASKED: value.mask, column + INDEX: value.index}
    return json.dumps(made, ensure_ascii=False)
