"""Batches of Arrow text into Parquet, while the next ones are on their way."""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

WAITING = 2  # batches that may wait for the writer


def write_batches(out: Path, columns: tuple[str, ...], batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches of text, empty made null; gives the number of rows. Texts that are no UTF-8 are a `pa.ArrowInvalid`."""
    rows = 0
    schema = pa.schema([(c, pa.string()) for c in columns])
    # No dictionaries: zstd makes more of such text, in two thirds of the time.
    with (
        pq.ParquetWriter(out, schema, compression="zstd", compression_level=1, use_dictionary=False) as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting: deque[Future[None]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_write, writer, batch, schema))
            rows += batch.num_rows
            if len(waiting) > WAITING:
                waiting.popleft().result()
        for left in waiting:
            left.result()
    return rows


def filled(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch under the schema's names, empty texts made null."""
    made = pa.RecordBatch.from_arrays([_filled(c) for c in batch.columns], schema=schema)
    made.validate(full=True)
    return made


def _write(writer: pq.ParquetWriter, batch: pa.RecordBatch, schema: pa.Schema) -> None:
    writer.write_batch(filled(batch, schema))


def _filled(column: Any) -> Any:
    text: Any = column if column.type == pa.string() else column.cast(pa.string())
    lengths: Any = pc.binary_length(text)
    if pc.min(lengths).as_py() != 0:
        return text
    return pc.if_else(pc.equal(lengths, pa.scalar(0, pa.int32())), pa.scalar(None, pa.string()), text)
