"""Which alternative of the old description has become which of the new one."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from medthread.methods.compatibility.branches import Branch
from medthread.methods.compatibility.document import text_of

Likeness = Callable[[Branch], Hashable]
# From the surest sign to the weakest; the order in which they stand is the last one.
LIKENESSES: tuple[Likeness, ...] = (
    lambda b: (b.type, text_of(b.words)),
    lambda b: (b.type, b.tag) if b.tag else None,
    lambda b: (b.type, b.name) if b.name else None,
    lambda b: b.type,
    lambda b: "number" if b.type in ("integer", "number") else None,
)


@dataclass(frozen=True)
class Paired:
    """Alternatives that belong together, and those that are gone or new."""

    pairs: tuple[tuple[Branch, Branch], ...]
    gone: tuple[Branch, ...]
    come: tuple[Branch, ...]


def pair_up(old: Sequence[Branch], new: Sequence[Branch]) -> Paired:
    """Each alternative is used once."""
    pairs: list[tuple[Branch, Branch]] = []
    gone, come = list(old), list(new)
    for likeness in LIKENESSES:
        for branch in list(gone):
            sign = likeness(branch)
            other = next((b for b in come if sign is not None and likeness(b) == sign), None)
            if other is not None:
                pairs.append((branch, other))
                gone.remove(branch)
                come.remove(other)
    return Paired(tuple(pairs), tuple(gone), tuple(come))


def may_overlap(branches: Sequence[Branch]) -> bool:
    """Whether a value could fit two of them: of one type, and not told apart by a field or by listed values."""
    for n, one in enumerate(branches):
        for other in branches[n + 1 :]:
            alike = {one.type, other.type} <= {"integer", "number"} or one.type == other.type
            told_apart = one.tag and other.tag and one.tag != other.tag
            listed = [{text_of(v) for v in b.words["enum"]} for b in (one, other) if "enum" in b.words]
            if alike and not told_apart and not (len(listed) > 1 and not listed[0] & listed[1]):
                return True
    return False
