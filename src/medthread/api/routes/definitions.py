"""Definitions and terms: proposed, decided by another person, taken back; many at once as a sheet."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.bodies import MOST, takes
from medthread.api.cells import csv_of
from medthread.api.changing import change_of, decided_on, told_impact, told_proposal, told_standing, undone_of
from medthread.api.identity import Given, Reader, may
from medthread.api.in_person import Proof
from medthread.api.language import Language
from medthread.api.media import CSV, XLSX, file_as, text_as
from medthread.api.services import Services
from medthread.api.sheets import handed_in
from medthread.api.subjects import Subject
from medthread.governance.codes import check_code, places
from medthread.governance.dictionary.changes import (
    PROPOSED,
    REFUSED,
    WITHDRAWN,
    Change,
    changes_of,
    proposals,
    propose,
    withdraw,
)
from medthread.governance.dictionary.sheet import COLUMNS, FIXED, NAMES, Line, compared, read_sheet, rows_of
from medthread.governance.dictionary.words import (
    DEFINITION,
    PREFIX,
    TERM,
    Definition,
    Term,
    check_definition,
    check_term,
    content_of,
)
from medthread.governance.governed import GOVERNED
from medthread.governance.metrics.said import METRIC, check_said
from medthread.governance.metrics.said import PREFIX as OF_METRIC
from medthread.governance.quality_index import today_in
from medthread.model.errors import InvalidError
from medthread.pipeline.said import APPROVED
from medthread.pipeline.standardise.codes import CODE
from medthread.stores.workbook import workbook
from medthread.trust.access import Actor, sources_seen
from medthread.workflow import handle

router = Subject("definitions", "术语与口径", "Terms and definitions", owner="it").router()
Proposing = Annotated[Actor, Depends(may("definitions:propose"))]
Deciding = Annotated[Actor, Depends(may("definitions:decide"))]
Why = Annotated[str, Field(min_length=2, max_length=2000)]
Reason = Annotated[str, Query(min_length=2, max_length=2000)]
Day = Annotated[date | None, Query(description="from when it holds; today where none is named")]
Subjects = Annotated[str, Field(min_length=1, max_length=200)]
Kind = Annotated[str | None, Query(pattern="^(term|definition|code|quality_rule|mapping|threshold|retention|metric)$")]
Of = Annotated[str | None, Query(max_length=200)]
Ruling = Annotated[str, Query(pattern="^(quality_rule|mapping|threshold|retention)$")]
LARGEST = 20 << 20
SHOWN = 500
STATE = f"^({PROPOSED}|{APPROVED}|{REFUSED}|{WITHDRAWN})$"


class Wanted(BaseModel):
    """One change: the whole of what is to be said of a subject; without `content` it goes back to what is declared, and a term is removed."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["term", "definition", "code", "quality_rule", "mapping", "threshold", "retention", "metric"]
    subject: Subjects
    content: dict[str, Any] | None = Field(default=None, description=(
        "a term, a definition over what is declared, what a source's word for a code means; or `rule`, `text` (of a file), `off` or `borne` of a rule,"
        " `mapping`, `text` or `field` of a mapping, `value` of a threshold, `years`, `anchor`, `device_life`, `forever` and `basis` of a longer retention,"
        " or what is to hold of a metric"))


class Proposal(BaseModel):
    """Changes that are decided as one."""

    model_config = ConfigDict(extra="forbid")
    changes: list[Wanted] = Field(min_length=1, max_length=500)
    reason: Why
    effective_from: date | None = None


class Decided(Proof):
    """Whether it is approved, and why; where the approval is signed, the hash of what was shown and the proof of who signs."""

    model_config = ConfigDict(extra="forbid")
    approve: bool
    reason: Why
    shown: str | None = Field(default=None, max_length=200)


class Tried(BaseModel):
    """Changes that are tried as one."""

    model_config = ConfigDict(extra="forbid")
    changes: list[Wanted] = Field(min_length=1, max_length=20)


