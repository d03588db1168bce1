"""What changed between two profiles of a table: columns that came and went, kinds, and shares that moved."""

from collections.abc import Iterator
from dataclasses import dataclass

from medthread.pipeline.profile import ColumnProfile, Profile

MOVED = 0.01  # of a share; less is chance


@dataclass(frozen=True)
class Changed:
    """Something about a column, or about the rows of the table (no column), before and now."""

    column: str | None
    what: str  # rows | new | gone | likely | empty | pattern
    before: str
    now: str


def changes(before: Profile, now: Profile) -> list[Changed]:
    """All of them, in the order of the columns."""
    then = {c.name: c for c in before.columns}
    found = [Changed(None, "rows", str(before.rows), str(now.rows))] if before.rows != now.rows else []
    for column in now.columns:
        found += [Changed(column.name, "new", "", column.likely.value)] if column.name not in then else _of_column(before, then[column.name], now, column)
    gone = then.keys() - {c.name for c in now.columns}
    return [*found, *(Changed(name, "gone", then[name].likely.value, "") for name in then if name in gone)]


def _of_column(before: Profile, then: ColumnProfile, now: Profile, column: ColumnProfile) -> Iterator[Changed]:
    if then.likely is not column.likely and then.standing is column.standing:
        yield Changed(column.name, "likely", then.likely.value, column.likely.value)
    was, empty = _share(then.empty, before.rows), _share(column.empty, now.rows)
    if abs(was - empty) >= MOVED:
        yield Changed(column.name, "empty", f"{was:.1%}", f"{empty:.1%}")
    known = {p.form for p in then.patterns}
    for pattern in column.patterns:
        if then.patterns and pattern.form not in known and _share(pattern.rows, now.sampled) >= MOVED:
            yield Changed(column.name, "pattern", "", f"{pattern.form} {_share(pattern.rows, now.sampled):.1%}")


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
