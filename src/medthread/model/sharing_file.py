"""A company's own sharing rules: `sharing.toml` in the workspace, in the words of `model.sharing`.

    [regions.CN]
    organisations = ["1000"]
    plants = ["SZ", "SH"]
    systems = ["erp", "relay"]          # sources by name, systems of API tokens; `relay` is where events go

    [[rules]]
    name = "complaints_to_the_eu"
    zh = "投诉人信息可提供给欧盟的授权代表"
    en = "complainants may be told to the authorised representative in the EU"
    effect = "allow"                    # allow, mask, refuse
    clause = "PIPL art. 38(1)(3)"
    basis = "standard contract of 2026-03-01, filed as 2026-0417"
    data = { entities = ["complaint"], personal = true }
    from = { regions = ["CN"] }
    to = { regions = ["EU"] }

All of it is checked when the workspace is opened.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from medthread.model.classification import Classification
from medthread.model.errors import DeclarationError
from medthread.model.registry import Registry
from medthread.model.sharing import Data, Effect, Origins, Places, Recipients, SharingRule

FILE = "sharing.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
WORDS = ("regions", "rules")
STRICT = ConfigDict(extra="forbid")


@with_config(STRICT)
@dataclass(frozen=True)
class Region:
    """What lies in a region."""

    organisations: tuple[str, ...] = ()
    plants: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


@with_config(STRICT)
@dataclass(frozen=True)
class OwnOrigins(Origins):
    """As written in the file."""


@with_config(STRICT)
@dataclass(frozen=True)
class OwnRecipients(Recipients):
    """As written in the file."""


@with_config(STRICT)
@dataclass(frozen=True)
class OwnData(Data):
    """As written in the file."""


@with_config(STRICT)
@dataclass(frozen=True, kw_only=True)
class OwnRule(SharingRule):
    """As written in the file."""

    to: OwnRecipients
    from_: OwnOrigins = OwnOrigins()
    data: OwnData = OwnData()


RULES, REGIONS = TypeAdapter(tuple[OwnRule, ...]), TypeAdapter(dict[str, Region])


def parse_sharing(given: Mapping[str, Any], registry: Registry, shipped: Iterable[SharingRule]) -> tuple[tuple[SharingRule, ...], Places]:
    """The rules in the order in which they are read, and where everything lies. Raises `DeclarationError`."""
    strangers = sorted(set(given) - set(WORDS))
    if strangers:
        raise _wrong(f"no word {strangers[0]!r}", f"it knows {', '.join(WORDS)}")
    shipped = tuple(shipped)
    try:
        own: tuple[SharingRule, ...] = RULES.validate_python([_worded(r) for r in given.get("rules", ())])
        regions = REGIONS.validate_python(given.get("regions", {}))
    except (ValidationError, TypeError, AttributeError) as error:
        details = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        lines = [f"{'.'.join(str(p).rstrip('_') for p in e['loc'])}: {e['msg']}" for e in details]
        raise _wrong("; ".join(lines) or "its rules are no list of [[rules]]", "the guide to access shows one") from error
    known = {*regions, *(r for rule in shipped for r in _regions(rule))}
    names = [r.name for r in (*own, *shipped)]
    for rule in own:
        _check(rule, registry, known=known)
        if names.count(rule.name) > 1:
            raise _wrong(f"there are two rules {rule.name!r}", "give one of them another name; the first that fits decides")
    return (*own, *shipped), _places(regions)


def check_shipped(rules: Iterable[SharingRule], registry: Registry) -> None:
    """What ships stands by the same rules. Raises `DeclarationError`."""
    for rule in rules:
        _check(rule, registry, known=set(_regions(rule)))


def _worded(given: Any) -> dict[str, Any]:
    """TOML says `from`, which is no name in Python, and a classification by its name."""
    found = {("from_" if k == "from" else k): v for k, v in given.items()}
    level = found["data"].get("at_least") if isinstance(found.get("data"), dict) else None
    if level is not None:
        levels = {c.name.lower(): c for c in Classification}
        if level not in levels:
            raise _wrong(f"no classification {level!r}", f"there are: {', '.join(levels)}")
        found["data"] = {**found["data"], "at_least": levels[level]}
    return found


def _regions(rule: SharingRule) -> tuple[str, ...]:
    return (*rule.from_.regions, *rule.to.regions, *rule.to.outside)


def _check(rule: SharingRule, registry: Registry, *, known: set[str]) -> None:
    where = f"rule {rule.name!r}"
    if not NAME.fullmatch(rule.name):
        raise _wrong(f"{where} is no name", "lower-case letters, digits and _")
    if rule.to == type(rule.to)():
        raise _wrong(f"{where} is about no recipient", "say to = { regions = [...] }, { outside = [...] } or { systems = [...] }")
    if not (rule.zh.strip() and rule.en.strip() and rule.clause.strip()):
        raise _wrong(f"{where} does not say what it is", "write zh, en and the clause behind it")
    if rule.effect is Effect.ALLOW and not rule.basis.strip():
        raise _wrong(f"{where} allows without a ground", "name the basis: the contract, certificate, assessment or consent")
    strangers = [r for r in _regions(rule) if r not in known]
    if strangers:
        raise _wrong(f"{where} names region {strangers[0]!r}, which nobody declares", f"write [regions.{strangers[0]}]; there are: {', '.join(sorted(known))}")
    _check_data(rule, registry, where)


def _check_data(rule: SharingRule, registry: Registry, where: str) -> None:
    for name in rule.data.entities:
        if name not in registry:
            raise _wrong(f"{where} is about {name!r}, which nobody declares", "the dictionary lists the kinds of records")
    entities = [e for e in registry.values() if rule.data.covers(e)]
    for name in rule.data.fields:
        if not any(name in e.fields for e in entities):
            raise _wrong(f"{where} is about a field {name!r} that none of its entities has", "the dictionary lists them")
    if not any(rule.data.holds(e, f) for e in entities for f in e.fields.values()):
        raise _wrong(f"{where} is about no data", "no field fits all that it says; what says where a record belongs is never withheld")


def _places(regions: Mapping[str, Region]) -> Places:
    found: dict[str, dict[str, str]] = {"organisations": {}, "plants": {}, "systems": {}}
    for region, holds in regions.items():
        for kind, placed in found.items():
            for name in getattr(holds, kind):
                if placed.setdefault(name, region) != region:
                    raise _wrong(f"{name!r} of {kind} lies in {placed[name]} and in {region}", "leave it in one region")
    return Places(**found)


def _wrong(message: str, hint: str) -> DeclarationError:
    return DeclarationError(f"{FILE}: {message}", hint=hint, file=FILE)
