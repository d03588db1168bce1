"""Rules: a company's own, whole or switched off; of a declared one how much is borne, and how grave it is.

`{"rule": {name: …, check: …}}` has the words of `rules/*.yaml`; `{"off": true}`: it is asked no more;
`{"borne": {"tolerance": 0.01, "severity": "minor"}}` is said of a rule that the software declares, by the id of its check.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medthread.derive.checks import Check, checks_of
from medthread.governance.governed.words import RULE, TEXT, Base, Content, as_invalid, one_of, subject_of
from medthread.model import Gate, Registry
from medthread.model.errors import DeclarationError, InvalidError, NotFoundError
from medthread.model.rule_file import Point, QualityRule, Severity, parse_rules
from medthread.model.rules import Borne
from medthread.model.yaml_file import parse_yaml
from medthread.pipeline.judge.accept import check_rule
from medthread.pipeline.judge.conditions import add_intake_rules

WHOLE, OFF, BORNE = "rule", "off", "borne"
_RANK = {Gate.WARN: 0, Gate.QUARANTINE: 1, Gate.BLOCK: 2}


class Bearing(BaseModel):
    """What a company says over a declared rule."""

    model_config = ConfigDict(extra="forbid")
    tolerance: float = Field(default=0.0, ge=0, lt=1)
    severity: Severity | None = None


class Rules:
    """Rules as they are changed under governance."""

    def declared(self, base: Base, name: str) -> Content | None:
        """The rule of a file as data, or what is borne of a declared one: nothing."""
        own = next((r for r in base.rules if r.name == name), None)
        return None if own is None else {WHOLE: as_data(own)}

    def checked(self, base: Base, name: str, content: Content) -> Content:
        """The content as it is kept: a text is read, a rule is tried against everything that is declared."""
        word = one_of(content, WHOLE, TEXT, OFF, BORNE)
        if word == BORNE:
            return {BORNE: _bearing(base, name, content[BORNE])}
        if word == OFF:
            if content[OFF] is not True:
                raise InvalidError(f"rule switched off: {content[OFF]!r}", hint="write true; without a content it goes back to what files say")
            return {OFF: True}
        rule = self.read(name, content)
        try:
            fitting(rule, base.registry, base.tables)
        except DeclarationError as error:
            raise as_invalid(error) from error
        return {WHOLE: as_data(rule)}

    def read(self, name: str, content: Mapping[str, Any]) -> QualityRule:
        """The rule that a content says, called as its subject is."""
        origin = subject_of(RULE, name)
        try:
            data = parse_yaml(str(content[TEXT]), file=origin) if TEXT in content else content[WHOLE]
            rules = parse_rules(data, origin=origin)
        except DeclarationError as error:
            raise as_invalid(error) from error
        if len(rules) != 1 or rules[0].name != name:
            raise InvalidError(f"the rule is called {rules[0].name!r}, and {name!r} is what is changed", hint="a change is about one rule, by its name")
        return rules[0]

    def told(self, content: Content) -> Content:
        """In the order of `rules/*.yaml`; what can be read no more stays as it is."""
        if WHOLE not in content:
            return content
        try:
            return {WHOLE: as_data(QualityRule.model_validate(content[WHOLE]))}
        except ValidationError:
            return content

    def narrows(self, before: Content | None, after: Content | None) -> bool:
        """Whether rows are held or releases stopped that were not."""
        was, is_ = _gate(before), _gate(after)
        if is_ is None or _RANK[is_] == 0:
            return False
        if was is None or _RANK[is_] > _RANK[was]:
            return True
        changed = (before or {}).get(WHOLE, {}).get("check") != (after or {}).get(WHOLE, {}).get("check")
        return changed or _tolerance(after) < _tolerance(before)


def as_data(rule: QualityRule) -> Content:
    """A rule in the words of its file."""
    return rule.model_dump(mode="json", exclude_none=True, exclude_defaults=True, exclude={"origin"})


def fitting(rule: QualityRule, registry: Registry, models: frozenset[str]) -> None:
    """Raises `DeclarationError` where the rule names what is not there, or cannot be asked."""
    check_rule(rule, registry, models)
    add_intake_rules(Registry(dict(registry)), (rule,))  # on a registry of its own: whether it could be tried, nothing more


def declared_check(registry: Registry, id_: str) -> Check | None:
    """The check of an id, of those that the software declares or implies."""
    entity = id_.partition(".")[0]
    return next((c for c in checks_of(registry[entity], registry) if c.id == id_), None) if entity in registry else None


def borne_of(content: Mapping[str, Any]) -> Borne:
    """What is borne of a declared rule."""
    said = content[BORNE]
    return Borne(float(said.get("tolerance", 0.0)), said.get("severity"))


def names_of(rules: Iterable[QualityRule], registry: Registry) -> dict[str, str]:
    """How the checks of a company's own rules of intake are called, by the id that verdicts have: the name of their rule."""
    own = {r.name for r in rules if r.at is Point.INTAKE}
    return {c.id: name for e in registry.values() for c in checks_of(e, registry) if (name := c.rule.name.removesuffix("_mended")) in own}


def _bearing(base: Base, name: str, said: Any) -> Content:
    if declared_check(base.registry, name) is None:
        raise NotFoundError(f"the software declares no rule {name!r}", hint="`GET /api/v1/quality/rules` lists those there are; a rule of your own is changed whole")
    try:
        found = Bearing.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="see the description of the interface") from error
    return found.model_dump(mode="json", exclude_none=True)


def _gate(content: Content | None) -> Gate | None:
    return Gate(content[WHOLE].get("gate", Gate.WARN)) if content and WHOLE in content else None


def _tolerance(content: Content | None) -> float:
    return float((content or {}).get(WHOLE, {}).get("tolerance", 0.0))
