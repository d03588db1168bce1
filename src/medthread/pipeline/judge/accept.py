"""A company's own rules against all that is declared: what one names must be there, before anything runs on it."""

from collections.abc import Iterable
from pathlib import Path

from medthread.model import Registry
from medthread.model.errors import DeclarationError
from medthread.model.rule_file import Point, QualityRule
from medthread.pipeline.build.model import PREFIX
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.judge.conditions import add_intake_rules, place_of
from medthread.pipeline.judge.question import reads
from medthread.pipeline.judge.reading import read_condition


def accept_rules(rules: tuple[QualityRule, ...], registry: Registry, *, models: Iterable[Path]) -> tuple[QualityRule, ...]:
    """The rules as they are; those of intake go into the one scan. Raises `DeclarationError` with file, rule and place."""
    names = frozenset(p.stem for p in models)
    for rule in rules:
        check_rule(rule, registry, names)
    add_intake_rules(registry, rules)
    return rules


def check_rule(rule: QualityRule, registry: Registry, models: frozenset[str]) -> None:
    """Whether what a rule of whole tables names is there. Raises `DeclarationError` with file and rule; columns of models are known when they are made."""
    if rule.at is Point.INTAKE:
        return
    for relation in reads(rule):
        there = relation.removeprefix(PREFIX) in models if relation.startswith(PREFIX) else bool(declared_columns(relation, registry))
        if not there:
            raise DeclarationError(f"{place_of(rule, 'on')}: there is no table {relation}", hint="tables are golden.<entity>, standard.<entity> and marts.<model>", file=rule.origin)
    if rule.check.holds is not None:
        read_condition(rule.check.holds, place=place_of(rule, "holds"))
    _check_columns(rule, registry)


def _check_columns(rule: QualityRule, registry: Registry) -> None:
    wanted = [(rule.on.relation, name) for name in (rule.on.field, *(rule.check.unique or ())) if name]
    if rule.check.reference is not None:
        wanted.append((rule.check.reference.to, rule.check.reference.field))
    for relation, name in wanted:
        columns = [c for c, _ in declared_columns(relation, registry)]
        if columns and name not in columns:
            shown = ", ".join(c for c in columns if not c.startswith("_"))
            raise DeclarationError(f"{place_of(rule, 'on.field')}: {relation} has no column {name!r}", hint=f"it has {shown}", file=rule.origin)
