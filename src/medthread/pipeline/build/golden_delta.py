"""What news do to a golden table.

Touched are the objects that new standard rows tell of, and those whose rows refer to a record whose golden id moved: by the
id that they had and by the one that they have now. Their rows come anew; every file in which one of them stood is written
again without it. Made so or made whole, a table holds the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from medthread.derive.columns import golden_columns
from medthread.model import Entity
from medthread.pipeline.build.golden import (
    ARRIVED,
    golden_sql,
    named_sql,
    newest_sql,
    references_any,
    resolved_masters,
    takes_newest,
)
from medthread.pipeline.build.golden_inputs import define_references, define_rows
from medthread.pipeline.context import Context
from medthread.stores.engines import file_list, quote
from medthread.stores.lakehouse import Committer

SMALL, MANY = 30_000, 16  # files of fewer rows are written together when there are more than so many
WORTH = 0.5  # where more of the rows than this lie in files to be written again, the table is made whole
BEFORE = "before"


@dataclass(frozen=True)
class News:
    """Standard files that came, and for each master whose records moved the files that told of them before."""

    fresh: tuple[str, ...]
    moved: Mapping[str, Sequence[str]] = field(default_factory=dict)


def commits_of(committer: Committer, standard: str, before: Mapping[str, str], now: Mapping[str, str]) -> News | None:
    """What came between two states; None where rows were taken away in between, or a file that is needed is gone."""
    then = committer.files_at(standard, int(before[standard]))
    files = committer.files(standard)
    if then is None or not set(then) <= set(files):
        return None
    moved: dict[str, Sequence[str]] = {}
    for name in now.keys() - {standard}:
        if before[name] != now[name]:
            older = committer.files_at(name, int(before[name])) if before[name].lstrip("-").isdigit() else []
            if older is None:
                return None
            moved[name.removeprefix("golden.").removesuffix("_xref")] = older
    return News(tuple(f for f in files if f not in set(then)), moved)


class Delta:
    """The news of one entity, in a connection where `define_standard` was asked; `files` are those of the table with their rows."""

    def __init__(self, context: Context, con: duckdb.DuckDBPyConnection, entity: type[Entity], news: News, files: Mapping[str, int]) -> None:
        self._context, self._con, self._entity, self._news, self._files = context, con, entity, news, files
        self._registry = context.registry
        self._con.execute("create or replace temp table touched (id varchar)")
        self._con.execute("create or replace temp table stale (_load varchar, _row bigint)")
        if news.fresh:
            define_rows(con, "fresh", news.fresh)
            self._touch("fresh", "xref")
        self._find_stale()
        if self._is_any("stale"):
            rows = "(select s.* from standard as s semi join stale using (_load, _row))"
            self._touch(rows, "xref")
            self._touch(rows, BEFORE)

    @property
    def touches_any(self) -> bool:
        """Whether any object is touched."""
        return self._is_any("touched")

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """Files that hold a row of a touched object, and small ones where there are too many."""
        read = f"read_parquet({file_list(tuple(self._files))}, filename=true)"
        found = self._con.execute(f"select distinct filename from {read} where id in (select id from touched)").fetchall() if self._files else []
        small = [f for f, rows in self._files.items() if rows < SMALL]
        return tuple(sorted({str(r[0]) for r in found} | set(small if len(small) > MANY else [])))

    def is_worth_it(self) -> bool:
        """Whether it is less work than making the table whole."""
        again = sum(self._files[f] for f in self.removed)
        return again <= WORTH * sum(self._files.values())

    @property
    def sql(self) -> str:
        """SELECT what takes the place of the removed files: the touched objects anew, and what else stood there."""
        anew = self._anew()
        if not self.removed:
            return f"select * from ({anew}) as anew order by {ARRIVED}"
        return f"select * from (select * from older where id not in (select id from touched) union all by name {anew}) as both_ order by {ARRIVED}"

    def _anew(self) -> str:
        if self.removed:
            define_rows(self._con, "older", self.removed)
        if takes_newest(self._entity, self._context.sources) and not self._is_any("stale"):
            return f"select * from ({newest_sql(self._entity, self._registry, f'({self._versions()})')}) as newest"
        hits = f"select _load, _row from ({named_sql(self._entity, self._registry)}) as named where id in (select id from touched)"
        self._con.execute(f"create or replace temp table hits as {hits}")
        rows = "(select s.* from standard as s semi join hits using (_load, _row))"
        return f"select * from ({golden_sql(self._entity, self._registry, self._context.sources, rows=rows)}) as anew"

    def _versions(self) -> str:
        """The row that an object has, and those that came: the newest of them all is the newest of all that ever came."""
        names = ", ".join(quote(c.name) for c in golden_columns(self._entity, self._registry))
        came = f"select {names}, _trust from ({named_sql(self._entity, self._registry, rows='fresh')}) as came"
        if not self.removed:
            return came
        had = f"select {names}, coalesce(t.trust, 0) as _trust from older left join trusts as t on t.name = _source where id in (select id from touched)"
        return f"{had} union all by name {came}"

    def _touch(self, rows: str, references: str) -> None:
        named = named_sql(self._entity, self._registry, rows=rows, references=references)
        self._con.execute(f"insert into touched select distinct id from ({named}) as named where id not in (select id from touched)")

    def _find_stale(self) -> None:
        """Standard rows that refer to a record whose golden id is another, or came or went."""
        moved: dict[str, str] = {}
        for master in resolved_masters(self._entity, self._registry):
            now = quote(f"xref.{master}")
            if master not in self._news.moved:
                self._con.execute(f"create or replace temp view {quote(f'{BEFORE}.{master}')} as select * from {now}")
                continue
            define_references(self._con, BEFORE, master, self._news.moved[master])
            then, moved[master] = quote(f"{BEFORE}.{master}"), quote(f"moved.{master}")
            differ = f"(from {now} except from {then}) union (from {then} except from {now})"
            self._con.execute(f"create or replace temp table {moved[master]} as select distinct record_id from ({differ}) as differ")
        moved = {master: name for master, name in moved.items() if self._is_any(name)}
        if moved:
            condition = references_any(self._entity, self._registry, moved)
            self._con.execute(f"insert into stale select _load, _row from standard where {condition}")

    def _is_any(self, name: str) -> bool:
        return bool(self._con.execute(f"select exists (from {name})").fetchall()[0][0])
