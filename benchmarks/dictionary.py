"""The dictionary of a company with twenty thousand fields: how long a search takes, and whether what was meant is among the first three."""

import statistics
import time
from itertools import product
from pathlib import Path

from tests.derive.dictionary_queries import QUERIES

from benchmarks.figures import Figure
from medthread.app import declared
from medthread.derive.dictionary import Entry, Finder, entries
from medthread.model import Label

LIMIT_MS, RIGHT = 50.0, 0.95


def measure(folder: Path, *, fields: int) -> list[Figure]:
    """Every query of the written set, one after another; the slowest in twenty counts."""
    del folder
    found = entries(declared()[0])
    finder = Finder([*found, *_others(found, fields - len(found))])
    finder.find("供应商", most=60)
    spent, right = [], 0
    for query, meant in QUERIES.items():
        began = time.perf_counter()
        first = finder.find(query, most=60)
        spent.append((time.perf_counter() - began) * 1000)
        right += meant in [f"{e.entity}.{e.field}" if e.field else e.entity for e in first[:3]]
    slow, share = statistics.quantiles(spent, n=20)[-1], right / len(QUERIES)
    return [
        Figure(f"dictionary search over {fields:,} fields, p95", f"{slow:.1f} ms", f"{LIMIT_MS:.0f} ms", slow / LIMIT_MS, f"<= {LIMIT_MS:.0f} ms", slow <= LIMIT_MS),
        Figure(f"right among the first three, {len(QUERIES)} queries", f"{share:.3f}", f"{RIGHT}", share / RIGHT, f">= {RIGHT}", share >= RIGHT),
    ]


def _others(found: list[Entry], count: int) -> list[Entry]:
    """Fields of entities of other domains, called by two words of ours: near enough to be in the way."""
    labels = sorted({(e.label.zh, e.label.en) for e in found if e.field is not None})
    made = []
    for n, ((zh, en), (zh2, en2)) in enumerate(product(labels, labels[::-1])):
        if len(made) == count:
            break
        if zh != zh2 and (n * 2_654_435_761) % 4_294_967_296 < 4_294_967_296 * 2 * count // max(len(labels) ** 2, 1):
            label = Label(f"{zh}{zh2}", f"{en} {en2}")
            made.append(Entry(f"other_{n % 400}", f"field_{n}", label, None, "text", "internal", "it", (), None))
    return made
