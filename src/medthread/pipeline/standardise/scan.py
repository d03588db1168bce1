"""One statement that types a raw table and tries every rule of every entity it feeds.

The statement has five steps, each a CTE over the one before, so that the raw files are read once:
`came` (raw text with row numbers) → `typed` → `mended` (corrections applied) → `tried` (one boolean per
rule) → the result, with the list of broken rules per feed. Feeds of a table share their fate: a row held
for one is held for all, except append-only events, which are kept and flagged.
"""

import re
from dataclasses import dataclass

from medthread.derive import Check, checks_of
from medthread.derive.columns import DUCK, INDEX, MASKED, SCHEME, refers_to_master
from medthread.model import Entity, EntityMapping, Field, FieldMapping, Gate, Home, Registry, Source
from medthread.pipeline.standardise.expression import expressions, lookup_name, raw_text, width_changed
from medthread.stores.engines import literal, quote

SEPARATOR = "'|'"


@dataclass(frozen=True)
class Tried:
    """A check of one feed, with the SQL that is true where it is broken."""

    check: Check
    feed: int
    broken: str
    mends: bool = False
    before: str | None = None
    after: str | None = None

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

    @property
    def scheme(self) -> str:
        """Whose codes the key is in."""
        return self.mapping.scheme or self.default_scheme

    @property
    def kept_anyway(self) -> bool:
        """Append-only events are flagged, never held."""
        return self.entity.about.repeats


