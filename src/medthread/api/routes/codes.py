"""The crosswalk of codes: what the words of each source mean, and those that rows wait for."""

from functools import partial
from typing import Annotated, Any

import pyarrow as pa
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from medthread.api.identity import Given, HeldDecider, QuarantineReader, Reader
from medthread.api.routes.review import seen
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.codes import Place, declared, places, unknown
from medthread.governance.quality_index import today_in
from medthread.governance.review.deciding import Decided, Saying, decide
from medthread.governance.review.desk import desk
from medthread.governance.review.told import tell_decided
from medthread.model.errors import ConflictError, NotFoundError
from medthread.pipeline.correct.decided import Kind
from medthread.pipeline.standardise.codes import CodeWord, code_words
from medthread.trust.access import Actor, sources_seen
from medthread.workflow import handle

router = Subject("codes", "代码对照", "Code crosswalk", owner="it").router()
Text = Annotated[str | None, Query(max_length=200)]


class Word(BaseModel):
    """A source's word for a code, and why its rows are tried again."""

    model_config = ConfigDict(extra="forbid")
    source: str = Field(max_length=100)
    entity: str = Field(max_length=100)
    field: str = Field(max_length=100)
    theirs: str = Field(min_length=1, max_length=1000)
    reason: str = Field(min_length=2, max_length=2000)


def _places(given: Services, actor: Actor) -> list[Place]:
    mine = sources_seen(actor, given.sources)
    return [p for p in places(given.sources, given.registry) if p.source in mine]


def _said(tx: Connection, given: Services, of: list[Place]) -> list[CodeWord]:
    known = {(p.source, p.entity.name, p.field) for p in of}
    return [w for w in code_words(tx, today_in(given.workflow.calendar.zone)) if w.place in known]


@router.get("/code-crosswalk", summary="列出代码对照 · List what words of sources mean")
def listed(given: Given, actor: Reader, source: Text = None, entity: Text = None, field: Text = None) -> dict[str, Any]:
    """Every word of every coded field: what mappings say, and what the company says beside and above them.

    各来源在代码字段上的用词及其含义:映射中的,与企业另行批准的。
    """
    of = [p for p in _places(given, actor) if (source, entity, field) == (source and p.source, entity and p.entity.name, field and p.field)]
    with given.store.transaction() as tx:
        said = _said(tx, given, of)
    own = [
        {"source": w.source, "entity": w.entity, "field": w.field, "theirs": w.theirs, "ours": w.ours, "by": "company", "proposal": w.said.proposal,
         "since": w.said.since, "proposed_by": w.said.proposed_by, "approved_by": w.said.approved_by} for w in said
    ]
    above = {(w.source, w.entity, w.field, w.theirs) for w in said}
    items = [i for i in declared(of) if (i["source"], i["entity"], i["field"], i["theirs"]) not in above] + own
    return {"items": sorted(items, key=lambda i: (i["source"], i["entity"], i["field"], i["theirs"])), "fields": _fields(of)}


def _fields(of: list[Place]) -> list[dict[str, Any]]:
    """The coded fields with their codes in words."""
    found = {(p.entity.name, p.field): p for p in of}
    return [
        {"entity": e, "field": f, "entity_label": pair(p.entity.about.label), "label": pair(p.entity.fields[f].label), "codes": {c: pair(label) for c, label in p.codes.items()}}
        for (e, f), p in sorted(found.items())
    ]


@router.get("/code-crosswalk/unknown", summary="列出不认识的代码 · List words that nobody knows")
def unknown_words(given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """Words that rows are held for, those with most rows first: what each may mean, or what was said of it meanwhile.

    使数据行被隔离的代码用词,涉及行数多的在前:可能的含义,或已经批准的含义。
    """
    of = _places(given, actor)
    with given.store.transaction() as tx, desk(given.reader.current(), tx, seen=seen(given, actor)) as rows:
        found = unknown(rows, of, said=_said(tx, given, of))
    return {"items": found, "fields": _fields(of)}


@router.post("/code-crosswalk/again", summary="重新接入已认识代码的行 · Try rows again whose word is known now", status_code=201)
def again(word: Word, given: Given, actor: HeldDecider) -> dict[str, Any]:
    """Take the rows in again, as they came, with the next run: what their word means has been said since they were held.

    含义批准之后,把为此隔离的行按原样交下一次运行接入。
    """
    act = partial(_again, given=given, actor=actor, word=word)
    done = handle(given.store, by=actor.name, action="held.decide", object_="held", act=act)
    return {"act": done.act, "rows": done.rows}


def _again(tx: Connection, given: Services, actor: Actor, word: Word) -> Decided:
    of = [p for p in _places(given, actor) if (p.source, p.entity.name, p.field) == (word.source, word.entity, word.field)]
    if not any(w.theirs == word.theirs for w in _said(tx, given, of)):
        raise ConflictError(f"nobody has said what {word.theirs!r} means", hint="propose its meaning, and have it approved")
    with desk(given.reader.current(), tx, seen=seen(given, actor)) as found:
        tables = [t for p in of if (t := found.saying(p.held, p.text, word.theirs)).num_rows]
    if not tables:
        raise NotFoundError(f"no row waits for {word.theirs!r}", hint="they may have been decided on meanwhile")
    done = decide(tx, rows=pa.concat_tables(tables), saying=Saying(Kind.CORRECTED, word.reason, actor.name))
    tell_decided(tx, given.workflow, act=done.act, kind=Kind.CORRECTED, reason=word.reason, by=actor.name, rows=done.by_source)
    return done
