"""Who may read what from where, as a table for people: region by region by kind of data."""

from typing import Any, NamedTuple

from medthread.model.classification import Classification
from medthread.model.labels import Label
from medthread.model.sharing import Data, Effect, Places, Recipient, SharingRule


class Kind(NamedTuple):
    """A kind of data: from which classification on."""

    name: str
    label: Label
    level: Classification


KINDS = (
    Kind("internal", Label("一般数据", "Internal data"), Classification.INTERNAL),
    Kind("confidential", Label("机密数据", "Confidential data"), Classification.CONFIDENTIAL),
    Kind("personal", Label("个人信息", "Personal data"), Classification.PERSONAL),
    Kind("personal_sensitive", Label("敏感个人信息", "Sensitive personal data"), Classification.PERSONAL_SENSITIVE),
)


def regions_of(rules: tuple[SharingRule, ...], places: Places) -> list[str]:
    """Every region that anything names."""
    named = (r for rule in rules for r in (*rule.from_.regions, *rule.to.regions, *rule.to.outside))
    return sorted({*named, *places.organisations.values(), *places.plants.values(), *places.systems.values()})


def matrix(rules: tuple[SharingRule, ...], places: Places) -> list[dict[str, Any]]:
    """A cell for each kind of data from each region to each: what becomes of it and by which rule; `also` names rules for a part of it, which may say otherwise."""
    regions = regions_of(rules, places)
    return [_cell(rules, kind, home, to) for kind in KINDS for home in regions for to in regions]


def _cell(rules: tuple[SharingRule, ...], kind: Kind, home: str, to: str) -> dict[str, Any]:
    speaking = [r for r in rules if _may_be_about(r.data, kind) and _from(r, home) and _to(r, to)]
    deciding = next((r for r in speaking if not _is_of_a_part(r)), None)
    before = speaking[: speaking.index(deciding)] if deciding else speaking
    return {"kind": kind.name, "from": home, "to": to, "effect": (deciding.effect if deciding else Effect.ALLOW).value,
            "rule": deciding.name if deciding else None, "also": [r.name for r in before]}


def _may_be_about(data: Data, kind: Kind) -> bool:
    return (not data.personal or kind.level.is_personal) and (data.at_least is None or kind.level >= data.at_least)


def _from(rule: SharingRule, region: str) -> bool:
    return not rule.from_.regions or region in rule.from_.regions


def _to(rule: SharingRule, region: str) -> bool:
    system = next(iter(rule.to.systems), None)
    return rule.to.hold(Recipient(region, system))


def _is_of_a_part(rule: SharingRule) -> bool:
    """Whether it speaks of some records, fields, plants or systems only."""
    narrow = rule.from_
    return bool(rule.data.entities or rule.data.fields or narrow.organisations or narrow.plants or narrow.systems or rule.to.systems)
