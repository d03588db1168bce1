"""Publishing and going back, from commit to a new reader that sees it, at one and a hundred times the rows."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, timed
from medthread.app import Installation, open_installation
from medthread.pipeline.release import move_pointer, release
from medthread.stores.engines import copy, job
from medthread.stores.lakehouse import Change
from medthread.stores.serving import LakeReader

TURNS, TABLES, LIMIT = 50, 30, 0.050


def measure(folder: Path, *, rows: int) -> list[Figure]:
    """p95 of fifty moves of the pointer at both sizes, taken in turns: what the machine does meanwhile hits both alike."""
    with ExitStack() as stack:
        small, large = ([stack.enter_context(mover(folder / f"release{size}", size)), []] for size in (rows, rows * 100))
        for turn in range(TURNS):
            for move, spent in (small, large):
                spent.append(timed(partial(move, turn % 2)))
        first, hundredfold = (statistics.quantiles(spent, n=20)[18] for _, spent in (small, large))
    return [
        Figure(f"publish, {rows:,} rows a table", f"{first * 1e3:.1f} ms", f"{LIMIT * 1e3:.0f} ms", first / LIMIT, "p95 <= 50 ms", first <= LIMIT),
        Figure(f"publish, {rows * 100:,} rows a table", f"{hundredfold * 1e3:.1f} ms", f"{first * 1e3:.1f} ms", hundredfold / first, "p95 <= 50 ms, no growth", hundredfold <= LIMIT and hundredfold <= first * 1.5),
    ]


@contextmanager
def mover(home: Path, rows: int) -> Iterator[Callable[[int], None]]:
    """Moves the pointer to the first or second of two releases, until a reader gets the first row of it."""
    home.mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "bench"\n', encoding="utf-8")
    with open_installation(home) as installation:
        releases = [commit(installation, rows, turn) for turn in range(2)]
        reader = LakeReader(installation.releases)

        def move(turn: int) -> None:
            with installation.store.transaction() as tx:
                move_pointer(tx, installation.releases, id_=releases[turn], by="bench", reason="bench")
            snapshot = reader.current()
            assert snapshot.release.id == releases[turn]
            assert snapshot.query(f"select x from {snapshot.relation('marts.t0')} limit 1")

        yield move
        reader.close()


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
