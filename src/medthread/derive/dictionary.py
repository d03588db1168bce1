"""The data dictionary: one entry per entity and field, and a page per entity in both languages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from medthread.derive.checks import checks_of
from medthread.derive.form import retention_label
from medthread.methods.lookup import Key, Lookup
from medthread.methods.names import sound
from medthread.model import Entity, Label, Registry


class Sort(StrEnum):
    """What an entry is about. Of entries that a text fits equally, the earlier sort comes first."""

    ENTITY = "entity"
    TERM = "term"
    FIELD = "field"
    MODEL = "model"
    COLUMN = "column"
    CODES = "codes"
    RULE = "rule"
    METRIC = "metric"


@dataclass(frozen=True)
class Entry:
    """What can be looked up: an entity or one of its fields, a model or one of its columns, a list of codes, a rule, a term, a metric.

    `entity` is the entity or model that it belongs to; of a rule, a term and a metric its own name.
    """

    entity: str
    field: str | None
    label: Label
    meaning: Label | None
    kind: str
    classification: str
    owner: str
    synonyms: tuple[str, ...]
    standard: str | None
    sort: Sort = Sort.ENTITY
    domain: str = ""
    words: tuple[str, ...] = ()  # said within it: what its codes are called

    @property
    def subject(self) -> str:
        """What it is called wherever something is said of it."""
        match self.sort:
            case Sort.CODES | Sort.RULE | Sort.TERM | Sort.METRIC:
                return f"{self.sort}:{self.entity}" + (f".{self.field}" if self.field else "")
            case _:
                return self.entity + (f".{self.field}" if self.field else "")


def entries(registry: Registry) -> list[Entry]:
    """Every entity and field, in declared order."""
    found: list[Entry] = []
    for entity in registry.values():
        about = entity.about
        found.append(
            Entry(entity.name, None, about.label, about.meaning, "entity", "", about.owner, about.synonyms, None, domain=about.domain)
        )
        found += [
            Entry(
                entity.name,
                f.name,
                f.label,
                f.mark.about,
                f.kind.value,
                f.mark.classification.name.lower(),
                about.owner,
                f.mark.synonyms,
                f.mark.standard,
                sort=Sort.FIELD,
                domain=about.domain,
            )
            for f in entity.fields.values()
        ]
    return found


def code_lists(registry: Registry) -> list[Entry]:
    """Every list of codes, at the field that holds them."""
    return [
        Entry(
            entity.name, f.name, f.label, f.mark.about, "codes", "", entity.about.owner, (), f.mark.standard, sort=Sort.CODES, domain=entity.about.domain,
            words=tuple(w for label in f.mark.codes.values() for w in (label.zh, label.en)),
        )
        for entity in registry.values() for f in entity.fields.values() if f.mark.codes
    ]


class Finder:
    """Entries by what people type: Chinese, pinyin, its initials, English, technical names, alone or with the entity's name before a field's."""

    def __init__(self, found: Sequence[Entry]) -> None:
        order = list(Sort)
        self._entries = sorted(found, key=lambda e: order.index(e.sort))
        of = {e.entity: e for e in self._entries if e.sort in (Sort.ENTITY, Sort.MODEL)}
        self._lookup = Lookup([list(_keys(e, of.get(e.entity))) for e in self._entries])

    def find(self, text: str, *, most: int) -> list[Entry]:
        """Those that the text fits, best first."""
        return [self._entries[place] for place in self._lookup.find(text, most=most)]


# How near the name of an entry of a sort is to what people look for: they ask for things first, then for what is made of them, then for rules about them.
_NEARNESS = {Sort.MODEL: 0.95, Sort.COLUMN: 0.8, Sort.CODES: 0.6, Sort.RULE: 0.6}


def _keys(entry: Entry, entity: Entry | None) -> Iterator[Key]:
    share = _NEARNESS.get(entry.sort, 1.0)
    yield from (Key(k.text, k.nearness * share) for k in _said_keys(entry, entity))
    yield from (Key(word, 0.8 * share) for word in entry.words)


def _said_keys(entry: Entry, entity: Entry | None) -> Iterator[Key]:
    if entry.sort is Sort.RULE:  # there are more of them than of all else, and nobody asks for them by sound
        yield from (Key(entry.label.zh), Key(entry.label.en), Key(entry.entity, 0.98))
        return
    zh, en, name = entry.label.zh, entry.label.en, entry.field or entry.entity
    yield from (Key(zh), Key(en), Key(name, 0.98), Key(sound(zh), 0.9), Key(_initials(zh), 0.85))
    for synonym in entry.synonyms:
        yield from (Key(synonym, 0.96), Key(sound(synonym), 0.86))
    if entry.field is not None and entity is not None:
        whole = entity.label.zh + zh
        yield from (Key(whole, 0.97), Key(f"{entity.label.en} {en}", 0.97), Key(f"{entity.entity} {name}", 0.95), Key(sound(whole), 0.87), Key(_initials(whole), 0.82))
        yield from (Key(synonym + zh, 0.93) for synonym in entity.synonyms)
    if entry.meaning is not None:
        yield from (Key(entry.meaning.zh, 0.6), Key(entry.meaning.en, 0.6))


def _initials(text: str) -> str:
    return "".join(sound(c)[:1] for c in text)


_WORDS = {
    "zh": ("字段", "名称", "类型", "必填", "主键", "分级", "引用", "标准", "规则", "保留", "归口", "是", ""),
    "en": (
        "Field",
        "Name",
        "Type",
        "Required",
        "Key",
        "Classification",
        "Refers to",
        "Standard",
        "Rules",
        "Retention",
        "Owner",
        "yes",
        "",
    ),
}


def page(entity: type[Entity], registry: Registry, *, language: str) -> str:
    """The entity's dictionary page as Markdown."""
    words = _WORDS["zh" if language.startswith("zh") else "en"]
    about = entity.about
    lines = [f"# {about.label.in_(language)} `{entity.name}`", ""]
    if about.meaning:
        lines += [about.meaning.in_(language), ""]
    lines += [f"{words[9]}: {retention_label(entity, registry).in_(language)}  ", f"{words[10]}: {about.owner}", ""]
    lines += [f"| {' | '.join(words[:9])} |", "|---|---|---|---|---|---|---|---|---|"]
    checks = checks_of(entity, registry)
    for f in entity.fields.values():
        rules = "; ".join(c.label.in_(language) for c in checks if c.field == f.name)
        cells = (
            f"`{f.name}`",
            f.label.in_(language),
            f.kind.value,
            words[11] if f.required else "",
            words[11] if f.mark.key else "",
            f.mark.classification.name.lower(),
            f.mark.ref.entity if f.mark.ref else "",
            f.mark.standard or "",
            rules,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
