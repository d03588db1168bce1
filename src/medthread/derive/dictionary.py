"""The data dictionary: one entry per entity and field, and a page per entity in both languages."""

from dataclasses import dataclass

from medthread.derive.checks import checks_of
from medthread.derive.form import retention_label
from medthread.model import Entity, Label, Registry


@dataclass(frozen=True)
class Entry:
    """What can be looked up: an entity, or one of its fields."""

    entity: str
    field: str | None
    label: Label
    meaning: Label | None
    kind: str
    classification: str
    owner: str
    synonyms: tuple[str, ...]
    standard: str | None


def entries(registry: Registry) -> list[Entry]:
    """Every entity and field, in declared order."""
    found: list[Entry] = []
    for entity in registry.values():
        about = entity.about
        found.append(
            Entry(entity.name, None, about.label, about.meaning, "entity", "", about.owner, about.synonyms, None)
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
            )
            for f in entity.fields.values()
        ]
    return found


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
    lines += [f"{words[9]}: {retention_label(entity).in_(language)}  ", f"{words[10]}: {about.owner}", ""]
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
