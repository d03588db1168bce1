"""The data definition handbook: its issues, made, signed by chapter, put in force, read and downloaded."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from medthread.api.identity import Given, Reader, may
from medthread.api.in_person import Proof, prove_in_person
from medthread.api.media import HTML, PDF, file_as, text_as
from medthread.api.routes.definitions import Because
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.handbook import WHOLE, Issue, html_of
from medthread.governance.handbook.content import Content, content_of
from medthread.governance.handbook.issue import Proven
from medthread.governance.handbook.typeset import pdf_of
from medthread.governance.quality_index import quality_of
from medthread.methods.canonical import hash_of
from medthread.model.process import MEANINGS, Meaning
from medthread.trust.access import Actor
from medthread.trust.roles import role_label
from medthread.workflow import handle

router = Subject("handbook", "数据口径手册", "Data definition handbook", owner="quality").router()
Drafting = Annotated[Actor, Depends(may("handbook:draft"))]
Signing = Annotated[Actor, Depends(may("handbook:sign"))]
Issuing = Annotated[Actor, Depends(may("handbook:issue"))]
Words = Annotated[str, Query(pattern="^(zh|en)$", description="the language that it is printed in")]


class Signed(Proof):
    """A chapter, the hash of what was shown of it, and the proof of who signs."""

    model_config = ConfigDict(extra="forbid")
    chapter: str = Field(max_length=100)
    shown: str = Field(max_length=100)
    reason: str | None = Field(default=None, max_length=2000)


class InForce(Proof):
    """The hash of what was shown of the whole, why it is put in force, and the proof of who does."""

    model_config = ConfigDict(extra="forbid")
    shown: str = Field(max_length=100)
    reason: str = Field(min_length=2, max_length=2000)


def content_now(given: Services) -> Content:
    """What an issue made now would say."""
    current = given.releases.current()
    quality = quality_of(given.store, given.registry, given.rules, zone=given.workflow.calendar.zone)
    return content_of(given.dictionary.book(), given.registry, given.handbook, quality=quality, release=current.id if current else None, company=given.name)


@router.get("/handbook", summary="列出手册各版 · List issues of the handbook")
def listed(given: Given, actor: Reader) -> dict[str, Any]:
    """Every issue, the newest first: its state, as of when, over which release, how far it is signed.

    各版手册,新的在前:状态、口径日期、所依据的发布、签署进度。
    """
    with given.store.transaction() as tx:
        found = given.issues.listed(tx)
    can = given.access.can(actor)
    return {"items": found, "number": given.handbook.number, "drafts": "handbook:draft" in can}


@router.post("/handbook", summary="编制手册新版 · Draft an issue of the handbook", status_code=201)
def draft(because: Because, given: Given, actor: Drafting) -> dict[str, str]:
    """Make the next version as a draft of what holds now: everything that it says is kept with it from here on.

    按现行口径编制下一版草案:自此其全部内容随之固定。
    """
    made = content_now(given)
    act = partial(given.issues.draft, by=actor.name, content=lambda: made, reason=because.reason)
    return {"id": handle(given.store, by=actor.name, action="handbook.draft", object_="handbook", act=act)}


def _issue(given: Services, id_: str) -> Issue:
    with given.store.transaction() as tx:
        return given.issues.issue(tx, id_)


@router.get("/handbook/{id_}", summary="查看一版手册 · Get an issue of the handbook")
def one(id_: str, given: Given, actor: Reader) -> dict[str, Any]:
    """An issue: its sign page, the hash that each signature is made over, what changed since the one before.

    一版手册:签署页、各章签名所绑定的哈希、与上一版相比的变化。
    """
    issue = _issue(given, id_)
    signed = {s["chapter"]: s for s in issue.signatures}
    content = issue.content
    lines = [(c["name"], c["label"], c["signs"], hash_of(issue.shown_of(c["name"])), _counts(c)) for c in issue.chapters]
    whole = [{"role": r, "label": pair(role_label(r))} for r in given.handbook.issued_by]
    lines.append((WHOLE, {"zh": "全文(批准生效)", "en": "The whole (in force)"}, whole, hash_of(issue.shown), {}))
    row = {n: v for n, v in issue.row.items() if n != "content"}
    return {
        **row, "company": content["company"], "since": content["since"], "changes": content["changes"], "gaps": content["gaps"],
        "chapters": [
            {"name": name, "label": label, "signs": signs, "shown": shown, "counts": counts, "signature": _told(signed.get(name)),
             "may_sign": row["state"] == "draft" and name not in signed and given.issues.may_sign(actor, name) and not (name == WHOLE and (issue.missing or row["prepared_by"] == actor.name))}
            for name, label, signs, shown, counts in lines
        ],
    }


def _counts(chapter: Content) -> dict[str, int]:
    return {part: len(chapter[part]) for part in ("terms", "entities", "models", "codes", "rules")}


def _told(signed: Any) -> dict[str, Any] | None:
    if signed is None:
        return None
    return {**signed, "role_label": pair(role_label(signed["role"])), "meaning_label": pair(MEANINGS[Meaning(signed["meaning"])])}


@router.get("/handbook/{id_}/chapters/{chapter}", summary="查看手册的一章 · Get a chapter of the handbook")
def chapter(id_: str, chapter: str, given: Given, _: Reader) -> dict[str, Any]:
    """A chapter as it is signed: its content, and the hash that a signature is made over.

    一章的内容,以及签名所绑定的哈希。
    """
    issue = _issue(given, id_)
    shown = issue.shown_of(chapter)
    return {"shown": hash_of(shown), "signed_content": shown, "content": next(c for c in issue.chapters if c["name"] == chapter)}


@router.post("/handbook/{id_}/signatures", summary="签署手册的一章 · Sign a chapter of the handbook", status_code=201)
def signed(id_: str, wanted: Signed, given: Given, actor: Signing) -> dict[str, str]:
    """Sign a chapter as one who answers for it, in person, over the hash of what was shown.

    以责任人身份本人签署一章,签名绑定所见内容的哈希。
    """
    def act(tx: Connection) -> str:
        factors = prove_in_person(tx, given, actor, wanted, action="handbook:sign")
        return given.issues.sign(tx, actor=actor, id_=id_, chapter=wanted.chapter, proven=Proven(shown=wanted.shown, factors=factors, reason=wanted.reason))

    return {"signature": handle(given.store, by=actor.name, action="handbook.sign", object_=f"handbook/{id_}", act=act)}


@router.post("/handbook/{id_}/issue", summary="批准手册生效 · Put an issue of the handbook in force")
def issued(id_: str, wanted: InForce, given: Given, actor: Issuing) -> dict[str, str]:
    """Approve the whole, in person, once every chapter is signed; the issue before is superseded and stays readable.

    各章签署后由本人批准全文生效;上一版即被取代,仍可查阅。
    """
    def act(tx: Connection) -> str:
        factors = prove_in_person(tx, given, actor, wanted, action="handbook:issue")
        return given.issues.put_in_force(tx, actor=actor, id_=id_, proven=Proven(shown=wanted.shown, factors=factors, reason=wanted.reason))

    return {"signature": handle(given.store, by=actor.name, action="handbook.issue", object_=f"handbook/{id_}", act=act)}


@router.post("/handbook/{id_}/withdrawal", summary="撤回手册草案 · Withdraw a draft of the handbook", status_code=204)
def withdrawn(id_: str, because: Because, given: Given, actor: Drafting) -> None:
    """End a draft; its version is not given again.

    撤回草案;其版本号不再使用。
    """
    act: Callable[[Connection], None] = partial(given.issues.withdraw, actor=actor, id_=id_, reason=because.reason)
    handle(given.store, by=actor.name, action="handbook.withdraw", object_=f"handbook/{id_}", act=act)


@router.get("/handbook/{id_}/html", summary="取手册 HTML · Get the handbook as HTML", **text_as(HTML))
def as_html(id_: str, given: Given, _: Reader, language: Words = "zh") -> Response:
    """An issue as one HTML file that loads nothing from elsewhere.

    一版手册,单个 HTML 文件,不从别处加载任何内容。
    """
    return Response(html_of(_issue(given, id_), language=language), media_type="text/html; charset=utf-8", headers=_named(id_, language, "html"))


@router.get("/handbook/{id_}/pdf", summary="取手册 PDF/A · Get the handbook as PDF/A", **file_as(PDF))
def as_pdf(id_: str, given: Given, _: Reader, language: Words = "zh") -> Response:
    """An issue as PDF/A-2a; it takes a font with Chinese signs on the server.

    一版手册,PDF/A-2a;服务器需装有中文字体。
    """
    return Response(pdf_of(_issue(given, id_), language=language, fonts=given.handbook.fonts), media_type=PDF, headers=_named(id_, language, "pdf"))


def _named(id_: str, language: str, kind: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="handbook-{id_.encode("ascii", "replace").decode().replace("?", "_")}-{language}.{kind}"'}
