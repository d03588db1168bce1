"""What was planted: the side of the demonstration that the judged code never reads."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class PlantedFault:
    """One fault in one physical record. Rows of one `group` are the same fault seen in several places."""

    fault: str
    source: str
    table: str
    file: str
    row: int
    column: str
    key: str
    clean: str
    dirty: str
    group: str


@dataclass(frozen=True)
class TrueRecord:
    """A master record and the real thing that it stands for."""

    domain: str
    source: str
    table: str
    key: str
    entity: str


@dataclass(frozen=True)
class TrueFile:
    """A file, sheet or database table that was written, with its physical records."""

    path: str
    source: str
    table: str
    rows: int
    copy_of: str = ""
    late: bool = False


@dataclass(frozen=True)
class TrueTrace:
    """The defective supplier lot and all it reached."""

    item: str
    lot: str
    supplier: str
    internal_lots: list[str]
    lots: list[str]
    work_orders: list[str]
    units: list[str]
    cartons: list[str]
    shipment_lines: list[str]
    customers: list[str]
    customer_entities: list[str]
    shipped_units: int
    returned_units: int


@dataclass(frozen=True)
class Truth:
    """Everything that a run of the simulator knows about its own output."""

    seed: int
    scale: float
    trace: TrueTrace
    faults: list[PlantedFault] = field(default_factory=list)
    records: list[TrueRecord] = field(default_factory=list)
    files: list[TrueFile] = field(default_factory=list)
    edges: dict[str, int] = field(default_factory=dict)

    @property
    def physical_records(self) -> int:
        """Records in all files, repeated files included."""
        return sum(f.rows for f in self.files)

    @property
    def total_edges(self) -> int:
        """Genealogy edges that the clean sources yield."""
        return sum(self.edges.values())

    def counts(self) -> dict[str, int]:
        """How many faults of each name: a fault seen in several rows counts once."""
        groups: dict[str, set[str]] = defaultdict(set)
        for f in self.faults:
            groups[f.fault].add(f.group)
        return {name: len(found) for name, found in sorted(groups.items())}

    def save(self, home: Path) -> None:
        """Write below `home/truth`; truth.json comes last and whole."""
        folder = home / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        _write_rows(folder / "faults.parquet", [asdict(f) for f in self.faults], PlantedFault)
        _write_rows(folder / "records.parquet", [asdict(r) for r in self.records], TrueRecord)
        head = {
            "seed": self.seed,
            "scale": self.scale,
            "records": self.physical_records,
            "edges": self.edges,
            "faults": self.counts(),
            "trace": asdict(self.trace),
            "files": [asdict(f) for f in self.files],
        }
        replace_whole(folder / "truth.json", json.dumps(head, ensure_ascii=False, indent=1).encode())

    @classmethod
    def load(cls, home: Path) -> "Truth":
        """Read back what `save` wrote."""
        folder = home / "truth"
        head: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        return cls(
            seed=head["seed"],
            scale=head["scale"],
            trace=TrueTrace(**head["trace"]),
            faults=[PlantedFault(**r) for r in pq.read_table(folder / "faults.parquet").to_pylist()],
            records=[TrueRecord(**r) for r in pq.read_table(folder / "records.parquet").to_pylist()],
            files=[TrueFile(**f) for f in head["files"]],
            edges=head["edges"],
        )


def _write_rows(path: Path, rows: list[dict[str, Any]], kind: type) -> None:
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    schema = pa.schema([(n, pa.int64() if n == "row" else pa.string()) for n in names])
    part = path.with_name(path.name + ".part")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), part)
    part.replace(path)


def replace_whole(path: Path, content: bytes) -> None:
    """Write so that a reader sees the old file or the new, never half of one."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
