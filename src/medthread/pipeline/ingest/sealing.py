"""Personal columns are sealed before a raw row is at rest: the value, its mask, its blind index."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from medthread.derive.columns import INDEX, MASKED
from medthread.trust.seal import blind_index, mask_partial, seal_all

BATCH = 65_536


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
