"""Whether a source answers, and whether its mapping fits what is there: names, and a few hundred rows typed as the standard layer types them."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.model import Source
from medthread.model.errors import NotFoundError, SourceError
from medthread.pipeline.collect import secret_of
from medthread.pipeline.context import Context
from medthread.pipeline.ingest import matching_files
from medthread.pipeline.ingest.reading import read_arrival
from medthread.pipeline.standardise.expression import expressions, is_narrowed, raw_text
from medthread.pipeline.standardise.scan import Feed, Scan
from medthread.stores.databases import Database, Server, open_database
from medthread.stores.engines import question

ROWS = 500
LIKE = 0.6  # how alike two names are for one to be told as what the other may have become


@dataclass(frozen=True)
class FieldFit:
    """A field and the columns that fill it: of so many values, how many are of its type and its codes; none where only the whole table could tell."""

    entity: str
    field: str
    columns: tuple[str, ...]
    values: int | None
    fitting: int | None

    @property
    def share(self) -> float | None:
        """What share fits; none without values."""
        return self.fitting / self.values if self.values and self.fitting is not None else None


@dataclass(frozen=True)
class TableProbe:
    """One table held against its mapping. `error` says why it could not be looked at."""

    table: str
    rows: int = 0
    missing: tuple[str, ...] = ()  # mapped columns that are not there
    new: tuple[str, ...] = ()  # columns that no mapping knows
    alike: tuple[tuple[str, str], ...] = ()  # a missing column, and a new one with a name like it
    fields: tuple[FieldFit, ...] = ()
    error: SourceError | None = None

    @property
    def fits(self) -> bool:
        """Whether all columns are there and every value that was looked at is of its field's type and codes."""
        return self.error is None and not self.missing and all(f.share in (None, 1.0) for f in self.fields)


def check_source(context: Context, name: str) -> Server:
    """Connect to a source that is a database, and ask who is there."""
    source = known_source(context.sources, name)
    if source.kind != "database":
        raise SourceError(f"{name} is no database: there is nobody to ask who is there", hint="`medthread source probe` looks at what it delivered", file=name)
    return _open(context, source).check()


def probe_source(context: Context, name: str) -> list[TableProbe]:
    """Hold every table of a source against its mapping; a table that cannot be read is told with its reason."""
    source = known_source(context.sources, name)
    return [_probe(context, source, table) for table in source.tables]


def known_source(sources: Iterable[Source], name: str) -> Source:
    """A source by its name."""
    known = {s.name: s for s in sources}
    if name not in known:
        raise NotFoundError(f"no source {name!r}", hint=f"there are: {', '.join(sorted(known))}")
    return known[name]


def sample_of(context: Context, name: str, table: str) -> pa.Table:
    """A few hundred rows of a source's table as it has them now, as text. Raises `NotFoundError`, or `SourceError` where it cannot be read."""
    source = known_source(context.sources, name)
    if table not in source.tables:
        raise NotFoundError(f"source {name} has no table {table!r}", hint=f"it has {', '.join(source.tables)}")
    return _sampled(context, source, table)


def _open(context: Context, source: Source) -> Database:
    assert source.url is not None  # noqa: S101 - a database has an address
    return open_database(source.url, secret_of(context, source))


def _probe(context: Context, source: Source, table: str) -> TableProbe:
    try:
        return held_against(context, source, table, _sampled(context, source, table))
    except SourceError as error:
        return TableProbe(table, error=error)


def held_against(context: Context, source: Source, table: str, sample: pa.Table) -> TableProbe:
    """A sample of a table held against a mapping of it."""
    mapping = source.tables[table]
    missing, new = sorted(mapping.mapped - set(sample.column_names)), sorted(set(sample.column_names) - mapping.mapped)
    fields = _fits(Scan(source, table, context.registry), sample)
    alike = [(gone, close[0]) for gone in missing if (close := get_close_matches(gone, new, n=1, cutoff=LIKE))]
    return TableProbe(table, sample.num_rows, tuple(missing), tuple(new), tuple(alike), fields)


def _sampled(context: Context, source: Source, table: str) -> pa.Table:
    mapping = source.tables[table]
    if mapping.files is not None:
        files = matching_files(context.inbox, mapping.files)
        if not files:
            raise SourceError(f"no file {mapping.files} lies in the inbox", hint="put one there, then probe again", file=mapping.files)
        with tempfile.TemporaryDirectory(prefix="medthread-probe-") as folder:
            made = read_arrival(max(files, key=lambda p: p.stat().st_mtime), mapping, out=Path(folder) / "probe.parquet")
            first = next(pq.ParquetFile(made.path).iter_batches(ROWS, columns=list(made.columns)), None)
            none = pa.table({c: pa.array([], pa.string()) for c in made.columns})
            return none if first is None else pa.Table.from_batches([first])
    if source.kind != "database":
        raise SourceError(f"{source.name}.{table} is sent, not asked for", hint="look at what has come: its loads and what they hold back", file=table)
    return _open(context, source).sample(mapping.place, ROWS)


def _fits(scan: Scan, sample: pa.Table) -> tuple[FieldFit, ...]:
    there = set(sample.column_names)
    return tuple(
        _fit(scan, feed, name, sample)
        for feed in scan.feeds for name, mapped in feed.mapping.fields.items() if mapped.constant is None and set(mapped.columns) <= there
    )


def _fit(scan: Scan, feed: Feed, name: str, sample: pa.Table) -> FieldFit:
    field, mapped = feed.entity.fields[name], feed.mapping.fields[name]
    if mapped.lookup is not None or not _asked_columns(feed) <= set(sample.column_names):
        return FieldFit(feed.entity.name, name, mapped.columns, None, None)
    given = raw_text(mapped)
    sql = expressions(field, mapped, given=f"narrow({given})" if is_narrowed(field) else given, text_column="#text")
    unknown = sql.unknown_code or "false"
    fitting = f'"#typed" is not null and not coalesce({unknown}, false)'
    statement = (
        f'with texts as (select *, {sql.text} as "#text" from sample where {scan.is_one(feed)}), typed as (select *, {sql.typed} as "#typed" from texts)'
        f' select count("#text"), count(*) filter (where "#text" is not null and {fitting}) from typed'
    )
    with question() as con:
        con.register("sample", sample)
        values, fits = con.execute(statement).fetchall()[0]
        con.unregister("sample")
    return FieldFit(feed.entity.name, name, mapped.columns, values, fits)


def _asked_columns(feed: Feed) -> set[str]:
    """Columns that say whether a row is one of the feed's."""
    return {*feed.mapping.where, *feed.mapping.present}
