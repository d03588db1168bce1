"""Whether a new description may take the place of the released one: semantic versioning 2.0, items 4 and 8."""

import re
from collections.abc import Iterable

from medthread.methods.compatibility.rules import Change, Verdict


def may_break(old: str, new: str) -> bool:
    """Whether the step between two versions says that clients must look: a higher first number, or second one below 1.0."""
    was, is_ = _numbers(old), _numbers(new)
    return is_[0] > was[0] or (was[0] == is_[0] == 0 and is_[1] > was[1])


def objections(changes: Iterable[Change], *, old: str, new: str) -> list[Change]:
    """Changes that clients must not meet without a version that says so: those that break, and those nobody could judge."""
    return [] if may_break(old, new) else [c for c in changes if c.verdict is not Verdict.COMPATIBLE]


def _numbers(version: str) -> tuple[int, int]:
    found = re.match(r"(\d+)(?:\.(\d+))?", version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)
