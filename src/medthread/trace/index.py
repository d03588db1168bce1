"""The index on disk: names in order, and for each node its neighbours both ways, all memory-mapped.

Files of an index: `names.bin` and `name_at.npy` (UTF-8 names in byte order, int64 offsets), `roles.npy` (uint8),
`down_at.npy`/`down.npy` (int64/int32: children of node n are down[down_at[n]:down_at[n+1]]), `up_at.npy`/`up.npy`
with `up_edge.npy` (the edge's position in the down order), and per edge `quantity.npy` (float64), `kind.npy`
(uint8), `day.npy` (int32, days since 1970-01-01). `facts.json` is written last and names each file with its hash.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medthread.model.errors import StoreError
from medthread.stores.engines import file_list, job

Ints = npt.NDArray[np.integer[Any]]
FACTS = "facts.json"
FORMAT = 2
BATCH = 500_000
NOWHERE = -(2**31)  # the day of an edge without a date


@dataclass(frozen=True)
class IndexFacts:
    """An index: its name (from its input), its size, how long it took."""

    name: str
    nodes: int
    edges: int
    bytes: int
    seconds: float


def name_of(files: Sequence[Path]) -> str:
    """Lake files are written once and named by their content, so their names name the index."""
    digest = hashlib.sha256("\n".join(sorted(f.name for f in files)).encode())
    return f"trace-{FORMAT}-{digest.hexdigest()[:20]}"


def build_index(files: Sequence[Path], folder: Path, *, memory: str, threads: int) -> IndexFacts:
    """Build the index of these edges under `folder`, unless it is there; whole or not at all."""
    name = name_of(files)
    target = folder / name
    if (target / FACTS).exists():
        return _facts(target)
    started = time.perf_counter()
    building = folder / f".{name}.part"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with job(memory=memory, threads=threads) as con:
        nodes, kinds = _number(con, [str(f) for f in files])
        _write_names(con, building, nodes)
        edges = _write_down(con, building, nodes)
    _write_up(building, nodes, edges)
    hashes = {p.name: _sha256(p) for p in sorted(building.iterdir())}
    size = sum(p.stat().st_size for p in building.iterdir())
    facts = IndexFacts(name, nodes, edges, size, round(time.perf_counter() - started, 3))
    (building / FACTS).write_text(json.dumps({**asdict(facts), "kinds": kinds, "sha256": hashes}), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    return facts


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _facts(folder: Path) -> IndexFacts:
    told = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return IndexFacts(**{k: told[k] for k in ("name", "nodes", "edges", "bytes", "seconds")})


def _number(con: Any, files: list[str]) -> tuple[int, list[str]]:
    """Number the nodes in byte order of their names, and the kinds of edges."""
    source = f"read_parquet({file_list(files)}, union_by_name=true)"
    con.execute(
        f"create temp table node as select name, cast(row_number() over (order by name) - 1 as integer) as id from"
        f" (select parent as name from {source} union select child from {source}) where name is not null"
    )
    kinds = [r[0] for r in con.execute(f"select distinct coalesce(kind, '') from {source} order by 1").fetchall()]
    numbered = " ".join(f"when '{k}' then {n}" for n, k in enumerate(kinds)) or "when '' then 0"
    con.execute(
        f"create temp table edge as select p.id as p, c.id as c, coalesce(e.quantity, 0)::double as quantity,"
        f" (case coalesce(e.kind, '') {numbered} end)::utinyint as kind,"
        f" coalesce(cast(e.\"at\" as date) - date '1970-01-01', {NOWHERE})::integer as day"
        f" from {source} e join node p on p.name = e.parent join node c on c.name = e.child order by p.id, c.id"
    )
    return int(con.execute("select count(*) from node").fetchall()[0][0]), kinds


def _write_names(con: Any, folder: Path, nodes: int) -> None:
    offsets = np.lib.format.open_memmap(folder / "name_at.npy", mode="w+", dtype=np.int64, shape=(nodes + 1,))
    roles = np.lib.format.open_memmap(folder / "roles.npy", mode="w+", dtype=np.uint8, shape=(nodes,))
    offsets[0] = at = position = 0
    with (folder / "names.bin").open("wb") as out:
        for batch in con.sql("select name from node order by id").to_arrow_reader(BATCH):
            names = [n.encode() for n in batch.column(0).to_pylist()]
            lengths = np.fromiter((len(n) for n in names), dtype=np.int64, count=len(names))
            offsets[at + 1 : at + 1 + len(names)] = position + np.cumsum(lengths)
            roles[at : at + len(names)] = np.fromiter((n[0] if n else 0 for n in names), dtype=np.uint8, count=len(names))
            blob = b"".join(names)
            out.write(blob)
            at, position = at + len(names), position + len(blob)
    offsets.flush()
    roles.flush()


def _write_down(con: Any, folder: Path, nodes: int) -> int:
    edges = int(con.execute("select count(*) from edge").fetchall()[0][0])
    kinds = {"down": np.int32, "quantity": np.float64, "kind": np.uint8, "day": np.int32, "from": np.int32}
    arrays = {
        n: np.lib.format.open_memmap(folder / f"{n}.npy", mode="w+", dtype=t, shape=(edges,))
        for n, t in kinds.items()
    }
    at = 0
    for batch in con.sql("select p, c, quantity, kind, day from edge order by p, c").to_arrow_reader(BATCH):
        end = at + batch.num_rows
        for name, column in zip(("from", "down", "quantity", "kind", "day"), batch.columns, strict=True):
            arrays[name][at:end] = column.to_numpy(zero_copy_only=False)
        at = end
    np.save(folder / "down_at.npy", _pointers(arrays["from"], nodes))
    for array in arrays.values():
        array.flush()
    return edges


def _pointers(sources: Ints, nodes: int) -> Ints:
    pointers = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(sources, minlength=nodes) if len(sources) else np.zeros(nodes, np.int64), out=pointers[1:])
    return pointers


def _write_up(folder: Path, nodes: int, edges: int) -> None:
    down = np.load(folder / "down.npy", mmap_mode="r")
    sources = np.load(folder / "from.npy", mmap_mode="r")
    order = np.argsort(down, kind="stable").astype(np.int32 if edges < 2**31 else np.int64)
    np.save(folder / "up_edge.npy", order)
    np.save(folder / "up.npy", sources[order])
    np.save(folder / "up_at.npy", _pointers(np.asarray(down), nodes))


class TraceIndex:
    """An index, opened without reading it."""

    def __init__(self, folder: Path) -> None:
        if not (folder / FACTS).exists():
            raise StoreError(f"there is no trace index at {folder.name}", hint="run `medthread run`; it builds it anew")
        told = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        self.folder = folder
        self.facts = _facts(folder)
        self.kinds: list[str] = told["kinds"]
        self._hashes: dict[str, str] = told["sha256"]

    def _array(self, name: str) -> Any:
        return np.load(self.folder / f"{name}.npy", mmap_mode="r")

    def verify(self) -> None:
        """Compare every file with the hash it was written with."""
        for name, wanted in self._hashes.items():
            path = self.folder / name
            if not path.exists() or _sha256(path) != wanted:
                raise StoreError(f"the trace index is damaged: {name}", hint=f"remove the folder {self.folder.name} and run `medthread run`")

    @cached_property
    def down(self) -> tuple[Ints, Ints]:
        """Pointers and children."""
        return self._array("down_at"), self._array("down")

    @cached_property
    def up(self) -> tuple[Ints, Ints]:
        """Pointers and parents."""
        return self._array("up_at"), self._array("up")

    @cached_property
    def up_edge(self) -> Ints:
        """Position in the down order of each edge of the up order."""
        edges: Ints = self._array("up_edge")
        return edges

    @cached_property
    def sources(self) -> Ints:
        """The parent of each edge in the down order."""
        found: Ints = self._array("from")
        return found

    @cached_property
    def roles(self) -> npt.NDArray[np.uint8]:
        """First letter of each node's name."""
        found: npt.NDArray[np.uint8] = self._array("roles")
        return found

    @cached_property
    def quantity(self) -> npt.NDArray[np.float64]:
        """Quantity of each edge."""
        found: npt.NDArray[np.float64] = self._array("quantity")
        return found

    @cached_property
    def kind(self) -> npt.NDArray[np.uint8]:
        """Kind of each edge, a position in `kinds`."""
        found: npt.NDArray[np.uint8] = self._array("kind")
        return found

    @cached_property
    def day(self) -> Ints:
        """Day of each edge."""
        found: Ints = self._array("day")
        return found

    @cached_property
    def _offsets(self) -> Ints:
        offsets: Ints = self._array("name_at")
        return offsets

    @cached_property
    def _blob(self) -> Any:
        path = self.folder / "names.bin"
        return np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, np.uint8)

    def name(self, node: int) -> str:
        """A node's name."""
        raw: bytes = self._blob[self._offsets[node] : self._offsets[node + 1]].tobytes()
        return raw.decode()

    def names(self, nodes: Ints) -> list[str]:
        """Names of nodes, in the order given."""
        return [self.name(int(n)) for n in nodes]

    def find(self, name: str) -> int | None:
        """The node of a name, by bisection."""
        wanted = name.encode()
        low, high = 0, self.facts.nodes
        while low < high:
            middle = (low + high) // 2
            if self._blob[self._offsets[middle] : self._offsets[middle + 1]].tobytes() < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self.facts.nodes and self.name(low) == name else None
