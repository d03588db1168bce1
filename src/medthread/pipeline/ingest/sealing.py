"""Personal columns are sealed before a raw row is at rest: the value, its mask, its blind index."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from medthread.derive.columns import INDEX, MASKED
from medthread.pipeline.context import Context
from medthread.trust.seal import blind_index, mask_partial, seal_all

BATCH = 65_536


@dataclass(frozen=True)
class Sealed:
    """One value as it is at rest."""

    text: str | None
    mask: str | None
    index: str | None


def sealed_columns(context: Context, source: str, table: str, columns: Iterable[str]) -> frozenset[str]:
    """Which raw columns of a table are sealed: those that feed personal fields, and those that no mapping knows: nobody has said they are not."""
    fields = {e.name: frozenset(f.name for f in e.fields.values() if f.is_personal) for e in context.registry.values()}
    mapped = context.source(source)
    declared, known = mapped.personal_columns(table, fields), mapped.tables[table].mapped
    return frozenset(c for c in columns if c in declared or c not in known)


def sealed_value(value: str | None, *, key: bytes, key_id: str, index_key: bytes, erased: frozenset[str]) -> Sealed:
    """One value that a person gives for a sealed column; none where it is that of somebody erased."""
    given = _without(erased, [value or None], index_key)
    return Sealed(seal_all(given, key=key, key_id=key_id)[0], mask_partial(given[0]), blind_index(given, key=index_key)[0])


def seal_columns(
    source: Path, out: Path, *, columns: frozenset[str], key: bytes, key_id: str, index_key: bytes, erased: frozenset[str] = frozenset()
) -> None:
    """Rewrite a raw file with its personal columns sealed; each distinct value of a batch is sealed once.

    Values whose blind index is in `erased` are those of persons who were erased: they are not taken in again.
    """
    with pq.ParquetFile(source) as file:
        # Whoever wrote the file may have found no gap in a column; a value sealed away, as that of somebody erased, makes one.
        schema = pa.schema([f.with_nullable(True) for f in file.schema_arrow])  # noqa: FBT003 - the library's own word
        for name in schema.names:
            if name in columns:
                schema = schema.append(pa.field(name + MASKED, pa.string())).append(pa.field(name + INDEX, pa.string()))
        with pq.ParquetWriter(out, schema, compression="zstd", compression_level=1) as writer:
            for batch in file.iter_batches(BATCH):
                writer.write_batch(_sealed(batch, columns, key, key_id, index_key, erased).select(schema.names))


def _sealed(
    batch: pa.RecordBatch, columns: frozenset[str], key: bytes, key_id: str, index_key: bytes, erased: frozenset[str]
) -> pa.RecordBatch:
    arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in [n for n in batch.schema.names if n in columns]:
        coded: Any = pc.dictionary_encode(batch.column(name))
        distinct = _without(erased, [v or None for v in coded.dictionary.to_pylist()], index_key)
        made = {
            name: seal_all(distinct, key=key, key_id=key_id),
            name + MASKED: [mask_partial(v) for v in distinct],
            name + INDEX: blind_index(distinct, key=index_key),
        }
        for column, values in made.items():
            arrays[column] = pc.take(pa.array(values, pa.string()), coded.indices)
    return pa.RecordBatch.from_pydict(arrays)


def _without(erased: frozenset[str], values: list[str | None], index_key: bytes) -> list[str | None]:
    if not erased:
        return values
    return [None if i in erased else v for v, i in zip(values, blind_index(values, key=index_key), strict=True)]
