"""`make bench`: every figure, or those named; `--quick` for a tenth of the size, `--soak` for the long one."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import (
    assets,
    commands,
    companies,
    databases,
    dictionary,
    incremental,
    ingest,
    lookback,
    matching,
    metrics,
    outbox,
    persons,
    pivot,
    plan,
    policies,
    profile,
    recall,
    receiving,
    release,
    rules,
    sealing,
    trace,
    whole,
)
from benchmarks.figures import Figure, machine, show

Measure = Callable[[Path, float], list[Figure]]
MEASURES: dict[str, Measure] = {
    "ingest": lambda folder, size: [ingest.measure(folder, rows=int(5_000_000 * size))],
    "databases": lambda folder, size: [databases.measure(folder, rows=int(1_000_000 * size))],
    "rules": lambda folder, size: rules.measure(folder, rows=int(5_000_000 * size)),
    "profile": lambda folder, size: profile.measure(folder, rows=int(5_000_000 * size)),
    "trace": lambda folder, size: trace.measure(folder, edges=int(10_000_000 * size)),
    "recall": lambda folder, size: recall.measure(folder, units=int(2_000_000 * size)),
    "rerun": lambda folder, size: [whole.rerun(folder, rows=int(4_000_000 * size))],
    "incremental": lambda folder, size: incremental.measure(folder, rows=int(2_000_000 * size)),
    "matching": lambda folder, size: matching.measure(folder, records=int(1_000_000 * size)),
    "assets": lambda folder, _: assets.measure(folder, machines=3_000),
    "companies": lambda folder, _: companies.measure(folder, records=2_000),
    "dictionary": lambda folder, size: dictionary.measure(folder, fields=int(20_000 * size)),
    "metrics": lambda folder, size: metrics.measure(folder, rows=int(10_000_000 * size)),
    "persons": lambda folder, _: persons.measure(folder, wheels=Path.cwd()),  # FEBRL4 has one size
    "pivot": lambda folder, size: pivot.measure(folder, rows=int(5_000_000 * size)),
    "plan": lambda folder, size: plan.measure(folder, rows=int(20_000 * size)),
    "release": lambda folder, size: release.measure(folder, rows=int(10_000 * size)),
    "commands": lambda folder, size: commands.measure(folder, acts=int(1_000 * size)),
    "policies": lambda folder, size: policies.measure(folder, requests=int(1_000 * size)),
    "outbox": lambda folder, size: outbox.measure(folder, events=int(3_000 * size)),
    "sealing": lambda folder, size: sealing.measure(folder, rows=int(100_000 * size)),
    "receiving": lambda folder, size: receiving.measure(folder, rows=int(10_000 * size)),
    "lookback": lambda folder, size: lookback.measure(folder, readings=int(10_000_000 * size)),
    "memory": lambda folder, size: whole.memory(folder, sizes=(0.5 * size, 5.0 * size)),
}


def main() -> int:
    """Measure, print, and fail where a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(MEASURES)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--soak", action="store_true", help="the index of a hundred million edges")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--folder", type=Path, help="where the files go (about 30 GB for all)")
    given = parser.parse_args()
    size = 0.1 if given.quick else 1.0
    chosen = {"soak": lambda folder, size: trace.soak(folder, edges=int(100_000_000 * size))} if given.soak else MEASURES
    figures: list[Figure] = []
    sys.stdout.write(machine() + "\n")
    with tempfile.TemporaryDirectory(dir=given.folder, ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        for one in given.names or chosen:
            sys.stderr.write(f"{one} …\n")
            measured = chosen[one](Path(name), size)
            if not measured:
                sys.stderr.write(f"{one}: nothing measured, for what it takes is not here; benchmarks/{one}.py says what that is\n")
            show(measured)
            figures += measured
    if given.out:
        given.out.write_text(json.dumps([asdict(f) for f in figures], indent=1) + "\n", encoding="utf-8")
    return 0 if all(f.good for f in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
