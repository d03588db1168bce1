"""What is tried of a raw table: every rule of every entity it feeds, each as SQL over typed columns.

Feeds of a table share their fate: a row held for one is held for all, except append-only events, which are
kept and flagged. The statement that types and tries in one pass is made of this in `statement`.
"""

import re
from dataclasses import dataclass

from medthread.derive import Check, checks_of
from medthread.derive.checks import APPROVAL
from medthread.derive.columns import INDEX, SCHEME, refers_to_master
from medthread.model import Entity, EntityMapping, Field, Home, Registry, Source
from medthread.model.rules import SURE
from medthread.pipeline.standardise.expression import Expressions, expressions, is_narrowed, is_plain
from medthread.stores.engines import literal, quote

SEPARATOR = "'|'"
APPROVED = "_approved"  # column of raw rows: whether a person approved that it changes critical values


@dataclass(frozen=True)
class Tried:
    """A check of one feed, with the SQL that is true where it is broken."""

    check: Check
    feed: int
    broken: str
    mends: bool = False
    before: str | None = None
    after: str | None = None
    proposes: bool = False  # holds the row, and says what the value could be

    @property
    def column(self) -> str:
        """The boolean's column name."""
        return f"b{self.feed}_{self.check.id.partition('.')[2].replace('.', '_')}"


@dataclass(frozen=True)
class Feed:
    """One entity fed by the table, with its place in the statement."""

    number: int
    entity: type[Entity]
    mapping: EntityMapping
    default_scheme: str

    def column(self, field: str) -> str:
        """The field's column in the statement."""
        return f"f{self.number}_{field}"

    @property
    def always(self) -> bool:
        """Whether every row of the table is one of these."""
        return not self.mapping.present and not self.mapping.where

    def text_column(self, field: str) -> str:
        """The column of the field's cleaned text."""
        return "t" + self.column(field)

    def given(self, field: Field) -> str:
        """SQL of the text that the mapping points at: a raw column, or the one it was put together in."""
        mapping = self.mapping.fields[field.name]
        return quote(mapping.from_) if mapping.from_ and is_plain(mapping) else quote("r" + self.column(field.name))

    def expressions(self, field: Field) -> Expressions:
        """The SQL of a mapped field."""
        given = quote("w" + self.column(field.name)) if is_narrowed(field) else self.given(field)
        mapping = self.mapping.fields[field.name]
        return expressions(field, mapping, given=given, text_column=self.text_column(field.name))

    @property
    def scheme(self) -> str:
        """Whose codes the key is in."""
        return self.mapping.scheme or self.default_scheme

    @property
    def critical(self) -> list[Field]:
        """Fields whose values the table may not change without an approval."""
        return [f for f in self.entity.fields.values() if f.mark.critical and f.name in self.mapping.fields]

    @property
    def stood(self) -> str:
        """The table of what stands in them, made by `critical.know_standing`."""
        return f"stood_{self.number}"

    def another_value(self, field: Field) -> str:
        """SQL true where a critical field has another value than the one that stands, and nobody approved it; sealed values are told apart by their index.

        What cannot be read is no value yet: other rules hold it.
        """
        given = quote(self.column(field.name) + (INDEX if field.is_personal else ""))
        readable = "" if field.is_personal else f" and ({given} is not null or {quote(self.text_column(field.name))} is null)"
        return f"{self.stood}._k is not null and not {APPROVED} and {self.stood}.{quote('_was_' + field.name)} is distinct from {given}{readable}"

    @property
    def kept_anyway(self) -> bool:
        """Append-only events are flagged, never held."""
        return self.entity.about.repeats


