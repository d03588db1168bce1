"""Result beside truth: how much of what was planted the judged code found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from medthread_demo.truth import Truth


@dataclass(frozen=True)
class Caught:
    """A fault that the judged code reports. For a repeated file, row is 0."""

    fault: str
    source: str
    file: str
    row: int


@dataclass(frozen=True)
class FaultScore:
    """Planted and found faults of one name, and reports where nothing of that name was planted."""

    fault: str
    planted: int
    found: int
    false_alarms: int

    @property
    def recall(self) -> float:
        """The part found."""
        return self.found / self.planted if self.planted else 1.0


@dataclass(frozen=True)
class PairScore:
    """Pairs of records said to be one thing, against pairs that are."""

    domain: str
    records: int
    golden: int
    true_pairs: int
    claimed_pairs: int
    precision: float
    recall: float


@dataclass(frozen=True)
class TraceScore:
    """Finished units reached by the trace of the defective lot."""

    true_units: int
    found_units: int
    missing: int
    extra: int


def judge_quality(truth: Truth, caught: Iterable[Caught]) -> list[FaultScore]:
    """One score per fault name, planted or reported."""
    where: dict[tuple[str, str, str, int], str] = {}
    planted: dict[str, set[str]] = defaultdict(set)
    for f in truth.faults:
        where[f.fault, f.source, f.file, f.row] = f.group
        planted[f.fault].add(f.group)
    found: dict[str, set[str]] = defaultdict(set)
    false: Counter[str] = Counter()
    for c in set(caught):
        group = where.get((c.fault, c.source, c.file, c.row))
        if group is None:
            false[c.fault] += 1
        else:
            found[c.fault].add(group)
    names = sorted(planted.keys() | false.keys())
    return [FaultScore(n, len(planted[n]), len(found[n]), false[n]) for n in names]


def judge_pairs(truth: Truth, domain: str, clusters: Mapping[tuple[str, str, str], str]) -> PairScore:
    """Pairwise precision and recall over the domain's records; a record in no cluster stands alone.

    A key is looked up as written in the file, and in upper case if it is not there.
    """
    records = [r for r in truth.records if r.domain == domain]
    entities: Counter[str] = Counter()
    claimed: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for number, r in enumerate(records):
        given = clusters.get((r.source, r.table, r.key))
        if given is None:
            given = clusters.get((r.source, r.table, r.key.upper()))
        cluster = f"alone-{number}" if given is None else f"={given}"
        entities[r.entity] += 1
        claimed[cluster] += 1
        both[r.entity, cluster] += 1
    true_pairs, claimed_pairs, right = _pairs(entities.values()), _pairs(claimed.values()), _pairs(both.values())
    return PairScore(
        domain,
        len(records),
        len(entities),
        true_pairs,
        claimed_pairs,
        right / claimed_pairs if claimed_pairs else 1.0,
        right / true_pairs if true_pairs else 1.0,
    )


def judge_trace(truth: Truth, units: set[str]) -> TraceScore:
    """Compare finished units, written ITEM|SERIAL."""
    true = set(truth.trace.units)
    return TraceScore(len(true), len(true & units), len(true - units), len(units - true))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)
