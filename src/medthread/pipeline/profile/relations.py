"""What names a row, what decides what, whose keys stand in a column. Asked of the sample first, so that little is asked of all rows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import duckdb

from medthread.model import Home, Kind, Registry
from medthread.pipeline.profile.profile import ColumnProfile, Decides, KeyFound, Reading, Standing, Within
from medthread.pipeline.profile.subject import Subject
from medthread.stores.engines import file_list, literal, quote
from medthread.stores.lakehouse import ReleaseTable

NEARLY = 0.01  # share of rows that may be double where a single column nearly names them
TOGETHER = 8  # columns that keys of several are looked for among
MOST_KEYS = 5
LONG = 64  # signs: what is longer is a text, no key
CHOSEN = 50_000  # rows of the sample that decisions are looked for in
DECIDING, DECIDED = 12, 20  # columns looked at
MOSTLY, USUAL = 0.98, 0.9
TRIED = 2000  # distinct values of a column that are looked for in keys
FEW = 5
STANDS = 0.5  # share of values in a key for it to be told


def keys_of(con: duckdb.DuckDBPyConnection, subject: Subject, columns: Sequence[ColumnProfile], rows: int) -> tuple[KeyFound, ...]:
    """The smallest sets of up to three columns that name every row, verified on all rows; and single columns that nearly do. What is measured names nothing, and moments only by themselves."""
    sql = {c.name: c.sql for c in subject.columns}
    full = [c for c in columns if not c.empty and c.distinct > 1 and (c.longest or 0) <= LONG and c.likely not in (Reading.DECIMAL, Reading.TRUTH)]
    found = [key for c in full if c.distinct >= rows * 0.9 and (key := _single(con, subject, sql, c.name, rows)) is not None]
    named = {k.columns[0] for k in found}
    rest = sorted((c for c in full if c.name not in named and c.likely not in (Reading.DATE, Reading.MOMENT)), key=lambda c: -c.distinct)[:TOGETHER]
    for size in (2, 3):
        for chosen in combinations(rest, size):
            if len(found) >= MOST_KEYS:
                return tuple(found)
            names = tuple(c.name for c in chosen)
            if any(set(k.columns) <= set(names) for k in found) or not _may_name(chosen, rows):
                continue
            if not _doubles(con, [quote(n) for n in names], "sample") and not _doubles(con, [sql[n] for n in names], subject.relation):
                found.append(KeyFound(names))
    return tuple(found)


def _may_name(columns: Sequence[ColumnProfile], rows: int) -> bool:
    """Whether there are enough values for each row to have its own; distinct values are estimated."""
    product = 1.0
    for column in columns:
        product *= column.distinct * 1.1
    return product >= rows


def _single(con: duckdb.DuckDBPyConnection, subject: Subject, sql: Mapping[str, str], name: str, rows: int) -> KeyFound | None:
    [sampled, distinct] = con.execute(f"select count(*), count(distinct {quote(name)}) from sample").fetchall()[0]
    if sampled - distinct > sampled * NEARLY:
        return None
    duplicates = int(con.execute(f"select count(*) - count(distinct {sql[name]}) from {subject.relation}").fetchall()[0][0])
    return KeyFound((name,), duplicates) if duplicates <= rows * NEARLY else None


def _doubles(con: duckdb.DuckDBPyConnection, columns: Sequence[str], relation: str) -> bool:
    return bool(con.execute(f"select 1 from {relation} group by {', '.join(columns)} having count(*) > 1 limit 1").fetchall())


def decisions(con: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile]) -> tuple[Decides, ...]:
    """Columns whose value nearly always follows from that of another. A column that names rows decides everything, and is left out."""
    con.execute(f"create or replace temp table few as select * from sample limit {CHOSEN}")
    told = [c for c in columns if c.distinct > 1 and (c.longest or 0) <= LONG and c.standing is not Standing.SEALED]
    if not told:
        return ()
    counts = con.execute(f"select count(*), {', '.join(f'count(distinct {quote(c.name)})' for c in told)} from few").fetchall()[0]
    rows, distinct = int(counts[0]), dict(zip((c.name for c in told), map(int, counts[1:]), strict=True))
    deciding = sorted((n for n, d in distinct.items() if 1 < d <= rows / 4), key=lambda n: -distinct[n])[:DECIDING]
    decided = [n for n in list(distinct)[:DECIDED] if distinct[n] > 1 and _usual(con, n, where=n) <= USUAL]
    pairs = ((a, b) for a in deciding for b in decided if a != b and distinct[b] <= distinct[a])
    return tuple(Decides(a, b, round(share, 4)) for a, b in pairs if (share := _follows(con, a, b)) >= MOSTLY and _usual(con, b, where=a) <= USUAL)


def _usual(con: duckdb.DuckDBPyConnection, name: str, *, where: str) -> float:
    """Share of the commonest value where another column is filled: what is nearly always the same follows from anything."""
    return float(con.execute(f"select coalesce(max(n) / sum(n), 1) from (select count(*) as n from few where {quote(where)} is not null group by {quote(name)})").fetchall()[0][0])


def _follows(con: duckdb.DuckDBPyConnection, one: str, other: str) -> float:
    """Only values that stand in several rows say something."""
    a, b = quote(one), quote(other)
    return float(con.execute(f"""
        select coalesce(sum(m) / nullif(sum(s), 0), 0) from (select max(n) as m, sum(n) as s
        from (select {a} as a, {b} as b, count(*) as n from few where {a} is not null group by all) group by a having sum(n) > 1)""").fetchall()[0][0])


def inclusions(
    con: duckdb.DuckDBPyConnection, subject: Subject, columns: Sequence[ColumnProfile], registry: Registry, heads: Mapping[str, ReleaseTable]
) -> tuple[Within, ...]:
    """Columns most of whose values stand in a key field of a golden table: suspected references."""
    tried = {c.name for c in subject.columns if c.is_text and c.standing is not Standing.SEALED}
    names = [c.name for c in columns if c.name in tried and c.distinct >= FEW and (c.longest or 0) <= LONG]
    if not names:
        return ()
    union = " union all ".join(
        f"(select {literal(n)} as c, x from (select distinct trim({quote(n)}) as x from sample where {quote(n)} is not null) order by hash(x) limit {TRIED})" for n in names
    )
    con.execute(f"create or replace temp table tried as {union}")
    found = [w for table, field in _key_fields(registry, heads) if table != subject.table for w in _within(con, table, field, heads[table].files)]
    best: dict[str, Within] = {}
    for one in sorted(found, key=lambda w: -w.share):
        best.setdefault(one.column, one)
    return tuple(w for w in found if w.share >= best[w.column].share - NEARLY)


def _key_fields(registry: Registry, heads: Mapping[str, ReleaseTable]) -> Iterator[tuple[str, str]]:
    for entity in registry.at_home(Home.LAKE, Home.MASTER):
        table = f"golden.{entity.name}"
        if table in heads and heads[table].files and not entity.about.repeats:
            for name in entity.key():
                field = entity.fields[name]
                if field.mark.ref is None and field.kind is Kind.TEXT and not field.is_personal and field.mark.codes is None:
                    yield table, name


def _within(con: duckdb.DuckDBPyConnection, table: str, field: str, files: Sequence[str]) -> list[Within]:
    rows = con.execute(f"""
        select c, count(*) as values, count(*) filter (where x in (select {quote(field)} from read_parquet({file_list(tuple(files))}, union_by_name=true)
            where {quote(field)} is not null)) / count(*) as share
        from tried group by c having values >= {FEW} and share >= {STANDS} order by c""").fetchall()
    return [Within(str(c), table, field, int(n), round(float(s), 4)) for c, n, s in rows]
