"""Publishing and going back, from commit to a new reader that sees it, at one and a hundred times the rows."""

import statistics
import time
from pathlib import Path

from benchmarks.figures import Figure
from medthread.app import Installation, open_installation
from medthread.pipeline.release import move_pointer, release
from medthread.stores.engines import copy, job
from medthread.stores.lakehouse import Change
from medthread.stores.serving import LakeReader

TURNS, TABLES, LIMIT = 50, 30, 0.050


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """p95 of fifty moves of the pointer at both sizes."""
    small, large = (p95(folder / f"release{size}", size) for size in (rows, rows * 100))
    return [
        Figure(f"publish, {rows:,} rows a table", f"{small * 1e3:.1f} ms", f"{LIMIT * 1e3:.0f} ms", small / LIMIT, "p95 <= 50 ms", small <= LIMIT),
        Figure(f"publish, {rows * 100:,} rows a table", f"{large * 1e3:.1f} ms", f"{small * 1e3:.1f} ms", large / small, "p95 <= 50 ms, no growth", large <= LIMIT and large <= small * 1.5),
    ]


def p95(home: Path, rows: int) -> float:
    """Seconds from the move to the first row a reader gets of the release it moved to."""
    home.mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation:
        releases = [commit(installation, rows, turn) for turn in range(2)]
        reader, spent = LakeReader(installation.releases), []
        for turn in range(TURNS + 2):
            target = releases[turn % 2]
            if turn == 0 and reader.current().release.id == target:
                continue
            started = time.perf_counter()
            move_pointer(installation.context(), id_=target, by="bench", reason="bench")
            snapshot = reader.current()
            assert snapshot.release.id == target
            assert snapshot.query(f"select x from {snapshot.relation('marts.t0')} limit 1")
            spent.append(time.perf_counter() - started)
        reader.close()
    return statistics.quantiles(spent[-TURNS:], n=20)[18]


def commit(installation: Installation, rows: int, turn: int) -> str:
    """Thirty tables and their release."""
    context = installation.context()
    with job(memory="1GB") as con:
        for number in range(TABLES):
            table, key = f"marts.t{number}", f"bench-{turn}-{number}"
            out = context.committer.place(table, key)
            copy(con, f"select i as x, 'v' || i as y, {turn} as turn from range({rows}) t(i)", out)
            context.committer.commit(Change(table, (out,), key, mode="replace"))
    made = release(context, by="bench", trace_index=None)
    assert made is not None
    return made
