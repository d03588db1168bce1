"""The process that a question runs in: it reads the question from its input, answers on its output, and ends.

It opens DuckDB over the views that it was given and nothing else: no file but those of the views' tables, no extension,
no setting can be changed afterwards, nothing is written, and memory, processor time and the answer have limits.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from medthread.stores.engines.duck import connect, file_list, literal, quote

BATCH = 2_000
OVERHEAD = 3 << 30  # addresses that the interpreter, the engine's threads and its libraries take, beside its memory
LOOK = "explain "
PLAN = 400  # parts of a plan that are told


def main() -> None:
    """Answer one question."""
    out = sys.stdout.buffer
    asked = json.loads(sys.stdin.buffer.read())
    _bound(asked)
    try:
        con = opened(asked)
        if asked["asks"] == "explain":
            _tell(out, {"plan": list(_plan(con, asked["sql"]))})
        else:
            _answer(con, asked, out)
    except duckdb.Error as error:
        _tell(out, _said(error))
    except MemoryError:
        _tell(out, {"error": "memory"})


def _bound(asked: dict[str, Any]) -> None:
    """Limits that the system holds, whatever the engine does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory, seconds = int(asked["memory"]), int(asked["seconds"])
    resource.setrlimit(resource.RLIMIT_AS, (memory + OVERHEAD, memory + OVERHEAD))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds * int(asked["threads"]) + 1,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def opened(asked: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The engine with the views of the question, shut after them."""
    con = connect(memory=f"{int(asked['memory']) >> 20}MB", threads=int(asked["threads"]))
    con.execute("set temp_directory=''; set max_temp_directory_size='0KB'; set python_enable_replacements=false")
    for view in asked["views"]:
        con.execute(f"create schema if not exists {quote(view['schema'])}")
        con.execute(f"create view {quote(view['schema'])}.{quote(view['name'])} as {view['sql']}")
    con.execute(f"set allowed_paths={file_list(asked['files'])}")
    con.execute(f"set enable_external_access=false; set timezone={literal(asked['zone'])}")
    con.execute("set lock_configuration=true")
    return con


def _answer(con: duckdb.DuckDBPyConnection, asked: dict[str, Any], out: Any) -> None:
    sql = f"describe {asked['sql']}" if asked["asks"] == "describe" else asked["sql"]
    con.execute(f"{LOOK}{asked['sql']}")  # says where a fault is, which the faster way of asking does not
    reader = con.sql(sql).to_arrow_reader(BATCH)
    rows, size, cut, kept = 0, 0, "", []
    for whole in reader:
        left = int(asked["rows"]) - rows
        batch = whole.slice(0, left)
        cut = "rows" if whole.num_rows > left else ""
        rows, size = rows + batch.num_rows, size + batch.get_total_buffer_size()
        if size > int(asked["bytes"]):
            cut, rows = "bytes", rows - batch.num_rows
            break
        kept.append(batch)
        if cut:
            break
    _tell(out, {"rows": rows, "cut": cut})
    with pa.ipc.new_stream(out, reader.schema) as stream:
        for batch in kept:
            stream.write_batch(batch)


def _plan(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[dict[str, Any]]:
    """What the engine would do, by the names of its steps: files and the conditions of masks are not told."""
    told = json.loads(con.execute(f"explain (format json) {sql}").fetchall()[0][1])
    waiting, parts = [(0, n) for n in told], 0
    while waiting and parts < PLAN:
        deep, node = waiting.pop(0)
        yield {"deep": deep, "step": str(node.get("name", "")).strip(), "rows": (node.get("extra_info") or {}).get("Estimated Cardinality")}
        waiting[:0] = [(deep + 1, n) for n in node.get("children", [])]
        parts += 1


def _said(error: duckdb.Error) -> dict[str, Any]:
    """The engine's words without values: a message about a value could be about one that the reader never sees."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return {"error": "memory"}
    if isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException | duckdb.InvalidInputException | duckdb.DataError):
        return {"error": "value"}
    if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        lines = str(error).splitlines()
        return {"error": "question", "message": lines[0].partition(": ")[2][:300] or lines[0][:300], **_place(lines)}
    return {"error": "engine"}


def _place(lines: list[str]) -> dict[str, int]:
    """Line and column, as far as the engine shows them: the line of the text with a mark under it."""
    at = next((n for n, ln in enumerate(lines[:-1]) if ln.startswith("LINE ") and lines[n + 1].strip().startswith("^")), None)
    if at is None:
        return {}
    head, _, text = lines[at].partition(": ")
    line = head.removeprefix("LINE ")
    if not line.isdigit() or text.startswith("..."):
        return {}
    before = len(LOOK) if line == "1" else 0
    return {"line": int(line), "column": max(lines[at + 1].index("^") - len(head) - 2 - before, 0)}


def _tell(out: BinaryIO, told: dict[str, Any]) -> None:
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
