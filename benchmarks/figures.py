"""A figure: what was measured, against what, and what is allowed."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """`ratio` is ours by theirs; it keeps the promise when `good` is true."""

    what: str
    ours: str
    against: str
    ratio: float
    limit: str
    good: bool


def timed(act: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def paired(ours: Callable[[], object], theirs: Callable[[], object], *, times: int) -> tuple[float, float]:
    """Medians of both, taken in turns: what the machine does meanwhile hits both alike."""
    mine, other = [], []
    for _ in range(times):
        other.append(timed(theirs))
        mine.append(timed(ours))
    return statistics.median(mine), statistics.median(other)


def cpu_and_peak(script: str, *arguments: str) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of a script in a process of its own, beyond what an idle one takes."""
    told = json.loads(_child(script, *arguments))
    return told["cpu"], told["peak"]


CHILD = """
import json, resource, sys
def used():
    u = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss: that begins at what the parent had when it forked.
    status = open("/proc/self/status").read()
    return u.ru_utime + u.ru_stime, int(status.split("VmHWM:")[1].split()[0]) / 1024
{imports}
cpu, idle = used()
{body}
after, peak = used()
sys.stdout.write(json.dumps({{"cpu": after - cpu, "peak": peak - idle}}))
"""


def _child(script: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def child(*, imports: str, body: str) -> str:
    """A script for `cpu_and_peak`."""
    return CHILD.format(imports=imports, body=body)


@contextmanager
def watched(process: "subprocess.Popen[bytes]") -> Iterator[list[float]]:
    """Proportional memory (MB) of a process and all below it, several times a second."""
    import threading

    seen: list[float] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.append(sum(_pss(pid) for pid in _family(process.pid)) / 1024)
            stop.wait(0.2)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def _family(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += parents.get(one, [])
    return found


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def show(figures: list[Figure]) -> None:
    """Print them, each with its limit."""
    for f in figures:
        sys.stdout.write(f"{'ok  ' if f.good else 'MISS'} {f.what:<60}  {f.ours:>12}  against {f.against:>12}  ratio {f.ratio:7.3f}  limit {f.limit}\n")
    sys.stdout.flush()


def machine() -> str:
    """What it ran on."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return f"{os.cpu_count()} cores, {pages} GB, Python {sys.version.split()[0]}, this process {peak} MB"
