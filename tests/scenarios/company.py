"""A company of a few hundred rows in plain files, for stories that need a workspace of their own."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from medthread.app import Installation, open_installation
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.serving import LakeReader, Snapshot

MAPPING = """
name: erp
zh: 企业资源计划
en: ERP
owner: purchasing
org: T
trust: 60
tables:
  supplier:
    files: "supplier*.csv"
    format: csv
    feeds: [{entity: supplier, fields: {code: code, name: name, uscc: uscc}}]
  item:
    files: "item*.csv"
    format: csv
    feeds: [{entity: item, fields: {code: code, name: name}}]
  receipt:
    files: "receipt*.csv"
    format: csv
    feeds:
      - entity: receipt
        fields: {receipt_no: no, line_no: line, supplier: supplier, item: item, supplier_lot: slot, lot_no: lot, quantity: qty, received_at: at}
      - entity: genealogy_edge
        fields:
          parent_kind: {constant: supplier_lot}
          parent_item: item
          parent_no: slot
          child_kind: {constant: lot}
          child_item: item
          child_no: lot
          activity_kind: {constant: receive}
          activity: no
          quantity: qty
          at: at
"""


def write(path: Path, header: str, rows: list[tuple[object, ...]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def receipts(home: Path, name: str, first: int, count: int, *, bad: int = 0) -> Path:
    rows: list[tuple[object, ...]] = [
        (f"R{n}", 1, f"V{n % 20}", f"M{n % 30}", f"S{n}", f"L{n}", "many" if n < first + bad else n + 1, "2026/1/5")
        for n in range(first, first + count)
    ]
    return write(home / "inbox" / name, "no,line,supplier,item,slot,lot,qty,at", rows)


def found(home: Path) -> Path:
    """The masters, the mapping, and a first file of receipts."""
    (home / "sources").mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n', encoding="utf-8")
    (home / "sources" / "erp.yaml").write_text(MAPPING, encoding="utf-8")
    write(home / "inbox" / "supplier.csv", "code,name,uscc", [(f"V{n}", f"苏州{chr(0x4e00 + n * 37)}{chr(0x5200 + n * 41)}五金有限公司", "") for n in range(20)])
    write(home / "inbox" / "item.csv", "code,name", [(f"M{n}", f"零件{n}") for n in range(30)])
    receipts(home, "receipt1.csv", 0, 200, bad=3)
    return home


def run(installation: Installation) -> Outcome:
    return run_pipeline(installation.context(), by="test", index_trace=installation.index_trace)


def run_once(home: Path) -> Outcome:
    with open_installation(home) as installation:
        return run(installation)


def content(snapshot: Snapshot) -> dict[str, list[str]]:
    """Every table of a release as sorted text, without the time of recording."""
    tables: dict[str, list[str]] = {}
    for name in snapshot.release.tables:
        columns = snapshot.query(f"describe select * from {snapshot.relation(name)}")
        kept = [f'"{c["column_name"]}"' for c in columns if c["column_name"] not in ("_recorded_at", "at", "until") or name.startswith("marts")]
        rows = snapshot.query(f"select {', '.join(kept)} from {snapshot.relation(name)}")
        tables[name] = sorted(str(tuple(r.values())) for r in rows)
    return tables


def read_from(installation: Installation) -> dict[str, list[str]]:
    reader = LakeReader(installation.releases)
    try:
        return content(reader.current())
    finally:
        reader.close()


def content_of(home: Path) -> dict[str, list[str]]:
    with open_installation(home) as installation:
        return read_from(installation)


def loads(home: Path) -> list[dict[str, Any]]:
    with open_installation(home) as installation:
        return installation.loads()


def start_run(home: Path) -> "subprocess.Popen[bytes]":
    command = [str(Path(sys.executable).parent / "medthread"), "run", "--home", str(home)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def kill_at(home: Path, *, seconds: float) -> bool:
    """Start a run and kill it after so many seconds; whether it had not ended by itself."""
    process = start_run(home)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    assert process.stderr is not None
    process.stderr.close()
    return False


def kill(process: "subprocess.Popen[bytes]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stderr is not None
    process.stderr.close()