class Because(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: Why


def _today(given: Services) -> date:
    return today_in(given.workflow.calendar.zone)


@router.get("/definition-changes", summary="列出口径变更 · List changes of definitions")
def listed(given: Given, actor: Reader, state: Annotated[str | None, Query(pattern=STATE)] = None, kind: Kind = None) -> dict[str, Any]:
    """Proposals, those that wait first: what they are about, who proposed and who decided, whether they were taken back.

    提议,待定的在前:涉及哪些条目、由谁提出、由谁决定、是否已撤销。
    """
    can = given.access.can(actor)
    with given.store.transaction() as tx:
        found = proposals(tx, state=state, kind=kind)
    items = [{**p, "mine": p["proposed_by"] == actor.name} for p in found]
    return {"items": items, "proposes": "definitions:propose" in can, "decides": "definitions:decide" in can}


@router.get("/governed", summary="列出现行的规则、映射、阈值与期限 · List what governs the data")
def governing(given: Given, actor: Reader, language: Language, kind: Ruling, on: Annotated[date | None, Query(description="as approved by that day")] = None, subject: Of = None) -> dict[str, Any]:
    """Everything of a kind that files or approved changes say, or one subject: the content, since when and by whom it was approved, what waits; and what is not in force and why.

    一类受治理对象(或其中一个)的现行内容:自何时起、由谁批准、是否有待定的提议;以及未生效的内容与原因。
    """
    with given.store.transaction() as tx:
        force = given.governed.refresh() if on is None else given.governed.on(tx, on)
        told = told_standing(tx, given, actor, force, kind=kind, subject=subject, language=language)
    can = given.access.can(actor)
    return {"kind": kind, "on": on or given.governed.today, "files_hold": given.governed.setting.files_hold, "proposes": "definitions:propose" in can, **told}


@router.get("/definition-changes/{proposal}", summary="查看一次口径变更 · Get a change of definitions")
def one(proposal: str, given: Given, actor: Reader) -> dict[str, Any]:
    """Every change of a proposal, with what was said before and after.

    一次提议的全部变更:改前与改后。
    """
    with given.store.transaction() as tx:
        return told_proposal(tx, given, actor, changes_of(tx, proposal))


@router.get("/definition-changes/{proposal}/impact", summary="查看一次变更的影响 · Get what a change would do")
def impact(proposal: str, given: Given, actor: Reader, language: Language) -> dict[str, Any]:
    """Of each change of a rule, a mapping, a threshold or a retention: figures of the data there is before and after, whether it takes something from readers, and who reads it downstream.

    每项规则、映射、阈值或保存期限变更:现有数据在变更前后的数字,是否使使用者得到的减少,以及下游使用者。
    """
    with given.store.transaction() as tx:
        return {"proposal": proposal, "items": told_impact(tx, given, actor, [(r.kind, r.subject, r.before, r.after) for r in changes_of(tx, proposal)], language)}


@router.post("/definition-changes/trial", summary="试算一次变更的影响 · Try what changes would do")
def trial_of(wanted: Tried, given: Given, actor: Proposing, language: Language) -> dict[str, Any]:
    """The same before anything is proposed. Nothing is written.

    提议之前试算;不写入任何内容。
    """
    changes = [c for c in _checked(given, actor, wanted.changes) if c.kind in GOVERNED]
    with given.store.transaction() as tx:
        force = given.governed.refresh()
        said = {c.subject: one.content for c in changes if (one := force.said.get(c.subject)) is not None}
        return {"items": told_impact(tx, given, actor, [(c.kind, c.subject, said.get(c.subject), c.after) for c in changes], language)}


@router.post("/definition-changes", summary="提议更改术语或口径 · Propose terms or definitions", status_code=201)
def proposed(wanted: Proposal, given: Given, actor: Proposing) -> dict[str, str]:
    """Propose terms, or one's own words over what is declared; another person decides. Nothing holds before that.

    提议术语,或在产品声明之上的企业口径;由另一人决定,此前不生效。
    """
    return {"proposal": _propose(given, actor, _checked(given, actor, wanted.changes), reason=wanted.reason, on=wanted.effective_from)}


def _propose(given: Services, actor: Actor, changes: list[Change], *, reason: str, on: date | None) -> str:
    today = _today(given)
    act = partial(propose, by=actor.name, changes=changes, reason=reason, on=on or today, today=today)
    return handle(given.store, by=actor.name, action="definition.propose", object_="definition", act=act)


def _checked(given: Services, actor: Actor, wanted: list[Wanted]) -> list[Change]:
    """Refuse what cannot be said, each looked at beside the others."""
    if len({w.subject for w in wanted}) < len(wanted):
        raise InvalidError("a subject stands twice", hint="say once what is to hold of it")
    mine = sources_seen(actor, given.sources)
    of = [p for p in places(given.sources, given.registry) if p.source in mine] if any(w.kind == CODE for w in wanted) else []
    codes = [Change(CODE, w.subject, check_code(w.subject, w.content, of)) for w in wanted if w.kind == CODE]
    governed = [c for w in wanted if w.kind in GOVERNED and (c := change_of(given, actor, w.kind, w.subject, w.content)) is not None]
    measured = _measured(given, [w for w in wanted if w.kind == METRIC])
    return codes + governed + measured + _worded(given, [w for w in wanted if w.kind in (TERM, DEFINITION)])


def _measured(given: Services, wanted: list[Wanted]) -> list[Change]:
    if not wanted:
        return []
    tables = given.metric_tables
    book = given.metrics(tables)
    return [Change(METRIC, w.subject, check_said(w.subject, w.content, book, tables)) for w in wanted]


def _worded(given: Services, wanted: list[Wanted]) -> list[Change]:
    book = given.dictionary.book()
    contents = {w.subject: content_of(w.kind, w.content) for w in wanted if w.content is not None}
    terms = book.terms | {s.removeprefix(PREFIX): Term.model_validate(c) for s, c in contents.items() if s.startswith(PREFIX)}
    gone = {w.subject.removeprefix(PREFIX) for w in wanted if w.kind == TERM and w.content is None}
    for w in wanted:
        if (w.kind == TERM) != w.subject.startswith(PREFIX):
            raise InvalidError(f"{w.subject} is no {w.kind}", hint="a term is called `term:` with a name, a definition after what it defines")
        if w.subject.startswith(OF_METRIC):
            raise InvalidError(f"{w.subject} is a metric", hint="propose it with kind metric: its words, target and qualifiers change together")
        if w.kind == TERM and w.content is not None:
            left = {n: t for n, t in terms.items() if n not in gone}
            check_term(w.subject.removeprefix(PREFIX), Term.model_validate(contents[w.subject]), terms=left, subjects=book.items)
        if w.kind == DEFINITION and w.content is not None:
            check_definition(w.subject, Definition.model_validate(contents[w.subject]), subjects=book.items)
    return [Change(w.kind, w.subject, contents.get(w.subject)) for w in wanted]


@router.post("/definition-changes/{proposal}/decision", summary="批准或拒绝口径变更 · Decide a change of definitions")
def decision(proposal: str, decided: Decided, given: Given, actor: Deciding) -> dict[str, Any]:
    """Approve or refuse as a whole what another person proposed. Where the kind is signed (`signs` of the proposal), `shown` and the password are given with it.

    整体批准或拒绝他人的提议。须签署的(提议中的 `signs`),一并给出 `shown` 与本人密码。
    """
    act = partial(decided_on, given=given, actor=actor, proposal=proposal, decided=decided, today=_today(given))
    on = handle(given.store, by=actor.name, action="definition.approve" if decided.approve else "definition.refuse", object_=f"definition/{proposal}", act=act)
    given.governed.refresh()
    return {"proposal": proposal, "state": APPROVED if decided.approve else REFUSED, "effective_from": on}


@router.post("/definition-changes/{proposal}/undo", summary="撤销口径变更 · Take back a change of definitions", status_code=201)
def undone(proposal: str, because: Because, given: Given, actor: Proposing) -> dict[str, str]:
    """Propose, as one act, what was said before of everything that an approved proposal changed.

    把一次已批准的提议所改的全部内容,作为一次提议恢复为改前的内容。
    """
    act = partial(undone_of, given=given, actor=actor, proposal=proposal, reason=because.reason, today=_today(given))
    return {"proposal": handle(given.store, by=actor.name, action="definition.propose", object_=f"definition/{proposal}", act=act)}


@router.delete("/definition-changes/{proposal}", summary="收回口径变更 · Withdraw a change of definitions", status_code=204)
def withdrawn(proposal: str, given: Given, actor: Proposing) -> None:
    """Take back one's own proposal before it is decided.

    在决定之前收回自己的提议。
    """
    handle(given.store, by=actor.name, action="definition.withdraw", object_=f"definition/{proposal}", act=partial(withdraw, by=actor.name, proposal=proposal))


@router.get("/dictionary.csv", summary="导出字典 CSV · Export the dictionary as CSV", **text_as(CSV))
def as_csv(given: Given, _: Reader) -> Response:
    """Definitions, synonyms and owners of every entity, field, model, column and term, to be edited and sent back.

    全部对象、字段、模型、列与术语的定义、同义词与责任方,供编辑后交回。
    """
    return Response(csv_of(NAMES, rows_of(given.dictionary.book())), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="dictionary.csv"'})


@router.get("/dictionary.xlsx", summary="导出字典 XLSX · Export the dictionary as XLSX", **file_as(XLSX))
def as_xlsx(given: Given, _: Reader) -> Response:
    """The same as a workbook; every cell is text.

    同上,为工作簿;每个单元格都是文本。
    """
    made = workbook("dictionary", COLUMNS, rows_of(given.dictionary.book()), locked=FIXED)
    return Response(made, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="dictionary.xlsx"'})


def _lines(given: Services, file: UploadFile) -> list[Line]:
    with handed_in(file.file, file.filename or "") as path:
        return compared(given.dictionary.book(), read_sheet(path))


@router.post("/dictionary-sheet/trial", summary="预览交回的字典表 · Preview a dictionary sheet", **takes(LARGEST + MOST))
def trial(file: UploadFile, given: Given, _: Proposing, language: Language) -> dict[str, Any]:
    """What a sheet that was edited would change, line by line, and what would be refused and why; nothing is written.

    交回的表逐行会改动什么、哪些行会被拒绝及原因;不写入任何内容。
    """
    lines = _lines(given, file)
    return {
        "changed": sum(ln.change is not None for ln in lines), "refused": sum(ln.error is not None for ln in lines),
        "items": [
            {"row": ln.row, "subject": ln.subject, "cells": [{"column": n, "before": b, "after": a} for n, b, a in ln.cells], "error": ln.error.told(language)._asdict() if ln.error else None}
            for ln in sorted(lines, key=lambda ln: (ln.error is None, ln.row))[:SHOWN]
        ],
    }


@router.post("/dictionary-sheet", summary="提议交回的字典表 · Propose a dictionary sheet", status_code=201, **takes(LARGEST + MOST))
def accepted(file: UploadFile, given: Given, actor: Proposing, reason: Reason, effective_from: Day = None) -> dict[str, Any]:
    """Propose every line that changes something as one proposal. Where a line is refused, nothing is taken.

    把全部有改动的行作为一次提议;只要有一行被拒绝,就一行也不收。
    """
    lines = _lines(given, file)
    wrong = [ln for ln in lines if ln.error is not None]
    if wrong:
        rows = [{"row": ln.row, "field": None, "label": {"zh": ln.error.told("zh").message, "en": ln.error.message}, "value": ln.subject} for ln in wrong[:20] if ln.error]
        raise InvalidError(f"{len(wrong)} lines are refused, the first is row {wrong[0].row}", hint="mend the file and hand it in again: nothing was written", rows=rows)
    changes = [ln.change for ln in lines if ln.change is not None]
    if not changes:
        raise InvalidError("the sheet changes nothing", hint="export it anew: it may have been taken already")
    return {"proposal": _propose(given, actor, changes, reason=reason, on=effective_from), "changes": len(changes)}


