"""Parquet: typed already; every column becomes text, nested ones JSON."""

from pathlib import Path

from medthread.stores.engines import job, literal, quote
from medthread.stores.readers.extract import Extract, ReadRequest, check_columns

PARQUET = "format parquet, compression zstd, compression_level 1, row_group_size 122880"
NESTED = ("STRUCT", "MAP", "UNION")


def read_parquet(request: ReadRequest, out: Path) -> Extract:
    """Read all columns as text."""
    source = f"read_parquet({literal(str(request.path))})"
    with job(memory="600MB", ordered=True) as con:
        described = con.execute(f"describe select * from {source}").fetchall()
        columns = check_columns([str(r[0]) for r in described], file=request.path.name)
        casts = ", ".join(f"{_as_text(str(r[0]), str(r[1]))} as {quote(str(r[0]))}" for r in described)
        counted = con.execute(f"copy (select {casts} from {source}) to {literal(str(out))} ({PARQUET})").fetchall()
    return Extract(out, columns, int(counted[0][0]))


def _as_text(name: str, kind: str) -> str:
    if kind.startswith(NESTED) or kind.endswith("]"):
        return f"cast(to_json({quote(name)}) as varchar)"
    if kind == "BLOB":
        return f"hex({quote(name)})"
    return f"nullif(cast({quote(name)} as varchar), '')"
