"""The whole run: again on unchanged input, and its memory at half and five gigabytes."""

import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure, timed, watched
from benchmarks.ingest import MAPPING, workspace
from benchmarks.made import csv_of
from medthread.app import open_installation
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.lakehouse.committer import sha256_of

PROGRAM = str(Path(sys.executable).parent / "medthread")
BYTES_A_ROW = 88
MAPPED = MAPPING.replace(
    "ignore: [work_order, serial_no, item, lot, made_at, torque", "ignore: [work_order, torque"
).replace("item: item}", "item: item, lot_no: lot, made_at: made_at}")


def rerun(folder: Path, *, rows: int) -> Figure:
    """A second run against hashing the same files."""
    home = workspace(folder / "rerun")
    for part in range(4):
        csv_of(home / "inbox" / f"reading{part}.csv", rows // 4, first=part * rows)
    outcomes: list[Outcome] = []
    with open_installation(home) as installation:
        def run() -> None:
            outcomes.append(run_pipeline(installation.context(), by="bench", index_trace=installation.index_trace))

        run()
        hashed = timed(lambda: [sha256_of(p) for p in sorted((home / "inbox").iterdir())])
        again = timed(run)
    assert outcomes[-1].rows_written == 0
    allowed = 1.2 * hashed + 1
    return Figure("second run on unchanged input, 0 rows, 0 commits", f"{again:.2f} s", f"{hashed:.2f} s", again / allowed, "<= 1.2 x hashing + 1 s", again <= allowed)


def memory(folder: Path, *, sizes: tuple[float, float]) -> list[Figure]:
    """Peak memory of `medthread run`, PostgreSQL included, above idle."""
    peaks = []
    for gigabytes in sizes:
        home = folder / f"memory{gigabytes}"
        workspace(home)
        (home / "sources" / "mes.yaml").write_text(MAPPED, encoding="utf-8")
        rows = int(gigabytes * 1e9 / BYTES_A_ROW)
        part = max(rows // 10, 1)
        for number in range(10):
            csv_of(home / "inbox" / f"reading{number}.csv", part, first=number * part)
        peaks.append(peak_of(home))
        subprocess.run(["rm", "-rf", str(home)], check=True)
    idle = idle_of(folder / "idle")
    small, large = (p - idle for p in peaks)
    return [Figure(f"peak memory, {sizes[0]:g} and {sizes[1]:g} GB of input", f"{large:.0f} MB", f"{small:.0f} MB", large / small, "<= 1.5", large / small <= 1.5)]


def peak_of(home: Path) -> float:
    """MB at the highest."""
    process = subprocess.Popen([PROGRAM, "run", "--home", str(home)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    with watched(process) as seen:
        _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode()[-2000:])
    return max(seen)


def idle_of(home: Path) -> float:
    """MB of a run that has nothing to do."""
    workspace(home)
    return peak_of(home)
