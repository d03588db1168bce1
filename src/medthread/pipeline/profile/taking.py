"""Taking a profile: set-wise, in bounded memory; what is counted by value is counted in a sample where the table is large."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from medthread.model import Registry, TableMapping
from medthread.model.errors import SourceError
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.reading import read_arrival
from medthread.pipeline.profile.figures import figures, take_sample, value_counts
from medthread.pipeline.profile.forms import as_masked, with_forms
from medthread.pipeline.profile.profile import ColumnProfile, Profile, Standing
from medthread.pipeline.profile.relations import decisions, inclusions, keys_of
from medthread.pipeline.profile.sensitive import suspected
from medthread.pipeline.profile.subject import Column, Subject, subject_of, subject_of_file
from medthread.pipeline.progress import Progress, silent
from medthread.stores.engines import job
from medthread.stores.lakehouse import ReleaseTable

MOST = 100_000  # rows that are looked at value by value
STEPS = 5  # beside one for each column
FORMATS = {".csv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".json": "json", ".xml": "xml", ".parquet": "parquet"}


def profile_table(context: Context, table: str, heads: Mapping[str, ReleaseTable]) -> Profile:
    """The profile of a table of the lake, as its newest snapshot is."""
    with job(memory=context.memory, threads=context.threads) as con:
        return look(con, subject_of(con, context, table, heads), context.registry, heads, progress=context.progress)


def profile_file(context: Context, path: Path, heads: Mapping[str, ReleaseTable]) -> Profile:
    """The profile of a file that no mapping reads yet. Its values are told masked. Raises `SourceError` where it cannot be read."""
    if path.suffix.lower() not in FORMATS or not path.is_file():
        raise SourceError(f"{path.name} is no file that can be profiled", hint=f"a file that ends in {', '.join(FORMATS)}", file=path.name)
    mapping = TableMapping.model_validate({"files": path.name, "format": FORMATS[path.suffix.lower()]})
    with tempfile.TemporaryDirectory(prefix="medthread-profile-") as folder, job(memory=context.memory, threads=context.threads) as con:
        read = read_arrival(path, mapping, out=Path(folder) / "came.parquet")
        return look(con, subject_of_file(con, path.name, str(read.path)), context.registry, heads, progress=context.progress)


def profile_sample(context: Context, name: str, sample: pa.Table, heads: Mapping[str, ReleaseTable]) -> Profile:
    """The profile of rows in hand, as a source has them now. Its values are told masked, for they were not taken in yet."""
    with tempfile.TemporaryDirectory(prefix="medthread-profile-") as folder, job(memory=context.memory, threads=context.threads) as con:
        came = Path(folder) / "came.parquet"
        pq.write_table(sample, came)
        return look(con, subject_of_file(con, name, str(came)), context.registry, heads, progress=context.progress)


def look(con: duckdb.DuckDBPyConnection, subject: Subject, registry: Registry, heads: Mapping[str, ReleaseTable], *, progress: Progress = silent) -> Profile:
    """The profile of what lies in the subject's files; `heads` are the tables whose keys may stand in it."""
    began, total = time.perf_counter(), STEPS + len(subject.columns)
    step = partial(_tell, progress, total)
    step(0, "figures")
    rows, columns = figures(con, subject)
    step(1, "sample")
    sampled = take_sample(con, subject, rows=rows, most=MOST)
    found = []
    for number, (column, told) in enumerate(zip(subject.columns, columns, strict=True)):
        step(2 + number, column.name)
        found.append(_looked_at(con, column, told, whole=sampled == rows))
    step(total - 3, "keys")
    keys = keys_of(con, subject, found, rows)
    step(total - 2, "decisions")
    decided = decisions(con, found)
    step(total - 1, "references")
    within = inclusions(con, subject, found, registry, heads)
    step(total, subject.table)
    return Profile(
        table=subject.table, snapshot=subject.snapshot, rows=rows, sampled=sampled, at=datetime.now(UTC), seconds=round(time.perf_counter() - began, 2),
        columns=tuple(found), keys=keys, decides=decided, within=within,
    )


def _tell(progress: Progress, total: int, done: int, what: str) -> None:
    progress("profile", done, total, what)


def _looked_at(con: duckdb.DuckDBPyConnection, column: Column, told: ColumnProfile, *, whole: bool) -> ColumnProfile:
    """What values say; where the sample is the whole table its distinct values are counted, else they stay estimated."""
    if column.standing is Standing.SEALED:
        return told
    value_counts(con, column)
    if whole:
        told = replace(told, distinct=int(con.execute("select count(*) from v").fetchall()[0][0]))
    told = with_forms(con, column, told)
    found = suspected(con, column) if column.is_text or column.is_number else None
    told = replace(told, suspected=found)
    # A profile outlives what it was taken of: what is about persons, or seems so, is never kept in it.
    return as_masked(con, told) if column.standing is Standing.MASKED or column.declared or found is not None else told
