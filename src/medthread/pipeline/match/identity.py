"""Golden ids that stay: each new cluster takes the old id it shares most records with.

Overlaps are taken largest first, then by older id; one id per cluster, one cluster per id. An id that finds no
cluster is retired and points at the one that took most of its records, for old documents still name it. Records that
are parted again get the id back that they had before they were put together.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Identities:
    """Golden id of each cluster, and retired ids with their successors."""

    of: dict[str, str]
    merged_into: dict[str, str]


def assign(
    members: Mapping[str, Sequence[str]], before: Mapping[str, str], *, prefix: str, former: Iterable[tuple[str, str]] = ()
) -> Identities:
    """Ids for clusters (name → records), given the golden id that each record had before, and (record, id) of those it had earlier."""
    name_of = {record: name for name, records in members.items() for record in records}
    overlap = Counter((before[record], name) for record, name in name_of.items() if record in before)
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    _give(overlap, chosen, taken)
    earlier = list(former)
    living = set(before.values())
    _give(Counter((old, name_of[record]) for record, old in earlier if record in name_of and old not in living), chosen, taken)
    used = living | {old for _, old in earlier}
    for name in sorted(members):
        if name not in chosen:
            chosen[name] = _fresh(prefix, members[name][0], used)
            used.add(chosen[name])
    heirs: dict[str, str] = {}
    for old, name in _largest_first(overlap):
        if old not in taken:
            heirs.setdefault(old, chosen[name])
    return Identities(chosen, heirs)


def _give(overlap: Mapping[tuple[str, str], int], chosen: dict[str, str], taken: set[str]) -> None:
    """Clusters without an id take the one that they share most records with, where no other took it."""
    for old, name in _largest_first(overlap):
        if old not in taken and name not in chosen:
            chosen[name] = old
            taken.add(old)


def _largest_first(overlap: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [pair for pair, _ in sorted(overlap.items(), key=lambda o: (-o[1], o[0]))]


def _fresh(prefix: str, record: str, used: set[str]) -> str:
    """From the first record, so that a run repeated after a kill makes the same id."""
    for attempt in range(1000):
        digest = hashlib.sha256(f"{record}#{attempt}".encode()).hexdigest()
        made = f"{prefix}-{int(digest[:12], 16) % 10**9:09d}"
        if made not in used:
            return made
    msg = "no free golden id"
    raise AssertionError(msg)
