"""A company's crosswalk of codes: what a source's word for a coded field means, beside what its mapping says.

Each entry is an approved change like any other (`pipeline.said`): of kind `code`, about a source, a field and the source's
word for it. It holds for everything that is taken in from its day on; rows that were held for the word are tried again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from medthread.model import Source
from medthread.pipeline.context import Context
from medthread.pipeline.said import Said, standing

CODE, PREFIX, MEANS = "code", "code:", "means"
Place = tuple[str, str, str]  # source, entity, field


@dataclass(frozen=True)
class CodeWord:
    """A source's word for a code. Without `ours` it means nothing: the field stays empty."""

    source: str
    entity: str
    field: str
    theirs: str
    ours: str | None
    said: Said

    @property
    def place(self) -> Place:
        """Where it is said."""
        return self.source, self.entity, self.field


def subject_of(source: str, entity: str, field: str, theirs: str) -> str:
    """What an entry is called."""
    return f"{PREFIX}{source}/{entity}.{field}/{theirs}"


def parsed(subject: str) -> tuple[str, str, str, str] | None:
    """Source, entity, field and word; nothing where the subject is no such name. A word may hold any sign, slashes too."""
    source, slash, rest = subject.removeprefix(PREFIX).partition("/")
    place, second, theirs = rest.partition("/")
    entity, dot, field = place.partition(".")
    return (source, entity, field, theirs) if subject.startswith(PREFIX) and slash and second and dot and theirs else None


def code_words(tx: Connection, on: date) -> list[CodeWord]:
    """All that hold on a day."""
    told = standing(tx, on, kind=CODE)
    return [CodeWord(*at, said.content[MEANS], said) for subject, said in told.items() if said.content is not None and (at := parsed(subject))]


def with_codes(sources: Iterable[Source], words: Iterable[CodeWord]) -> tuple[Source, ...]:
    """The sources with these words in the mappings of the fields that they are said of; what is said stands above what is mapped."""
    by_place: dict[Place, dict[str, str]] = {}
    for word in words:
        by_place.setdefault(word.place, {})[word.theirs] = word.ours or ""
    return tuple(_with(s, by_place) if any(p[0] == s.name for p in by_place) else s for s in sources)


def coded_sources(context: Context) -> tuple[Source, ...]:
    """The sources as rows are taken in from them today."""
    with context.store.transaction() as tx:
        return with_codes(context.sources, code_words(tx, context.today))


def _with(source: Source, said: Mapping[Place, Mapping[str, str]]) -> Source:
    tables = {}
    for name, table in source.tables.items():
        feeds = []
        for feed in table.feeds:
            fields = dict(feed.fields)
            for field, mapping in feed.fields.items():
                if own := said.get((source.name, feed.entity, field)):
                    fields[field] = mapping.model_copy(update={"codes": {**(mapping.codes or {}), **own}})
            feeds.append(feed.model_copy(update={"fields": fields}))
        tables[name] = table.model_copy(update={"feeds": tuple(feeds)})
    return source.model_copy(update={"tables": tables})
