"""A mapping of a file that nobody reads yet: a few of its rows, and the lines to begin with."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from medthread.governance.sources.probe import ROWS
from medthread.governance.sources.suggesting import EntitySuggestion
from medthread.model.errors import NotFoundError, SourceError
from medthread.stores.readers import ReadRequest, read_to_parquet

FORMATS = {".csv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".json": "json", ".ndjson": "json", ".xml": "xml", ".parquet": "parquet"}
WIDE = 160


def sample_of_file(inbox: Path, file: str) -> pa.Table:
    """The first few hundred rows of a file in the inbox, as text. Raises `NotFoundError`, or `SourceError` where it cannot be read."""
    path = (inbox / file).resolve()
    if not path.is_file() or not path.is_relative_to(inbox.resolve()):
        raise NotFoundError(f"no file {file!r} lies in the inbox", hint="name it as it lies there, with its folders")
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise SourceError(f"{path.name} is of no kind that is read", hint=f"kinds: {', '.join(sorted(FORMATS))}", file=path.name)
    with tempfile.TemporaryDirectory(prefix="medthread-suggest-") as folder:
        made = read_to_parquet(ReadRequest(path=path, format=kind, options={}), out=Path(folder) / "sample.parquet")
        first = next(pq.ParquetFile(made.path).iter_batches(ROWS, columns=list(made.columns)), None)
        none = pa.table({c: pa.array([], pa.string()) for c in made.columns})
        return none if first is None else pa.Table.from_batches([first])


def beginning(file: str, likeliest: EntitySuggestion) -> str:
    """A table's mapping as it could begin, as YAML to be put under `tables`."""
    fields = {f.field: {"from": f.column, "codes": dict(f.codes)} if f.codes else f.column for f in likeliest.fields}
    said = {Path(file).stem: {"files": file, "format": FORMATS[Path(file).suffix.lower()], "feeds": [{"entity": likeliest.entity, "fields": fields}]}}
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, default_flow_style=None, width=WIDE)
