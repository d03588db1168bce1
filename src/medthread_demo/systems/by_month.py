"""Exports in one file a month: most systems hand out their events so."""

import shutil
from collections import defaultdict
from collections.abc import Sequence

from medthread_demo.company import Company
from medthread_demo.formats import write_csv
from medthread_demo.planting import Table


def write_months(
    company: Company, table: Table, months: Sequence[str], *, stem: str, encoding: str,
    broken_lines: int = 0, late: str | None = None, again: str | None = None,
) -> None:
    """One CSV a month; lines that cannot be parsed, one month that comes late, one that comes twice."""
    by_month: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(months):
        by_month[name].append(row)
    order = sorted(by_month)
    places: dict[int, tuple[str, int]] = {}
    broken = _spread(company, order, broken_lines)
    for name in order:
        file = f"{stem}_{name}.csv" if name != late else f"{stem}_{order[-1]}_补传.csv"
        rows = by_month[name]
        extra, last = _broken_lines(company, table, len(rows), broken.get(name, 0))
        write_csv(company.inbox / file, list(table.columns), list(table.columns.values()), encoding=encoding, rows=rows,
                  extra=extra, last=last)
        ordinal = 0
        for position, row in enumerate(rows):
            if position in extra:
                ordinal += 1
                company.record.add(fault="unparsable_line", source=table.source, table=table.name, file=file, row=ordinal, dirty=extra[position])
            ordinal += 1
            places[row] = (file, ordinal)
        if last is not None:
            ordinal += 1
            company.record.add(fault="unparsable_line", source=table.source, table=table.name, file=file, row=ordinal, dirty=last)
        company.record.wrote(path=file, source=table.source, table=table.name, rows=ordinal, late=name == late)
        if name == again:
            copy = f"{stem}_{name}_副本.csv"
            shutil.copyfile(company.inbox / file, company.inbox / copy)
            company.record.add(fault="repeated_file", source=table.source, table=table.name, file=copy, row=0)
            company.record.wrote(path=copy, source=table.source, table=table.name, rows=ordinal, copy_of=file)
    company.record.place(table, places)


def _spread(company: Company, order: list[str], count: int) -> dict[str, int]:
    spread: dict[str, int] = defaultdict(int)
    for _ in range(count):
        spread[company.rng.choice(order)] += 1
    return spread


def _broken_lines(company: Company, table: Table, rows: int, count: int) -> tuple[dict[int, str], str | None]:
    """Too many columns, too few, and at the end of a file an unbalanced quote."""
    extra: dict[int, str] = {}
    last = None
    width = len(table.columns)
    for n in range(count):
        if n % 3 == 2 and last is None:
            last = '"尾行被截断,' + ",".join(["x"] * (width - 2))
            continue
        at = company.rng.randrange(max(rows, 1))
        cells = ["合计", "本页小计", *["-"] * (width - 2)]
        extra.setdefault(at, ",".join([*cells, "多", "余"] if n % 2 else cells[: width - 2]))
    return extra, last