class Scan:
    """The statement for one raw table of a source."""

    def __init__(self, source: Source, table: str, registry: Registry, *, corrects_from: float = SURE) -> None:
        self._corrects_from = corrects_from
        self.source = source
        self.table = table
        self.registry = registry
        self.mapping = source.tables[table]
        self.feeds = [Feed(i, registry[m.entity], m, source.name) for i, m in enumerate(self.mapping.feeds)]
        self.tried = [t for feed in self.feeds for t in self._tried(feed)]

    def references(self) -> set[str]:
        """Entities whose keys the statement looks up, as relations `keys.<entity>`."""
        return {
            f.mark.ref.entity
            for feed in self.feeds
            for f in feed.entity.fields.values()
            if f.mark.ref
            and f.name in feed.mapping.fields
            and self.registry[f.mark.ref.entity].about.home is not Home.NATIVE
        }

    def is_one(self, feed: Feed) -> str:
        """SQL true where a raw row is one of the feed's objects."""
        parts = [f"filled({quote(c)}) is not null" for c in feed.mapping.present]
        for column, values in feed.mapping.where.items():
            parts.append(f"{quote(column)} in ({', '.join(literal(v) for v in values)})")
        return " and ".join(parts) or "true"

    def _tried(self, feed: Feed) -> list[Tried]:
        return [t for check in checks_of(feed.entity, self.registry) if (t := self._try(feed, check)) is not None]

    def _try(self, feed: Feed, check: Check) -> Tried | None:  # noqa: PLR0911 - one return per kind of check
        """The SQL for one check in one feed, or nothing where the table cannot break it."""
        name = check.rule.name
        if check.field is None:
            return self._try_row(feed, check)
        field = feed.entity.fields[check.field]
        mapping = feed.mapping.fields.get(check.field)
        column = quote(feed.column(check.field))
        if mapping is None:
            return None
        if name == "required":
            text = column if field.is_personal else quote("t" + feed.column(check.field))
            return Tried(check, feed.number, f"{text} is null")
        if name == "type":
            text = quote("t" + feed.column(check.field))
            return Tried(check, feed.number, f"{text} is not null and {column} is null")
        if name == "width":
            if not is_narrowed(field) or mapping.constant is not None:
                return None
            given = feed.given(field)
            return Tried(check, feed.number, f"{quote('w' + feed.column(check.field))} <> {given}", mends=True, before=given)
        if name == "code":
            unknown = feed.expressions(field).unknown_code
            return Tried(check, feed.number, unknown) if unknown else None
        if name == APPROVAL:
            return Tried(check, feed.number, feed.another_value(field))
        if name == "reference":
            return Tried(check, feed.number, self._dangling(feed, field))
        return self._try_declared(feed, check, column)

    def _try_declared(self, feed: Feed, check: Check, column: str) -> Tried:
        assert check.field is not None  # noqa: S101
        broken = _with_columns(check.rule.broken, feed, (check.field,))
        if check.rule.correct is None:
            return Tried(check, feed.number, broken)
        after = _with_columns(check.rule.correct, feed, (check.field,))
        if check.rule.confidence < self._corrects_from:
            return Tried(check, feed.number, broken, after=after, proposes=True)
        return Tried(check, feed.number, broken, mends=True, before=column, after=after)

    def _try_row(self, feed: Feed, check: Check) -> Tried | None:
        if check.rule.name == "duplicate":
            if feed.mapping.repeats or self.mapping.subject is not None:  # what is sent tells of one object again and again
                return None
            return Tried(check, feed.number, f"is_{feed.number} and _row > twins_{feed.number}.first_row")
        if any(n not in feed.mapping.fields for n in check.rule.needs):
            return None
        return Tried(check, feed.number, _with_columns(check.rule.broken, feed, check.rule.needs))

    def _dangling(self, feed: Feed, field: Field) -> str:
        ref = field.mark.ref
        assert ref is not None  # noqa: S101
        keys = quote(f"keys.{ref.entity}")
        column = quote(feed.column(field.name))
        if refers_to_master(field, self.registry):
            given = f"{literal(self.scheme_of(feed, field) + '|')} || {column}"
        else:
            target = self.registry[ref.entity]
            along = dict(ref.along)
            parts = [quote(feed.column(along[k])) if k in along else column for k in target.key()]
            given = f" || {SEPARATOR} || ".join(f"cast({p} as varchar)" for p in parts)
        # What the same rows bring in is known too: an inspection and its results arrive in one record.
        brought = "".join(
            f" union all select {self.key_sql(f)} from mended where is_{f.number} and {self.key_sql(f)} is not null"
            for f in self.feeds if f.entity.name == ref.entity
        )
        return f"{column} is not null and ({given}) not in (select k from {keys}{brought})"

    def scheme_of(self, feed: Feed, field: Field) -> str:
        """Whose codes a reference to a master is in."""
        mapping = feed.mapping.fields.get(field.name)
        return (mapping.scheme if mapping else None) or self.source.name

    def key_sql(self, feed: Feed) -> str:
        """The object's key as text: with the scheme in front for masters."""
        parts = [f"cast({quote(feed.column(k))} as varchar)" for k in feed.entity.key()]
        joined = f" || {SEPARATOR} || ".join(parts)
        if feed.entity.about.home is Home.MASTER:
            return f"{literal(feed.scheme + '|')} || {joined}"
        return "cast(null as varchar)" if feed.kept_anyway else joined

    def scheme_columns(self, feed: Feed) -> list[tuple[str, str]]:
        """Constant columns telling whose codes each reference to a master is in."""
        return [
            (f.name + SCHEME, literal(self.scheme_of(feed, f)))
            for f in feed.entity.fields.values()
            if refers_to_master(f, self.registry)
        ]


def _with_columns(sql: str, feed: Feed, names: tuple[str, ...]) -> str:
    """Field names of a rule, quoted or not, become the statement's columns; what stands in a text stays."""
    if not names:
        return sql
    any_name = "|".join(map(re.escape, names))
    pattern = re.compile(rf"'(?:[^']|'')*'|\"({any_name})\"|\b({any_name})\b(?!\()")
    return pattern.sub(lambda m: quote(feed.column(name)) if (name := m.group(1) or m.group(2)) else m.group(0), sql)
