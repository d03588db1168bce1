"""A file that a person hands in as rows of one entity: columns by field name, or by what the field is called in either language."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.model import Entity
from medthread.model.errors import InvalidError
from medthread.stores.readers import ReadRequest, read_to_parquet

FORMATS = ("csv", "xlsx", "json")
MOST_BYTES = 200 << 20
MOST_ROWS = 1_000_000


@contextmanager
def handed_in(file: BinaryIO, name: str) -> Iterator[Path]:
    """The file in a folder that goes with the block; refused where it is of another kind or too large."""
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise InvalidError(f"{name!r} is none of {', '.join(FORMATS)}", hint="save it as one of these")
    size = file.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise InvalidError(f"the file has {size >> 20} MB", hint=f"hand in up to {MOST_BYTES >> 20} MB at once")
    file.seek(0)
    with tempfile.TemporaryDirectory(prefix="medthread-sheet-") as folder:
        path = Path(folder) / f"file.{kind}"
        with path.open("wb") as out:
            shutil.copyfileobj(file, out, 1 << 20)
        yield path


def rows_of(entity: type[Entity], path: Path) -> pa.Table:
    """Its records as text, columns named as the entity's fields. Raises `SourceError` for what cannot be read."""
    made = read_to_parquet(ReadRequest(path, path.suffix.removeprefix(".")), out=path.with_name("rows.parquet"))
    if made.rejects:
        raise InvalidError(
            f"{len(made.rejects)} records cannot be parsed, the first is record {made.rejects[0].row}: {made.rejects[0].message}",
            hint="mend the file and hand it in again: nothing was written",
            rows=[{"row": r.row, "field": r.column, "label": {"zh": r.message, "en": r.message}, "value": r.raw[:200]} for r in made.rejects[:20]])
    if made.rows > MOST_ROWS:
        raise InvalidError(f"the file has {made.rows:,} records", hint=f"hand in up to {MOST_ROWS:,} at once")
    rows = pq.read_table(made.path, columns=list(made.columns))
    names = [_field(entity, column) for column in made.columns]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InvalidError(f"two columns are {twice[0]}", hint="leave one out")
    return rows.rename_columns(names)


def _field(entity: type[Entity], column: str) -> str:
    wanted = column.strip().casefold()
    for field in entity.fields.values():
        if wanted in (field.name, field.mark.zh.casefold(), field.mark.en.casefold()):
            return field.name
    raise InvalidError(f"{entity.name} has no field called {column!r}", hint=f"fields: {', '.join(entity.fields)}")