class Scan:
    """The statement for one raw table of a source."""

    def __init__(self, source: Source, table: str, registry: Registry) -> None:
        self.source = source
        self.table = table
        self.registry = registry
        self.mapping = source.tables[table]
        self.feeds = [Feed(i, registry[m.entity], m, source.name) for i, m in enumerate(self.mapping.feeds)]
        self.tried = [t for feed in self.feeds for t in self._tried(feed)]

    def statement(self, *, came: str) -> str:
        """The whole statement over a relation of raw rows with `_load`, `_file`, `_row`; `twins` stand beside as tables."""
        tried = ", ".join(f"coalesce({t.broken}, false) as {quote(t.column)}" for t in self.tried) or "1 as b"
        lists = ", ".join(self._broken_lists())
        return (
            f"{self._mended_rows(came)}, "
            f"tried as not materialized (select mended.*, {tried} from mended{self._beside()}) "
            f"select *, {lists} from tried"
        )

    def _mended_rows(self, came: str) -> str:
        """The steps up to `mended`."""
        lookups = "".join(self._joins())
        texts = ", ".join(c for feed in self.feeds for c in self._text_columns(feed))
        typed = ", ".join(c for feed in self.feeds for c in self._typed_columns(feed))
        return (
            f"with came as not materialized (select * from {came}), "
            f"texts as not materialized (select came.*, {texts} from came{lookups}), "
            f"typed as not materialized (select texts.*, {typed} from texts), "
            f"mended as not materialized (select * {self._mended()} from typed)"
        )

    def _unique(self) -> list[Feed]:
        """Feeds whose keys may stand once in a load."""
        return [f for f in self.feeds if any(t.feed == f.number and t.check.rule.name == "duplicate" for t in self.tried)]

    def twins(self, *, came: str) -> dict[str, str]:
        """Per feed, a SELECT of the keys that stand twice in a load with the row that has them first.

        They are few and found once; the statement joins them, where a window would carry every row whole.
        """
        found = {}
        for feed in self._unique():
            keys = [quote(feed.column(k)) for k in feed.entity.key()]
            listed = ", ".join(f"{k} as k{i}" for i, k in enumerate(keys))
            places = ", ".join(str(i + 1) for i in range(len(keys) + 1))
            filled = " and ".join(f"{k} is not null" for k in keys)
            found[f"twins_{feed.number}"] = (
                f"{self._mended_rows(came)} select _load as l, {listed}, min(_row) as first_row from mended"
                f" where is_{feed.number} and {filled} group by {places} having count(*) > 1"
            )
        return found

    def _beside(self) -> str:
        """The joins with the keys that stand twice."""
        joins = ""
        for feed in self._unique():
            name = f"twins_{feed.number}"
            same = " and ".join(f"{name}.k{i} = mended.{quote(feed.column(k))}" for i, k in enumerate(feed.entity.key()))
            joins += f" left join {name} on {name}.l = mended._load and {same}"
        return joins

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

    def _joins(self) -> list[str]:
        seen: dict[str, str] = {}
        for feed in self.feeds:
            for m in feed.mapping.fields.values():
                if m.lookup is not None:
                    name = lookup_name(m)
                    table = quote(f"lookup.{m.lookup.table}")
                    seen[name] = (
                        f" left join (select {quote(m.lookup.match)} as m, any_value({quote(m.lookup.give)}) as given"
                        f" from {table} group by 1) as {quote('lookup_' + name)}"
                        f" on {quote('lookup_' + name)}.m = came.{quote(m.lookup.from_)}"
                    )
        return list(seen.values())

    def is_one(self, feed: Feed) -> str:
        """SQL true where a raw row is one of the feed's objects."""
        parts = [f"filled({quote(c)}) is not null" for c in feed.mapping.present]
        for column, values in feed.mapping.where.items():
            parts.append(f"{quote(column)} in ({', '.join(literal(v) for v in values)})")
        return " and ".join(parts) or "true"

    def _typed_columns(self, feed: Feed) -> list[str]:
        columns = []
        for field in feed.entity.fields.values():
            mapping = feed.mapping.fields.get(field.name)
            if field.is_personal:
                columns += self._personal_columns(feed, field, mapping)
                continue
            if mapping is None:
                columns.append(f"cast(null as {_duck(field)}) as {quote(feed.column(field.name))}")
                continue
            made = expressions(field, mapping, text_column=feed.text_column(field.name))
            columns.append(f"{made.typed} as {quote(feed.column(field.name))}")
        return columns

    def _text_columns(self, feed: Feed) -> list[str]:
        """Whether the row is one of the feed's objects, and every mapped field as cleaned text."""
        columns = [f"({self.is_one(feed)}) as is_{feed.number}"]
        for field in feed.entity.fields.values():
            mapping = feed.mapping.fields.get(field.name)
            if mapping is not None and not field.is_personal:
                made = expressions(field, mapping, text_column=feed.text_column(field.name))
                columns.append(f"{made.text} as {quote(feed.text_column(field.name))}")
        return columns

    def _personal_columns(self, feed: Feed, field: Field, mapping: FieldMapping | None) -> list[str]:
        """Sealed on arrival: value, mask and index are carried over, never opened."""
        given = mapping.from_ if mapping is not None else None
        return [
            f"{quote(given + suffix) if given else 'cast(null as varchar)'} as {quote(feed.column(field.name) + suffix)}"
            for suffix in ("", MASKED, INDEX)
        ]

    def _mended(self) -> str:
        """Corrections: the mended value takes the column's place, the old one stays beside it."""
        parts: list[str] = []
        for t in self.tried:
            if t.mends and t.after is not None:
                assert t.check.field is not None  # noqa: S101 - only fields are mended
                column = self.feeds[t.feed].column(t.check.field)
                parts.append(f"case when {t.broken} then {t.after} else {quote(column)} end as {quote(column)}")
        replaced = f" replace ({', '.join(parts)})" if parts else ""
        kept = [
            f"coalesce({t.broken}, false) as {quote('m' + t.column)}, {t.before} as {quote('o' + t.column)}"
            for t in self.tried
            if t.mends
        ]
        return replaced + (", " + ", ".join(kept) if kept else "")

    def _broken_lists(self) -> list[str]:
        columns: list[str] = []
        for feed in self.feeds:
            held = [t for t in self.tried if t.feed == feed.number and not t.mends]
            columns += [
                _list_of(
                    [t for t in held if t.check.rule.gate is not Gate.WARN], f"is_{feed.number}", f"held_{feed.number}"
                ),
                _list_of(
                    [t for t in held if t.check.rule.gate is Gate.WARN], f"is_{feed.number}", f"flags_{feed.number}"
                ),
            ]
        return columns

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
            changed = width_changed(field, mapping)
            if changed is None:
                return None
            return Tried(check, feed.number, changed, mends=True, before=raw_text(mapping))
        if name == "code":
            unknown = expressions(field, mapping, text_column=feed.text_column(check.field)).unknown_code
            return Tried(check, feed.number, unknown) if unknown else None
        if name == "reference":
            return Tried(check, feed.number, self._dangling(feed, field))
        return self._try_declared(feed, check, column)

    def _try_declared(self, feed: Feed, check: Check, column: str) -> Tried:
        assert check.field is not None  # noqa: S101
        broken = _with_columns(check.rule.broken, feed, (check.field,))
        if check.rule.correct is None:
            return Tried(check, feed.number, broken)
        after = _with_columns(check.rule.correct, feed, (check.field,))
        return Tried(check, feed.number, broken, mends=True, before=column, after=after)

    def _try_row(self, feed: Feed, check: Check) -> Tried | None:
        if check.rule.name == "duplicate":
            if feed.mapping.repeats:
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


def _duck(field: Field) -> str:
    return DUCK[field.kind]


def _with_columns(sql: str, feed: Feed, names: tuple[str, ...]) -> str:
    """Field names of a rule become the statement's columns."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b(?!\()")
    return pattern.sub(lambda m: quote(feed.column(m.group(1))), sql)


def _list_of(tried: list[Tried], is_one: str, name: str) -> str:
    if not tried:
        return f"false as {name.replace('held_', 'bad_').replace('flags_', 'flagged_')}, cast([] as varchar[]) as {name}"
    bad = name.replace("held_", "bad_").replace("flags_", "flagged_")
    items = ", ".join(f"case when {quote(t.column)} then {literal(t.check.id)} end" for t in tried)
    any_broken = " or ".join(quote(t.column) for t in tried)
    return (
        f"({is_one} and ({any_broken})) as {bad}, case when {bad} then list_filter([{items}], lambda x: x is not null)"
        f" else cast([] as varchar[]) end as {name}"
    )
