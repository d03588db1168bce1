"""Which entity the rows of a table may be, and which column may fill which field: from names, types and values, always for a person to accept.

Names are compared with what a field is called in either language, with its synonyms, and with what templates and the
company's own mappings call its column; in pinyin too. Values speak against a field that they cannot be read as, and for one
whose codes or check digits they have. Nothing is guessed from values alone but where a check digit says it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from medthread.derive.columns import READ
from medthread.methods.edits import distance
from medthread.methods.names import plain, sound
from medthread.methods.names.columns import column_words, same_words
from medthread.model import Entity, Field, Home, Kind, Label, Registry, Source
from medthread.model.template import SourceTemplate
from medthread.stores.engines import question, quote

NAMELESS = 0.2  # of 1: a name that says nothing of a field
LEAST = 0.5  # of 1: below, nothing is suggested
READS = 0.9  # share of values that have to read as the field's kind
SURE_OF_DIGITS = 0.9  # share of values whose check digit is right for values alone to say what they are
CODED = 0.6  # share of values that are codes, or their names
SHORTEST_SOUND = 3
MOST_CODES = 60
LOOKED_AT = 200  # rows of a sample whose values are read
WHYS = {
    "called": Label("同名", "same name"), "synonym": Label("同义词", "synonym"), "known": Label("模板或其他映射如此称呼", "called so in a template or another mapping"),
    "sounds": Label("拼音相同", "same pinyin"), "words": Label("用词相同", "same words"), "alike": Label("名称相近", "name is alike"),
    "digits": Label("校验位成立", "check digits are right"), "codes": Label("取值是其代码", "values are its codes"),
}
Known = Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True)
class FieldSuggestion:
    """A column for a field; `why` are keys of `WHYS`. `codes`: what its values would mean."""

    field: str
    column: str
    fit: float
    why: tuple[str, ...]
    codes: Mapping[str, str]


@dataclass(frozen=True)
class EntitySuggestion:
    """What the rows may be: how much of what the entity needs is there, and by which columns; `lacking` must be given by hand."""

    entity: str
    fit: float
    fields: tuple[FieldSuggestion, ...]
    lacking: tuple[str, ...]


def known_columns(templates: Iterable[SourceTemplate], sources: Iterable[Source]) -> Known:
    """What columns that fill a field are called elsewhere."""
    found: dict[tuple[str, str], set[str]] = {}
    tables = [t for template in templates for t in template.tables.values()]
    feeds = [f for t in tables for f in t.feeds] + [f for s in sources for t in s.tables.values() for f in t.feeds]
    for feed in feeds:
        for name, mapping in feed.fields.items():
            if mapping.from_ is not None:
                found.setdefault((feed.entity, name), set()).add(_folded(mapping.from_))
    return {at: frozenset(c) for at, c in found.items()}


def suggest(sample: pa.Table, registry: Registry, known: Known, *, table: str = "", only: str | None = None) -> list[EntitySuggestion]:
    """Entities that the sample's rows may be, the likeliest first; `table` is what the table is called."""
    values = _Values(sample, sorted({d for e in registry.values() for f in e.fields.values() if (d := _check_digit(f))}))
    entities = [e for e in registry.values() if (e.name == only if only else e.about.home is not Home.NATIVE)]
    found = [_entity(e, sample.column_names, values, known, table) for e in entities]
    return sorted((s for s in found if s.fields), key=lambda s: (-s.fit, s.entity))


def _entity(entity: type[Entity], columns: Sequence[str], values: "_Values", known: Known, table: str) -> EntitySuggestion:
    fits = [s for f in entity.fields.values() for c in columns if (s := _field(entity, f, c, values, known)) is not None]
    chosen: dict[str, FieldSuggestion] = {}
    taken: set[str] = set()
    for each in sorted(fits, key=lambda s: (-s.fit, s.field, s.column)):
        if each.field not in chosen and each.column not in taken:
            chosen[each.field] = each
            taken.add(each.column)
    weights = {f.name: 3.0 if f.mark.key else 2.0 if f.required else 1.0 for f in entity.fields.values()}
    needed = sum(w for n, w in weights.items() if w > 1)
    got = sum(chosen[n].fit * weights[n] for n in chosen)
    called = max((_alike(_folded(table), _folded(t)) for t in (entity.about.zh, entity.about.en, entity.name, *entity.about.synonyms)), default=0.0) if table else 0.0
    # What is there of all that it could be, held against what it has to have: a long entity is not likelier for being long.
    fit = got / (needed + sum(weights[n] for n in chosen if weights[n] == 1.0) + 1) * 0.8 + 0.2 * called
    return EntitySuggestion(
        entity.name, round(fit, 3), tuple(chosen[f] for f in entity.fields if f in chosen), tuple(f.name for f in entity.fields.values() if f.required and f.name not in chosen))


