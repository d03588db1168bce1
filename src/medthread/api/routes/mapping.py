"""Mappings while they are written: the file as it is, what a draft of it would make of what was delivered, and what columns may mean."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.changing import mapping_text
from medthread.api.held_rows import checks_by_id, shown_rule
from medthread.api.identity import Given, ModelReader, RunStarter
from medthread.api.language import Language
from medthread.api.routes.sources import probed, seen_source
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.sources import difference
from medthread.governance.sources.beginning import beginning, sample_of_file
from medthread.governance.sources.drafting import SHOWN, accept_suggestion, drafted_source, try_draft
from medthread.governance.sources.probe import sample_of
from medthread.governance.sources.suggesting import WHYS, EntitySuggestion, known_columns, suggest
from medthread.model import Classification, Source
from medthread.model.errors import NotFoundError
from medthread.pipeline.ingest import unnamed_files

router = Subject("mapping", "来源映射", "Mappings of sources", owner="it").router()
LONGEST = 400_000
LIKELY = 5
Name = Annotated[str, Field(min_length=1, max_length=300)]


class Draft(BaseModel):
    """A source's whole file as it might become, and the table that is looked at."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST)
    table: Name


class Asking(Draft):
    """Which entity is meant; the likeliest ones without."""

    entity: Name | None = None


class Accepting(Draft):
    """A column that fills a field."""

    entity: Name
    field: Name
    column: str = Field(min_length=1, max_length=2000)


class OfFile(BaseModel):
    """A file of the inbox that no mapping names."""

    model_config = ConfigDict(extra="forbid")
    file: str = Field(min_length=1, max_length=1000)
    entity: Name | None = None


@router.get("/sources/{name}/mapping", summary="取来源的映射文件 · Get the mapping of a source")
def text_of(name: str, given: Given, actor: ModelReader) -> dict[str, Any]:
    """The file as it is, with its hash, and its tables; of an approved mapping what was approved, without a `file`.

    映射文件的原文及其哈希,和其中各表;经批准的映射给出批准的内容,没有 `file`。
    """
    source = seen_source(given, actor, name)
    file, text = mapping_text(given, name)
    return {"file": file, "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "tables": list(source.tables)}


@router.post("/sources/{name}/mapping/trials", summary="试用改写的映射 · Try a drafted mapping")
def tried(name: str, body: Draft, given: Given, actor: RunStarter, language: Language) -> dict[str, Any]:
    """Read a few hundred rows of a table by a draft: names and types that do not fit, rows as they would be accepted, rules that would hold others, and what changes in the file. Nothing is written.

    用改写的映射读取几百行:不符的列名与类型、将被接受的行、会隔离其余行的规则,以及文件的改动。不写入任何内容。
    """
    seen_source(given, actor, name)
    context = given.batch()
    source = drafted_source(context, name, body.text)
    told = try_draft(context, source, body.table, clear=actor.clearance >= Classification.PERSONAL)
    known = checks_by_id(given)
    held = [{"row": n, "rules": [shown_rule(r, known) for r in rules]} for n, rules in list(told.preview.held.items())[:SHOWN]]
    return {
        "sampled": told.sampled, "accepted": told.sampled - len(told.preview.held), "held_rows": len(told.preview.held), "held": held, "fit": probed(told.probe, language),
        "rows": [{"entity": e, "rows": rows} for e, rows in told.preview.rows.items()], "lineage": _lineage(source, body.table),
        "diff": difference(mapping_text(given, name)[1], body.text),
    }


@router.post("/sources/{name}/mapping/suggestions", summary="建议字段来自哪些列 · Suggest which columns fill which fields")
def suggested(name: str, body: Asking, given: Given, actor: RunStarter) -> dict[str, Any]:
    """What a table's rows may be and which column may fill which field, by names, types and values; a person accepts it or not.

    这张表可能是什么、哪些列可能填入哪些字段,依据名称、类型与取值;由人决定是否接受。
    """
    seen_source(given, actor, name)
    context = given.batch()
    source = drafted_source(context, name, body.text)
    sample = sample_of(replace(context, sources=(source,)), name, body.table)
    mapped = source.tables[body.table].mapped
    return {"columns": [{"name": c, "mapped": c in mapped} for c in sample.column_names], "items": [_suggestion(s) for s in _found(given, sample, table=body.table, only=body.entity)]}


@router.post("/sources/{name}/mapping/accepted", summary="把建议写入改写的映射 · Put a suggestion into a draft")
def accepted(name: str, body: Accepting, given: Given, actor: ModelReader) -> dict[str, Any]:
    """The draft with a column for a field in it; nothing is written.

    写入该字段来源列之后的草稿;不保存。
    """
    seen_source(given, actor, name)
    return {"text": accept_suggestion(body.text, table=body.table, entity=body.entity, field=body.field, column=body.column)}


@router.get("/unmapped-files", summary="列出没有映射的文件 · List files that no mapping names")
def unmapped(given: Given, actor: RunStarter) -> dict[str, Any]:
    """Files in the inbox that nobody reads.

    收件夹中没有映射读取的文件。
    """
    return {"items": [] if actor.reach.is_bound else unnamed_files(given.sources, given.inbox)}


@router.post("/mapping-suggestions", summary="建议一个文件的映射 · Suggest a mapping of a file")
def suggested_for_file(body: OfFile, given: Given, actor: RunStarter) -> dict[str, Any]:
    """The same of a file that no mapping names, with the lines of a mapping to begin with.

    对没有映射的文件给出同样的建议,以及可作起点的映射。
    """
    if actor.reach.is_bound or body.file not in unnamed_files(given.sources, given.inbox):
        raise NotFoundError(f"no unmapped file {body.file!r}", hint="GET /api/v1/unmapped-files lists those there are")
    sample = sample_of_file(given.inbox, body.file)
    found = _found(given, sample, table=Path(body.file).stem, only=body.entity)
    begun = beginning(body.file, found[0]) if found else None
    return {"columns": [{"name": c, "mapped": False} for c in sample.column_names], "items": list(map(_suggestion, found)), "mapping": begun}


def _found(given: Services, sample: pa.Table, *, table: str, only: str | None) -> list[EntitySuggestion]:
    known = known_columns(given.templates().values(), given.sources)
    return suggest(sample, given.registry, known, table=table, only=only)[:LIKELY]


def _suggestion(told: EntitySuggestion) -> dict[str, Any]:
    fields = [{"field": f.field, "column": f.column, "fit": f.fit, "why": [pair(WHYS[w]) for w in f.why], "codes": dict(f.codes)} for f in told.fields]
    return {"entity": told.entity, "fit": told.fit, "fields": fields, "lacking": list(told.lacking)}


def _lineage(source: Source, table: str) -> list[dict[str, Any]]:
    """Raw columns, and the fields that each of them fills."""
    found: dict[str, list[str]] = {}
    for feed in source.tables[table].feeds:
        for name, mapping in feed.fields.items():
            for column in mapping.columns:
                found.setdefault(column, []).append(f"{feed.entity}.{name}")
    return [{"column": c, "fields": fields} for c, fields in sorted(found.items())]
