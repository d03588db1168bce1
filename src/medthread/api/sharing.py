"""Answers that say what sharing rules kept back of them: which rule, its clause, which fields; what was refused is noted."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NoReturn

from medthread.api.services import Services
from medthread.derive.form import pair
from medthread.derive.sharing import Terms
from medthread.model.sharing import SharingRule
from medthread.trust.access import Actor
from medthread.trust.sharing import NotSharedError, note

WITHHELD_IN = "_withheld"  # in an item: its fields that are kept back, each with the name of the rule
HEADER = "X-Sharing-Rules"  # of an answer that is no JSON: names of the rules that may keep something of it back


def kept_back(
    given: Services, actor: Actor, terms: Terms, items: Iterable[Mapping[str, Any]], *, object_: str = "", unshared: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """What an answer adds about its items: each rule with the fields that it kept back and how many records it keeps altogether; nothing where none did."""
    if not terms:
        return {}
    found: dict[str, set[str]] = {name: set() for name in unshared or ()}
    for item in items:
        for field, name in item.get(WITHHELD_IN, {}).items():
            found.setdefault(name, set()).add(field)
    rules = [r for r in terms.rules if r.name in found]
    if not rules:
        return {}
    _note(given, actor, object_ or f"{terms.entity.name}/", rules, set().union(*found.values()))
    return {"sharing": [{**described(r), "fields": sorted(found[r.name]), "records": (unshared or {}).get(r.name, 0)} for r in rules]}


def described(rule: SharingRule) -> dict[str, Any]:
    """A rule in plain words, for whoever meets it."""
    return {"rule": rule.name, "label": pair(rule.label), "effect": rule.effect.value, "clause": rule.clause, "basis": rule.basis or None}


def headers_of(given: Services, actor: Actor, terms: Terms, *, object_: str) -> dict[str, str]:
    """The same for an answer that is a file; rows of any origin may be in it, so it tells of every rule that may apply."""
    if not terms:
        return {}
    _note(given, actor, object_, terms.rules, terms.fields)
    return {HEADER: ", ".join(r.name for r in terms.rules)}


def refuse(given: Services, actor: Actor, rule: SharingRule, object_: str) -> NoReturn:
    """Refuse a record that a rule keeps back altogether, and note it."""
    _note(given, actor, object_, [rule], ())
    raise NotSharedError(rule, object_)


def _note(given: Services, actor: Actor, object_: str, rules: Iterable[SharingRule], fields: Collection[str]) -> None:
    with given.store.transaction() as tx:
        note(tx, by=actor.name, object_=object_, rules=rules, fields=sorted(fields))