def _field(entity: type[Entity], field: Field, column: str, values: "_Values", known: Known) -> FieldSuggestion | None:
    name, why = _named(entity, field, column, known)
    reasons = [why] if name >= LEAST else []
    fit = name
    codes: dict[str, str] = {}
    if name < NAMELESS and not _check_digit(field) and not field.mark.codes:
        return None
    if (share := values.reads(column, field.kind)) is not None and share < READS:
        return None
    if field.mark.codes:
        codes, share = _coded(field, values.distinct(column))
        if share < CODED and values.distinct(column):
            fit *= 0.6
        elif codes:
            fit, reasons = min(1.0, fit + 0.3), [*reasons, "codes"]
    digits = _check_digit(field)
    if digits and (right := values.share(column, digits)) is not None:
        if right >= SURE_OF_DIGITS:
            fit, reasons = max(min(1.0, fit + 0.3), 0.8), [*reasons, "digits"]
        elif right < 1 - SURE_OF_DIGITS:
            fit *= 0.5
    return FieldSuggestion(field.name, column, round(fit, 3), tuple(reasons), {v: c for v, c in codes.items() if v != c}) if fit >= LEAST and reasons else None


def _named(entity: type[Entity], field: Field, column: str, known: Known) -> tuple[float, str]:
    """How near a column's name is to a field, and by what."""
    mine = _folded(column)
    if mine in known.get((entity.name, field.name), ()):
        return 0.95, "known"
    own = {_folded(t) for t in (field.name, field.mark.zh, field.mark.en)}
    # A name says little where every table has it: what the entity is called stands before it.
    own |= {_folded(f"{a}{b}") for a in (entity.about.zh, entity.about.en, entity.name) for b in (field.mark.zh, field.mark.en, field.name)}
    if mine in own:
        return 1.0, "called"
    if mine in (said := {_folded(s) for s in field.mark.synonyms}):
        return 0.9, "synonym"
    if len(mine) >= SHORTEST_SOUND and mine in {_folded(sound(plain(t))) for t in (field.mark.zh, *field.mark.synonyms) if t}:
        return 0.8, "sounds"
    best = max((_alike(mine, t) for t in own | said), default=0.0)
    asked = column_words(column)
    beside = column_words(entity.name.replace("_", " ")) | column_words(entity.about.en)
    worded = max((same_words(asked, column_words(t), beside=beside) for t in _texts(entity, field)), default=0.0)
    return (0.9 * worded, "words") if worded > best else (0.85 * best, "alike")


def _texts(entity: type[Entity], field: Field) -> list[str]:
    """What a field may be called in words; a key is the number of what the entity is."""
    own = [field.name.replace("_", " "), field.mark.en, field.mark.zh, *field.mark.synonyms]
    if field.mark.ref is not None:
        own += [f"{t} number" for t in (field.mark.en, field.mark.ref.entity.replace("_", " "))] + [f"{field.mark.zh}码"]
    if field.mark.key:
        own += [f"{entity.about.en} number", f"{entity.about.zh}码"]
    return own


@lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    return "".join(c for c in plain(text).lower() if c.isalnum())


@lru_cache(maxsize=1 << 18)
def _alike(a: str, b: str) -> float:
    """1 for the same text; one that holds the other is nearer the less there is beside it."""
    if not a or not b:
        return 0.0
    if a in b or b in a:
        return min(len(a), len(b)) / max(len(a), len(b))
    return max(0.0, 1 - 2 * distance(a, b) / max(len(a), len(b)))


def _coded(field: Field, distinct: Sequence[str]) -> tuple[dict[str, str], float]:
    """What values mean as codes of a field, by code or by name; and what share of them does."""
    words = {w.casefold(): c for c, label in (field.mark.codes or {}).items() for w in (c, label.zh, label.en)}
    codes = {v: words[v.strip().casefold()] for v in distinct if v.strip().casefold() in words}
    return codes, len(codes) / len(distinct) if distinct else 0.0


def _check_digit(field: Field) -> str | None:
    rule = next((r for r in field.mark.rules if r.name == "check_digit"), None)
    return None if rule is None else rule.broken


class _Values:
    """What the values of a sample's columns are; a column is looked at once."""

    def __init__(self, sample: pa.Table, digits: Sequence[str]) -> None:
        self._sample, self._digits = sample.slice(0, LOOKED_AT), digits
        self._told: dict[str, dict[str, float | None]] = {}
        self._distinct: dict[str, list[str]] = {}

    def reads(self, column: str, kind: Kind) -> float | None:
        """Share of a column's values that read as a kind; nothing of texts, and without values."""
        return None if kind is Kind.TEXT else self._look(column)[kind.value]

    def share(self, column: str, broken: str) -> float | None:
        """Share of values that a check digit's condition does not find broken."""
        return self._look(column)[broken]

    def distinct(self, column: str) -> list[str]:
        """The values, where there are few."""
        self._look(column)
        return self._distinct[column]

    def _look(self, column: str) -> dict[str, float | None]:
        if column not in self._told:
            asked = {k.value: f"{READ[k].format(x='narrow(trim(x))')} is not null" for k in Kind if k is not Kind.TEXT}
            asked |= {d: f"not coalesce({d.replace('{column}', 'upper(narrow(trim(x)))')}, true)" for d in self._digits}
            counted = ", ".join(f"count(*) filter (where {condition})" for condition in asked.values())
            with question() as con:
                con.register("sample", self._sample)
                filled = f"select {quote(column)} as x from sample where nullif(trim({quote(column)}), '') is not null"
                n, values, *fits = con.execute(f"select count(*), list_sort(list_distinct(list(trim(x)))), {counted} from ({filled})").fetchall()[0]
                con.unregister("sample")
            self._told[column] = {name: fit / n if n else None for name, fit in zip(asked, fits, strict=True)}
            self._distinct[column] = list(values or ()) if len(values or ()) <= MOST_CODES else []
        return self._told[column]
