"""Planting faults and keeping the record of each: what it was, where it lies, what stood there before."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from medthread_demo.truth import PlantedFault, TrueFile, TrueRecord


@dataclass
class Table:
    """Rows of one table before they are written: columns of text, and the name of the file of each row."""

    source: str
    name: str
    columns: dict[str, list[str | None]]
    key: tuple[str, ...]
    spoiled: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def key_of(self, row: int) -> str:
        """The key of a row, parts joined by a bar."""
        return "|".join(self.columns[k][row] or "" for k in self.key)


@dataclass(frozen=True)
class Spot:
    """A fault in a row of a table in memory; the file and the ordinal follow when the table is written."""

    fault: str
    row: int
    column: str
    key: str
    clean: str
    dirty: str
    group: str


@dataclass
class Record:
    """The growing truth of a run."""

    rng: random.Random
    faults: list[PlantedFault] = field(default_factory=list)
    masters: list[TrueRecord] = field(default_factory=list)
    files: list[TrueFile] = field(default_factory=list)
    spots: dict[tuple[str, str], list[Spot]] = field(default_factory=dict)
    _groups: int = 0

    def group(self) -> str:
        """A fresh name for one fault, however many rows it shows in."""
        self._groups += 1
        return f"F{self._groups:06d}"

    def plant(
        self, table: Table, fault: str, column: str, count: int, spoil: Callable[[str], str | None],
        *, among: Sequence[int] | None = None,
    ) -> list[int]:
        """Spoil a column in some rows that are still sound; gives the rows."""
        pool = [r for r in (among if among is not None else range(len(table))) if r not in table.spoiled]
        rows = sorted(self.rng.sample(pool, min(count, len(pool))))
        for row in rows:
            self.spoil(table, fault, column, row, spoil)
        return rows

    def spoil(
        self, table: Table, fault: str, column: str, row: int, spoil: Callable[[str], str | None], *, group: str = ""
    ) -> None:
        """Spoil one value of one row, and remember it."""
        clean = table.columns[column][row] or ""
        dirty = spoil(clean)
        table.columns[column][row] = dirty
        table.spoiled.add(row)
        spot = Spot(fault, row, column, table.key_of(row), clean, dirty or "", group or self.group())
        self.spots.setdefault((table.source, table.name), []).append(spot)

    def place(self, table: Table, places: dict[int, tuple[str, int]]) -> None:
        """Say where the table's rows ended: memory row → (file, ordinal)."""
        for spot in self.spots.pop((table.source, table.name), []):
            file, row = places[spot.row]
            self.faults.append(PlantedFault(
                fault=spot.fault, source=table.source, table=table.name, file=file, row=row, column=spot.column,
                key=spot.key, clean=spot.clean, dirty=spot.dirty, group=spot.group,
            ))

    def add(self, *, fault: str, source: str, table: str, file: str, row: int, dirty: str = "") -> None:
        """A fault that lies in a file rather than in a row of the table: a broken line, a repeated file."""
        self.faults.append(PlantedFault(
            fault=fault, source=source, table=table, file=file, row=row, column="", key="", clean="", dirty=dirty,
            group=self.group(),
        ))

    def wrote(self, *, path: str, source: str, table: str, rows: int, copy_of: str = "", late: bool = False) -> None:
        """A file, sheet or database table is written."""
        self.files.append(TrueFile(path=path, source=source, table=table, rows=rows, copy_of=copy_of, late=late))
