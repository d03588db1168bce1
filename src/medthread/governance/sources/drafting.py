"""A mapping while it is written: read, held against its source, and its rows as they would be; nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from medthread.derive import check_source
from medthread.governance.sources.amend import map_column
from medthread.governance.sources.probe import TableProbe, held_against, sample_of
from medthread.model import Source, parse_source
from medthread.model.errors import DeclarationError, InvalidError, NotFoundError
from medthread.model.yaml_file import parse_yaml
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.sealing import sealed_columns
from medthread.pipeline.standardise.preview import Preview, preview
from medthread.trust.seal import mask_partial

SHOWN = 50


@dataclass(frozen=True)
class Drafted:
    """A table by a drafted mapping: how it fits, which rows of the sample would be accepted and held, and the source columns of each field."""

    probe: TableProbe
    preview: Preview
    sampled: int


def drafted_source(context: Context, name: str, text: str) -> Source:
    """The source that a text says. Raises `InvalidError` naming the place where it cannot stand, or is another source."""
    try:
        source = parse_source(parse_yaml(text, file=f"{name}.yaml"), origin=f"{name}.yaml")
        check_source(source, context.registry, origin=f"{name}.yaml")
    except DeclarationError as error:
        raise InvalidError(error.message, hint=error.hint) from error
    if source.name != name:
        raise InvalidError(f"the source is called {source.name!r}, and {name!r} is what is changed", hint="a source keeps its name; make another one for another system")
    return source


def try_draft(context: Context, source: Source, table: str, *, clear: bool) -> Drafted:
    """Try a table's newest delivery by a drafted mapping. What is sealed on arrival today is shown by its masks, unless `clear`."""
    if table not in source.tables:
        raise NotFoundError(f"source {source.name} has no table {table!r}", hint=f"it has {', '.join(source.tables)}")
    meant = replace(context, sources=(source,))
    sample = sample_of(meant, source.name, table)
    told = preview(source, table, sample, context.registry, references=False, beside=_beside(meant, source, table))
    shown = Preview({e: [_masked(context, source, table, e, r, clear=clear) for r in rows[:SHOWN]] for e, rows in told.rows.items()}, told.held)
    return Drafted(held_against(meant, source, table, sample), shown, sample.num_rows)


def accept_suggestion(text: str, *, table: str, entity: str, field: str, column: str) -> str:
    """The text with a column for a field in it."""
    try:
        return map_column(text, table=table, entity=entity, field=field, column=column)
    except DeclarationError as error:
        raise InvalidError(error.message, hint=error.hint) from error


def _beside(context: Context, source: Source, table: str) -> dict[str, pa.Table]:
    """Samples of the tables that values are looked up in."""
    wanted = {m.lookup.table for f in source.tables[table].feeds for m in f.fields.values() if m.lookup}
    return {name: sample_of(context, source.name, name) for name in sorted(wanted) if name in source.tables}


def _masked(context: Context, source: Source, table: str, entity: str, row: dict[str, Any], *, clear: bool) -> dict[str, Any]:
    if clear:
        return row
    fields = {n: m.columns for f in source.tables[table].feeds if f.entity == entity for n, m in f.fields.items()}
    columns: Sequence[str] = sorted({c for names in fields.values() for c in names})
    before = next((s for s in context.sources if s.name == source.name and table in s.tables), None)
    sealed = sealed_columns(context, source.name, table, columns) if before is not None else frozenset(columns)
    return {n: mask_partial(str(v)) if v is not None and sealed & set(fields.get(n, ())) else v for n, v in row.items()}
