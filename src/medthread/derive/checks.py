"""The rules of an entity: those declared, and those every declaration implies."""

from dataclasses import dataclass

from medthread.model import Dimension, Entity, Field, Gate, Home, Kind, Label, Registry, Rule

APPROVAL = "approval"  # what a row is held by that brings another value of a critical field
IMPLIED = frozenset({"required", "type", "width", "code", "reference", "duplicate", APPROVAL})  # names of what declarations imply; a scan knows them by these
_UNREADABLE = {
    Kind.INTEGER: Label("应为整数", "must be a whole number"),
    Kind.DECIMAL: Label("应为数字", "must be a number"),
    Kind.DATE: Label("应为日期", "must be a date"),
    Kind.TIMESTAMP: Label("应为日期时间", "must be a date and time"),
    Kind.BOOLEAN: Label("应为是或否", "must be yes or no"),
}


@dataclass(frozen=True)
class Check:
    """One rule at its place: an id that stays, the field it guards, the words, the consequence."""

    id: str
    entity: str
    field: str | None
    rule: Rule

    @property
    def label(self) -> Label:
        """The rule in words."""
        return self.rule.about


def declared_checks(entity: type[Entity]) -> list[Check]:
    """Rules written in the declaration, on its fields and on its rows."""
    checks = [
        Check(f"{entity.name}.{f.name}.{rule.name}", entity.name, f.name, rule.at(f.name))
        for f in entity.fields.values()
        for rule in f.mark.rules
    ]
    return checks + [Check(f"{entity.name}.{rule.name}", entity.name, None, rule) for rule in entity.about.rules]


def _carried_checks(entity: type[Entity], registry: Registry) -> list[Check]:
    """Corrections declared on a master's key hold wherever that key is referred to."""
    return [
        Check(f"{entity.name}.{f.name}.{rule.name}", entity.name, f.name, rule.at(f.name))
        for f in entity.fields.values()
        if f.mark.ref and registry[f.mark.ref.entity].about.home is Home.MASTER
        for rule in registry[f.mark.ref.entity].fields[registry[f.mark.ref.entity].key()[-1]].mark.rules
        if rule.correct is not None
    ]


def added_checks(entity: type[Entity], registry: Registry) -> list[Check]:
    """Rules that the company added in its workspace."""
    return [
        Check(".".join(filter(None, (entity.name, field, rule.name))), entity.name, field, rule.at(field) if field else rule)
        for field, rule in registry.added_rules(entity.name)
    ]


def implied_checks(entity: type[Entity], registry: Registry) -> list[Check]:
    """Required, readable, known code, known reference, unique key: what the types already say."""
    checks = [c for f in entity.fields.values() for c in _of_field(entity, f, registry)]
    if not entity.about.repeats:
        words = Label("同一文件中主键重复,后一行存疑", "the key occurs twice in one file; the later row is held")
        rule = Rule(name="duplicate", about=words, broken="", dimension=Dimension.UNIQUENESS)
        checks.append(Check(f"{entity.name}.key.duplicate", entity.name, None, rule))
    return checks


def _of_field(entity: type[Entity], field: Field, registry: Registry) -> list[Check]:
    at = f"{entity.name}.{field.name}"
    found: list[Check] = []

    def imply(name: str, words: Label, dimension: Dimension, correct: str | None = None) -> None:
        rule = Rule(name=name, about=words, broken="", dimension=dimension, correct=correct)
        found.append(Check(f"{at}.{name}", entity.name, field.name, rule))

    if field.required:
        words = Label("不能为空", "must not be empty")
        imply("required", words, Dimension.COMPLETENESS)
    if field.kind in _UNREADABLE and not field.is_personal:
        imply("type", _UNREADABLE[field.kind], Dimension.VALIDITY)
    if field.kind in _UNREADABLE:
        words = Label("全角字符已转为半角", "full-width characters were made narrow")
        imply("width", words, Dimension.VALIDITY, correct="narrow")
    if field.mark.codes is not None:
        words = Label(
            f"应为代码表中的值:{'、'.join(field.mark.codes)}", f"must be one of: {', '.join(field.mark.codes)}"
        )
        imply("code", words, Dimension.VALIDITY)
    if field.mark.ref is not None and registry[field.mark.ref.entity].about.home is not Home.NATIVE:
        target = registry[field.mark.ref.entity].about.label
        words = Label(f"没有这个{target.zh}", f"no such {target.en.lower()}")
        imply("reference", words, Dimension.CONSISTENCY)
    if field.mark.critical and entity.about.home is not Home.NATIVE:
        words = Label("关键数据元素的变更须经批准", "another value of a critical data element waits for approval")
        imply(APPROVAL, words, Dimension.ACCURACY)
    return found


def is_approval(rule: str) -> bool:
    """Whether a rule, by its id, waits for an approval rather than for a correction."""
    return rule.count(".") == 2 and rule.endswith(f".{APPROVAL}")  # noqa: PLR2004 - entity, field, rule


def checks_of(entity: type[Entity], registry: Registry) -> list[Check]:
    """All rules of an entity, implied ones first. Append-only events are never held, only flagged."""
    found = implied_checks(entity, registry) + _carried_checks(entity, registry) + declared_checks(entity) + added_checks(entity, registry)
    if not entity.about.repeats:
        return found
    return [Check(c.id, c.entity, c.field, c.rule.softened(Gate.WARN)) for c in found]
