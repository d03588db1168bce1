"""Rules as a service: an ERP or MES asks what a person's act would be asked, and gets the same answer with its reason."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import Body

from medthread.api.identity import Given, Reader
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.model import Calculation, Decision, Field, Label
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.retention import ANCHORS, NEEDS
from medthread.trust.access import Actor
from medthread.workflow.guarding import heard, objections

router = Subject("rules", "规则服务", "Rules as a service", owner="quality").router()
INPUTS = {int: "integer", Decimal: "number", bool: "truth", date: "date"}
Values = Annotated[dict[str, Any], Body(description="the parameters by name")]


@router.get("/rules", summary="列出可询问的判断与计算 · List decisions and calculations")
def rules(given: Given, actor: Reader) -> dict[str, Any]:
    """Every decision and calculation, with its parameters and the guards behind it.

    每个判断与计算,连同参数和其背后的规则。
    """
    del actor
    book = given.workflow.rulebook
    decisions = [
        {"name": d.name, "kind": "decision", "label": pair(d.label), "takes": list(d.takes), "optional": list(d.optional),
         "parameters": _parameters(given, dict.fromkeys(d.takes, str), d.optional),
         "guards": [{"name": g, "label": pair(book.guards[g].label), "clause": book.guards[g].clause} for g in d.guards]}
        for d in book.decisions.values()
    ]
    calculations = [
        {"name": c.name, "kind": "calculation", "label": pair(c.label), "takes": list(c.takes), "optional": list(c.optional),
         "parameters": _parameters(given, c.takes, c.optional), "standard": c.standard}
        for c in book.calculations.values()
    ]
    return {"items": [*decisions, *calculations]}


def _parameters(given: Given, takes: Mapping[str, type], optional: tuple[str, ...]) -> list[dict[str, Any]]:
    """Each parameter as a form's input; it is called as the first field of that name is, for rules speak in fields."""
    words: dict[str, Field] = {}
    for entity in given.registry.values():
        for known in entity.fields.values():
            words.setdefault(known.name, known)
    found = []
    for name, kind in takes.items():
        field = words.get(name)
        ref = field.mark.ref if field else None
        moment = name in ANCHORS  # a moment that records are kept from is asked as a day, whatever field has the same name
        label = NEEDS.get(name) or (field.label if field else Label(name, name))
        found.append({"name": name, "label": pair(label), "type": "date" if moment else INPUTS.get(kind, "text"),
                      "required": name not in optional, "reference": ref.entity if ref and name not in NEEDS else None})
    return found


@router.post("/rules/{rule}", summary="询问一个判断或计算 · Ask a decision or a calculation")
def ask(rule: str, values: Values, given: Given, actor: Reader) -> dict[str, Any]:
    """Yes or no with rule and record, or the figures of a calculation.

    回答是或否,并指出规则与记录;或给出计算结果。
    """
    book = given.workflow.rulebook
    if rule in book.decisions:
        return _decide(given, book.decisions[rule], values, actor)
    if rule in book.calculations:
        return _calculate(book.calculations[rule], values)
    raise NotFoundError(f"no rule {rule!r}", hint=f"there are: {', '.join([*book.decisions, *book.calculations])}")


def _decide(given: Given, decision: Decision, values: dict[str, Any], actor: Actor) -> dict[str, Any]:
    _only(values, takes=decision.takes, optional=decision.optional)
    texts = {n: None if values.get(n) is None else str(values[n]) for n in decision.takes}
    with given.store.transaction() as tx:
        found = [heard(given.workflow, o, actor) for o in objections(tx, given.workflow, decision.guards, texts)]
    because = [{"rule": o.guard, "label": {"zh": o.zh, "en": o.en}, "record": o.record, "detail": o.detail} for o in found]
    return {"rule": decision.name, "allowed": not because, "because": because}


def _calculate(calculation: Calculation, values: dict[str, Any]) -> dict[str, Any]:
    _only(values, takes=tuple(calculation.takes), optional=calculation.optional)
    typed = {n: _typed(n, values[n], kind) for n, kind in calculation.takes.items() if values.get(n) is not None}
    return {"rule": calculation.name, "standard": calculation.standard, **calculation.do(**typed)}


def _only(values: dict[str, Any], *, takes: tuple[str, ...], optional: tuple[str, ...]) -> None:
    missing = [n for n in takes if n not in optional and values.get(n) in (None, "")]
    strangers = sorted(set(values) - set(takes))
    if missing or strangers:
        words = f"missing: {', '.join(missing)}" if missing else f"unknown: {', '.join(strangers)}"
        raise InvalidError(words, hint=f"it takes {', '.join(takes)}")


def _typed(name: str, value: Any, kind: type) -> Any:
    try:
        return date.fromisoformat(str(value)) if kind is date else Decimal(str(value)) if kind is Decimal else kind(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise InvalidError(f"{name}: {value!r} is no {kind.__name__}", hint="dates are such as 2026-11-25") from error
