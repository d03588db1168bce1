"""Profiles of tables: what is in them, what seems sensitive, and the rules that they suggest, for a person to try and accept."""

from functools import partial
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, Field, ValidationError

from medthread.api.cells import csv_of
from medthread.api.changing import propose_change
from medthread.api.identity import Given, ModelApplier, QuarantineReader
from medthread.api.language import Language
from medthread.api.media import CSV, text_as
from medthread.api.profiled import ProfileReader
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.governed.rules import WHOLE, as_data
from medthread.governance.governed.words import RULE, subject_of
from medthread.governance.profiles import Suggestion, accept_suggestion, with_gate, written
from medthread.model.errors import ConflictError, DeclarationError, InvalidError
from medthread.pipeline.judge import try_rules
from medthread.workflow import handle

router = Subject("profiles", "数据剖析", "Profiles of tables", owner="quality").router()
COLUMNS = ("column", "type", "likely", "rows", "nulls", "blanks", "distinct", "low", "high", "shortest", "longest", "patterns", "values", "suspected", "standing")
Gate = Annotated[str | None, Field(pattern="^(block|quarantine|warn)$")]


class Judged(BaseModel):
    """What a suggested rule does when it is broken, and what share of broken rows is borne, where it is not as proposed."""

    gate: Gate = None
    tolerance: float | None = Field(default=None, ge=0, lt=1)


@router.get("/profiles", summary="列出可剖析的表 · List tables that can be profiled")
def profiles(given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """Tables of every layer with their rows, when each was profiled last, and how many columns seem sensitive and are not said to be.

    各层的表、行数、最近一次剖析的时间,以及有多少列疑似敏感而未声明。
    """
    reader = ProfileReader(given, actor)
    return {"items": [reader.line(t) for t in reader.tables()]}


@router.get("/profiles/{table}", summary="取一张表的剖析 · Get the profile of a table")
def profile(table: str, given: Given, actor: QuarantineReader, language: Language) -> dict[str, Any]:
    """The last profile: of each column kind, filling, patterns, distribution, suspicion; keys, decisions, references; what changed since the one before. `underway` while one is taken.

    最近一次剖析:各列的类型、填写率、写法、分布、疑似敏感;主键、决定关系、引用;与上次相比的变化。正在剖析时给出 `underway`。
    """
    reader = ProfileReader(given, actor)
    return reader.whole(reader.checked(table), language)


@router.post("/profiles/{table}", summary="剖析一张表 · Profile a table", status_code=202)
def take(table: str, given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """Begin to take the profile of a table beside the answers of the server; one at a time.

    在后台开始剖析一张表,一次一张。
    """
    reader = ProfileReader(given, actor)
    given.profiler.start(reader.checked(table))
    return {"table": table}


@router.get("/profiles/{table}/columns.csv", summary="导出剖析 · Export a profile", **text_as(CSV))
def export(table: str, given: Given, actor: QuarantineReader, language: Language) -> Response:
    """One line for each column.

    每列一行。
    """
    reader = ProfileReader(given, actor)
    told = reader.whole(reader.checked(table), language)["profile"] or {"columns": [], "rows": 0}
    rows = []
    for c in told["columns"]:
        patterns, values = "; ".join(f"{p['form']} {p['rows']}" for p in c["patterns"]), "; ".join(f"{v['value']} {v['rows']}" for v in c["values"])
        suspected = f"{c['suspected']['kind']} {c['suspected']['share']:.0%}" if c["suspected"] else ""
        row = (c["name"], c["type"], c["likely"], told["rows"], c["nulls"], c["blanks"], c["distinct"], c["low"], c["high"], c["shortest"], c["longest"], patterns, values, suspected, c["standing"])
        rows.append(row)
    return Response(csv_of(COLUMNS, rows), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="profile.csv"'})


@router.get("/profiles/{table}/suggestions", summary="列出建议的规则 · List suggested rules")
def suggested(table: str, given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """Rules that the last profile suggests and that nobody has said, each with what all rows say of it and the text that accepting would write.

    最近一次剖析建议且尚未写明的规则,连同全部行的证据,以及接受后将写入的文本。
    """
    reader = ProfileReader(given, actor)
    return {"items": [reader.told(table, s, written(s)) for s in reader.suggestions(reader.checked(table))]}


@router.post("/profiles/{table}/suggestions/{rule}/try", summary="试建议的规则 · Try a suggested rule")
def try_suggestion(table: str, rule: str, body: Judged, given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """How it would be found on all rows as they are now; nothing is kept or stopped.

    在现有全部行上试一条建议的规则;不留记录,不拦任何东西。
    """
    reader = ProfileReader(given, actor)
    found = _judged(reader.suggested(reader.checked(table), rule), body)
    [verdict] = try_rules(given.batch(), [found.rule], given.releases.heads())
    return {"state": verdict.state.value, "checked": verdict.checked, "broken": verdict.broken, "message": verdict.message}


@router.post("/profiles/{table}/suggestions/{rule}/accept", summary="接受建议的规则 · Accept a suggested rule")
def accept(table: str, rule: str, body: Judged, given: Given, actor: ModelApplier) -> dict[str, Any]:
    """Write the rule into `rules/`, never over a file that is there. It is in force at once: at intake for rows that come, else with the next run.

    Where only what is approved holds, it becomes a `proposal` for another person to decide, and no file is written.

    把规则写入 `rules/`,绝不覆盖已有文件。立即生效:接入时检验新来的行,其余随下一次运行检验。须经批准时,成为一项提议,由另一人决定,不写文件。
    """
    given.access.require(actor, "quarantine:read")  # whoever may not look at profiles is told of none by accepting
    _read_rules(given)  # a file that cannot be read, or that came meanwhile, is told of before anything is written
    reader = ProfileReader(given, actor)
    found = _judged(reader.suggested(reader.checked(table), rule), body)
    if not given.governed.setting.files_hold:
        change = given.governed.change(RULE, subject_of(RULE, found.rule.name), {WHOLE: as_data(found.rule)})
        return {"rule": found.rule.name, "file": None, "proposal": propose_change(given, actor, change, reason=f"{found.zh} · {found.en}"[:2000])}
    act = partial(accept_suggestion, context=given.batch(), folder=given.rule_folder, found=found, by=actor.name)
    made = handle(given.store, by=actor.name, action="rule.accept", object_=f"rule/{rule}", act=act)
    _read_rules(given)
    return {"rule": made.name, "file": made.origin, "proposal": None}


def _read_rules(given: Services) -> None:
    """What is wrong with somebody's file stands in the way; it is no failure of ours."""
    try:
        given.rules_changed()
    except DeclarationError as error:
        raise ConflictError(error.message, hint=error.hint, labels=error.labels) from error


def _judged(found: Suggestion, body: Judged) -> Suggestion:
    try:
        return with_gate(found, gate=body.gate, tolerance=body.tolerance)
    except ValidationError as error:
        raise InvalidError("; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors(include_url=False)), hint="the guide to data quality has what goes together") from error
