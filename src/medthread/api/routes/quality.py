"""Quality as rules found it: the index and that of each part, every rule, one rule closely with its verdicts and the rows that it names."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response

from medthread.api.cells import csv_of
from medthread.api.identity import Given, Reader
from medthread.api.media import CSV, text_as
from medthread.api.row_names import names_rows
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.quality_index import quality_of
from medthread.governance.quality_parts import Part, Parts, divided
from medthread.governance.rule_library import OWN, ListedRule, by_rule, listed
from medthread.model.errors import NotFoundError
from medthread.model.rule_file import Point
from medthread.pipeline.build.known import known_models
from medthread.pipeline.judge import Verdict
from medthread.pipeline.judge.question import reads
from medthread.pipeline.judge.verdict import latest, since
from medthread.trust.access import Actor

router = Subject("quality", "质量规则", "Quality rules", owner="quality").router()
VERDICTS = 60
Of = Annotated[str | None, Query(max_length=200)]
Days = Annotated[int, Query(ge=1, le=365)]
Origin = Annotated[str | None, Query(pattern="^(software|workspace)$")]


@router.get("/quality", summary="取质量规则的实测结果 · Get what quality rules measured")
def quality(given: Given, _: Reader) -> dict[str, Any]:
    """The index, its dimensions, every rule with its counts.

    质量指数、各维度、每条规则及其计数。
    """
    return quality_of(given.store, given.registry, given.rules, zone=given.workflow.calendar.zone)


@router.get("/quality/index", summary="取各部分的质量指数 · Get the quality index of each part")
def index(given: Given, _: Reader, by: Part = Part.ENTITY, of: Of = None, days: Days = 30) -> dict[str, Any]:
    """By domain, entity, field, source or dimension, the worst first: index, target, and its way over the last days.

    按业务域、对象、字段、来源或维度,差的在前:指数、目标、近日走势。
    """
    return _divided(given, by, of, days)


@router.get("/quality/index.csv", summary="导出各部分的质量指数 · Export the quality index of each part", **text_as(CSV))
def export(given: Given, _: Reader, by: Part = Part.ENTITY, of: Of = None, days: Days = 30) -> Response:
    """One line for each part and day of its way.

    每个部分每天一行。
    """
    heads = ("by", "name", "zh", "en", "day", "index", "target", "checked", "broken", "rules")
    rows = (
        (by.value, item["name"], item["label"]["zh"], item["label"]["en"], point["day"], point["index"], item["target"], item["checked"], item["broken"], item["rules"])
        for item in _divided(given, by, of, days)["items"] for point in item["trend"]
    )
    return Response(csv_of(heads, rows), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="quality-index.csv"'})


def _divided(given: Services, by: Part, of: str | None, days: int) -> dict[str, Any]:
    parts = Parts(given.registry, given.rules, given.sources, given.targets)
    return divided(given.store, parts, by, days=days, of=of, zone=given.workflow.calendar.zone)


@router.get("/quality/rules", summary="列出质量规则 · List quality rules")
def rules(given: Given, _: Reader, origin: Origin = None) -> dict[str, Any]:
    """The company's own rules, and those of the software that were tried: where, with what consequence, how they stand.

    企业自有的规则,以及产品自带且检验过的规则:在何处检验、有何后果、现状如何。
    """
    with given.store.transaction() as tx:
        found = by_rule(latest(tx))
    shown = [r for r in listed(given.registry, given.rules) if (origin is None or r.origin == origin) and (r.origin == OWN or r.id in found)]
    return {"items": [r.told(found.get(r.id, ())) for r in shown]}


@router.get("/quality/rules/{rule}", summary="取一条质量规则 · Get a quality rule")
def one(rule: str, given: Given, actor: Reader) -> dict[str, Any]:
    """What it says, and its verdicts, newest first. Rows are named to whoever may see all of what the rule reads.

    规则的内容与历次判定,新的在前。只有能看到规则所读全部内容的人才看到是哪些行。
    """
    found = next((r for r in listed(given.registry, given.rules) if r.id == rule), None)
    if found is None:
        raise NotFoundError(f"no rule {rule!r}", hint="`GET /api/v1/quality/rules` lists those there are")
    with given.store.transaction() as tx:
        verdicts = since(tx, rule, limit=VERDICTS)
        last = [v for (name, _), v in latest(tx).items() if name == rule]
    named = any(v.sample for v in verdicts) and _names(given, actor, found)
    own = {"file": found.own.origin, "check": found.own.check.model_dump(mode="json", exclude_none=True), "correct": found.own.correct} if found.own else None
    return {**found.told(last), "subject": found.subject, "definition": own, "verdicts": [_told(v, named=named) for v in verdicts]}


def _names(given: Services, actor: Actor, rule: ListedRule) -> bool:
    if "quarantine:read" not in given.access.can(actor):
        return False
    if rule.point is Point.INTAKE:
        return names_rows(given, actor, {}, [f"standard.{rule.asset}"])
    assert rule.own is not None  # noqa: S101 - those of whole tables are the company's own
    return names_rows(given, actor, known_models(given.batch(), given.models()), reads(rule.own))


def _told(verdict: Verdict, *, named: bool) -> dict[str, Any]:
    told = asdict(verdict) | {"sample": list(verdict.sample) if named else [], "kept_back": bool(verdict.sample) and not named}
    return {k: v for k, v in told.items() if k not in ("inputs", "rule", "source", "entity", "field")}
