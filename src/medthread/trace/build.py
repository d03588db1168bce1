"""Building the index: whole from all edges, or, where few were added and none went, beside the one there is.

An index is named by the files it was built from, and its `facts.json`, written last, names each of its own files with
its hash: it is there whole or not at all. An index beside another names that one as its `base`.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from medthread.stores.engines import file_list, job, literal
from medthread.trace.index import FACTS, IndexFacts, facts_of, sha256_of
from medthread.trace.part import Ints, Part

FORMAT = 3
BATCH = 500_000
NOWHERE = -(2**31)  # the day of an edge without a date
BESIDE = 0.05  # of the edges of the base; more than that is worth a new one
WHAT = "parent, child, coalesce(kind, '') as kind, quantity, \"at\""
# Two hashes of 64 bits: among 100 million edges one alone would call two different ones the same once in 4,000 times.
MARKS = 'hash(parent, child, kind, quantity, "at") as one, hash(\'2\', "at", quantity, kind, child, parent) as two'


def name_of(files: Sequence[Path]) -> str:
    """Lake files are written once and named by their content, so their names name the index."""
    digest = hashlib.sha256("\n".join(sorted(f.name for f in files)).encode())
    return f"trace-{FORMAT}-{digest.hexdigest()[:20]}"


def build_index(files: Sequence[Path], folder: Path, *, memory: str, threads: int, beside: float = BESIDE) -> IndexFacts:
    """Build the index of these edges under `folder`, unless it is there; whole or not at all."""
    name = name_of(files)
    target = folder / name
    if (target / FACTS).exists():
        return _facts(facts_of(target))
    started = time.perf_counter()
    building = folder / f".{name}.part"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with job(memory=memory, threads=threads) as con:
        con.execute(f"create temp view came as {_edges_in(files)}")
        base = _base(con, files, folder, beside)
        told = _whole(con, building) if base is None else _beside(con, building, folder / base["name"], base)
    told |= {"name": name, "files": sorted(f.name for f in files), "seconds": round(time.perf_counter() - started, 3)}
    (building / FACTS).write_text(json.dumps(told), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    return _facts(told)


def _facts(told: dict[str, Any]) -> IndexFacts:
    return IndexFacts(**{k: told[k] for k in IndexFacts.__dataclass_fields__})


def _base(con: Any, files: Sequence[Path], folder: Path, beside: float) -> dict[str, Any] | None:
    """The newest whole index that these edges hold all of, with few added; the added ones are then in `added`."""
    whole = [f for path in folder.glob(f"trace-{FORMAT}-*/{FACTS}") if (f := facts_of(path.parent))["base"] is None]
    for base in sorted(whole, key=lambda f: (folder / f["name"] / FACTS).stat().st_mtime, reverse=True)[:1]:
        old = {files[0].parent / name for name in base["files"]}
        # A file that both were made from says nothing of their difference.
        came, went = sorted(set(files) - old), sorted(old - set(files))
        if all(path.exists() for path in went) and _added(con, came, went) <= beside * base["edges"]:
            return base
    return None


def _edges_in(files: Sequence[Path]) -> str:
    """SQL for the edges of some files."""
    if not files:
        return f"select {WHAT} from (select '' as parent, '' as child, '' as kind, 0.0::double as quantity, timestamp '1970-01-01' as \"at\") where false"
    return f"select {WHAT} from read_parquet({file_list([str(f) for f in files])}, union_by_name=true)"


def _added(con: Any, came: Sequence[Path], went: Sequence[Path]) -> float:
    """How many edges came; infinitely many where one went, for then the old index says too much."""
    con.execute(
        "create temp table differs as select one, two, sum(n) as n from ("
        f"select {MARKS}, 1 as n from ({_edges_in(came)}) union all select {MARKS}, -1 from ({_edges_in(went)}))"
        " group by one, two having sum(n) <> 0"
    )
    [(more, less)] = con.execute("select coalesce(sum(n), 0), count_if(n < 0) from differs").fetchall()
    if less:
        return float("inf")
    con.execute(
        f'create temp table added as select parent, child, kind, quantity, "at" from (select *, {MARKS} from ({_edges_in(came)}))'
        " join differs using (one, two) qualify row_number() over (partition by one, two) <= n"
    )
    return float(more)


def _whole(con: Any, folder: Path) -> dict[str, Any]:
    con.execute(
        "create temp table node as select name, cast(row_number() over (order by name) - 1 as integer) as id from"
        " (select parent as name from came union select child from came) where name is not null"
    )
    kinds = _number(con, "came", known=[])
    nodes = _count(con, "node")
    _write_names(con, folder, nodes)
    edges = _write_edges(con, folder)
    sources = np.load(folder / "from.npy", mmap_mode="r")
    _write_up(folder)
    np.save(folder / "down_at.npy", _pointers(sources, nodes))
    np.save(folder / "up_at.npy", _pointers(np.load(folder / "down.npy", mmap_mode="r"), nodes))
    return _finished(folder) | {"nodes": nodes, "edges": edges, "kinds": kinds, "base": None}


def _beside(con: Any, folder: Path, under: Path, base: dict[str, Any]) -> dict[str, Any]:
    """The added edges alone, with the nodes that are new numbered after those of the base."""
    part = Part(under, nodes=base["nodes"])
    offsets, blob = pa.py_buffer(part.offsets.data), pa.py_buffer(part.blob.data)
    names = pa.LargeStringArray.from_buffers(base["nodes"], offsets, blob)
    con.register("known", pa.table({"name": names, "id": pa.array(np.arange(base["nodes"], dtype=np.int32))}))
    con.execute("create temp table named as select parent as name from added union select child from added")
    con.execute(
        "create temp table fresh as select name, row_number() over (order by name) - 1 as id from named"
        " anti join known using (name) where name is not null"
    )
    con.execute(
        "create temp table node as select name, id from known semi join named using (name)"
        f" union all select name, cast(id + {base['nodes']} as integer) from fresh"
    )
    kinds = _number(con, "added", known=base["kinds"])
    fresh = _count(con, "fresh")
    _write_names(con, folder, fresh, of="fresh")
    edges = _write_edges(con, folder)
    down = np.load(folder / "from.npy")
    _write_up(folder)
    for way, ends in (("down", down), ("up", np.sort(np.load(folder / "down.npy")))):
        of, counts = np.unique(ends, return_counts=True)
        np.save(folder / f"{way}_of.npy", of)
        np.save(folder / f"{way}_at.npy", np.concatenate(([0], np.cumsum(counts))))
    told = _finished(folder) | {"nodes": base["nodes"] + fresh, "edges": base["edges"] + edges, "kinds": kinds}
    return told | {"base": base["name"], "bytes": told["bytes"] + base["bytes"]}


def _finished(folder: Path) -> dict[str, Any]:
    (folder / "from.npy").unlink()  # what the arrays were made with
    files = sorted(folder.iterdir())
    return {"bytes": sum(p.stat().st_size for p in files), "sha256": {p.name: sha256_of(p) for p in files}}


def _count(con: Any, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])


def _number(con: Any, source: str, *, known: list[str]) -> list[str]:
    """The edges by number, and the kinds of edges: those known, then new ones."""
    found = [r[0] for r in con.execute(f"select distinct kind from {source} order by 1").fetchall()]
    kinds = known + [k for k in found if k not in known]
    numbered = " ".join(f"when {literal(k)} then {n}" for n, k in enumerate(kinds)) or "when '' then 0"
    con.execute(
        f"create temp table edge as select p.id as p, c.id as c, coalesce(e.quantity, 0)::double as quantity,"
        f" (case e.kind {numbered} end)::utinyint as kind,"
        f" coalesce(cast(e.\"at\" as date) - date '1970-01-01', {NOWHERE})::integer as day"
        f" from {source} e join node p on p.name = e.parent join node c on c.name = e.child"
    )
    return kinds


def _write_names(con: Any, folder: Path, nodes: int, *, of: str = "node") -> None:
    offsets = np.lib.format.open_memmap(folder / "name_at.npy", mode="w+", dtype=np.int64, shape=(nodes + 1,))
    roles = np.lib.format.open_memmap(folder / "roles.npy", mode="w+", dtype=np.uint8, shape=(nodes,))
    offsets[0] = at = position = 0
    with (folder / "names.bin").open("wb") as out:
        for batch in con.sql(f"select name from {of} order by id").to_arrow_reader(BATCH):
            names = [n.encode() for n in batch.column(0).to_pylist()]
            lengths = np.fromiter((len(n) for n in names), dtype=np.int64, count=len(names))
            offsets[at + 1 : at + 1 + len(names)] = position + np.cumsum(lengths)
            roles[at : at + len(names)] = np.fromiter((n[0] if n else 0 for n in names), dtype=np.uint8, count=len(names))
            blob = b"".join(names)
            out.write(blob)
            at, position = at + len(names), position + len(blob)
    offsets.flush()
    roles.flush()


def _write_edges(con: Any, folder: Path) -> int:
    edges = _count(con, "edge")
    kinds = {"from": np.int32, "down": np.int32, "quantity": np.float64, "kind": np.uint8, "day": np.int32}
    arrays = {
        n: np.lib.format.open_memmap(folder / f"{n}.npy", mode="w+", dtype=t, shape=(edges,))
        for n, t in kinds.items()
    }
    at = 0
    for batch in con.sql("select p, c, quantity, kind, day from edge order by p, c").to_arrow_reader(BATCH):
        end = at + batch.num_rows
        for array, column in zip(arrays.values(), batch.columns, strict=True):
            array[at:end] = column.to_numpy(zero_copy_only=False)
        at = end
    for array in arrays.values():
        array.flush()
    return edges


def _pointers(ends: Ints, nodes: int) -> Ints:
    pointers = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes) if len(ends) else np.zeros(nodes, np.int64), out=pointers[1:])
    return pointers


def _write_up(folder: Path) -> None:
    down = np.load(folder / "down.npy", mmap_mode="r")
    sources = np.load(folder / "from.npy", mmap_mode="r")
    np.save(folder / "up.npy", sources[np.argsort(down, kind="stable")])
