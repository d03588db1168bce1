"""A declaration read back out of a contract that carries one: nothing of it is lost on the way.

The process of an entity is a declaration of its own; a contract names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medthread.derive.contract.quality import rules_in
from medthread.derive.contract.words import LOGICAL, Json, label_in, ours
from medthread.model import (
    About,
    Classification,
    Dimension,
    F,
    Field,
    Gate,
    Home,
    Label,
    LegalBasis,
    Mask,
    MatchModel,
    Purpose,
    Ref,
    Retention,
    Rule,
    Span,
)
from medthread.model.errors import InvalidError
from medthread.model.matching import LinkKind
from medthread.model.pursuit import Pursuit

KINDS = {logical: kind for kind, logical in LOGICAL.items()}


@dataclass(frozen=True)
class Declaration:
    """An entity as it was declared; `process` is the name of the one its records go through."""

    name: str
    about: About
    fields: dict[str, Field]
    process: str | None


def declaration_in(contract: Mapping[str, Any]) -> Declaration:
    """The declaration that a contract of ours carries. Raises `InvalidError` for one that carries none."""
    objects: list[Json] = list(contract.get("schema") or ())
    if len(objects) != 1 or "home" not in (own := ours(objects[0])):
        raise InvalidError("the contract carries no declaration of an entity", hint="only contracts that this software gave out do; others are compared, not read back")
    there = objects[0]
    about = About(
        own["label"]["zh"], own["label"]["en"], domain=contract["domain"], owner=own["owner"], group=own["group"], home=Home(own["home"]), meaning=label_in(own.get("meaning")),
        retain=_retention(own["retention"]), rules=_rules(there), title=own.get("title"), synonyms=tuple(own.get("synonyms", ())), match=_match(own.get("match")),
        repeats=own.get("repeats", False), glance=tuple(own.get("glance", ())), written_by=own.get("writtenBy", ""), plant=own.get("plant"), region=own.get("region"), part_of=own.get("partOf"),
        pursues=Pursuit(**own["pursues"]) if own.get("pursues") else None,
    )
    return Declaration(there["name"], about, {p["name"]: _field(p) for p in there["properties"]}, own.get("process"))


def _field(said: Mapping[str, Any]) -> Field:
    own = ours(said)
    purpose = own.get("purpose")
    codes = {c["value"]: Label(c["label"], ours(c)["labelEn"]) for c in said.get("enum", ())} or None
    mark = F(
        own["label"]["zh"], own["label"]["en"], key=said.get("primaryKey", False), ref=_ref(own.get("ref")), mentions=_ref(own.get("mentions")), about=label_in(own.get("meaning")),
        classification=Classification[said["classification"].upper()], mask=Mask(own["mask"]), rules=_rules(said), codes=codes, unit=own.get("unit"), search=own.get("search", False),
        in_list=not own.get("notInList", False), synonyms=tuple(own.get("synonyms", ())), example=next(iter(said.get("examples", ())), None), standard=own.get("standard"),
        series=own.get("series"), default=own.get("default"), long=own.get("long", False), names=own.get("names"),
        purpose=Purpose(purpose["zh"], purpose["en"], basis=LegalBasis(purpose["basis"])) if purpose else None, kept_from=own.get("keptFrom"),
        critical=said.get("criticalDataElement", False) and not said.get("primaryKey", False),
    )
    return Field(said["name"], KINDS[said["logicalType"]], said["required"] or own.get("declaredRequired", False), mark)


def _ref(said: Any) -> Ref | None:
    return None if said is None else Ref(said["entity"], tuple((there, here) for there, here in said["along"]))


def _rules(element: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            name=r["name"], about=Label(r["about"]["zh"], r["about"]["en"]), broken=r["broken"], dimension=Dimension(r["dimension"]), gate=Gate(r["gate"]), correct=r.get("correct"),
            confidence=r["confidence"], needs=tuple(r.get("needs", ())),
        )
        for r in rules_in(element)
    )


def _retention(said: Json) -> Retention:
    return Retention(**{**said, "at_least": tuple(Span(**s) for s in said["at_least"])})


def _match(said: Any) -> MatchModel | None:
    if said is None:
        return None
    links = tuple(LinkKind(k["name"], Label(**k["child"]), Label(**k["parent"]), k["told_by"]) for k in said["links"])
    known: dict[str, Any] = {n: _tuples(v) for n, v in said.items()} | {"links": links}
    return MatchModel(**known)


def _tuples(value: Any) -> Any:
    """JSON has lists where declarations have tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
