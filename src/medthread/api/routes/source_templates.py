"""Templates of source systems: what is known of SAP, Kingdee and others before anybody saw a company's own, and a source made from one."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.changing import propose_change
from medthread.api.identity import Given, ModelApplier, ModelReader
from medthread.api.media import CSV, text_as
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.governed.words import MAPPING, TEXT, subject_of
from medthread.governance.sources.making import make_source
from medthread.governance.sources.templates import Wanted, known_template, written
from medthread.governance.sources.templates import empty_sheet as sheet
from medthread.model import parse_source
from medthread.model.errors import ForbiddenError, NotFoundError
from medthread.model.template import BASES, KINDS, SourceTemplate
from medthread.model.yaml_file import parse_yaml
from medthread.trust.access import sources_seen
from medthread.workflow import handle

router = Subject("source-templates", "来源模板", "Templates of sources", owner="it").router()
Tongue = Literal["zh", "en"]


class Making(BaseModel):
    """What a company says of its system. Without `url` files are delivered into the inbox; without `tables` all of the template's are mapped."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")
    org: str = Field(min_length=1, max_length=60)
    owner: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")
    url: str | None = Field(default=None, max_length=500)
    secret: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$", max_length=100, description="the environment variable with the password")
    plant: str | None = Field(default=None, max_length=60)
    tables: list[str] = Field(default_factory=list, max_length=100)
    language: Tongue = Field(default="zh", description="of the columns of sheets")

    @property
    def wanted(self) -> Wanted:
        """The same as the template asks it."""
        return Wanted(**{**self.model_dump(), "tables": tuple(self.tables)})


@router.get("/source-templates", summary="列出来源模板 · List templates of sources")
def listed(given: Given, _: ModelReader) -> dict[str, Any]:
    """Every template: which system, how its records are told apart, which tables it knows and how well.

    全部模板:系统、记录的身份规则、已知的表及依据。
    """
    return {"items": [_described(given, t) for t in given.templates().values()]}


@router.get("/source-templates/{name}/sheets/{table}.csv", summary="下载空白表 · Download an empty sheet", **text_as(CSV))
def empty_sheet(name: str, table: str, given: Given, _: ModelReader, language: Annotated[Tongue, Query()] = "zh") -> PlainTextResponse:
    """The first line of a sheet that people fill in, with a column for each field.

    供填写的空白表:首行为各字段的列名。
    """
    template = known_template(given.templates(), name)
    entity = template.tables[table].entity if table in template.tables else None
    if entity is None:
        raise NotFoundError(f"{name} has no sheet {table!r}", hint="GET /api/v1/source-templates lists those there are")
    return PlainTextResponse(sheet(given.registry[entity], language), media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{table}.csv"'})


@router.post("/source-templates/{name}/preview", summary="预览将生成的映射 · See the mapping that a template would make")
def previewed(name: str, body: Making, given: Given, _: ModelReader) -> dict[str, Any]:
    """The text of the file as it would be written; nothing is.

    将要写入的文件内容;不写入。
    """
    return {"file": f"{body.name}.yaml", "text": written(known_template(given.templates(), name), body.wanted, given.registry)}


@router.post("/source-templates/{name}/sources", summary="由模板新建来源 · Make a source from a template", status_code=201)
def made(name: str, body: Making, given: Given, actor: ModelApplier) -> dict[str, Any]:
    """Write the mapping of a new source from a template. Probe it before it is believed: no template was tried on a live system.

    Where only what is approved holds, it becomes a `proposal` for another person to decide, and no file is written.

    由模板写出新来源的映射。使用前先比对:模板未在真实系统上试过。须经批准时,成为一项提议,由另一人决定,不写文件。
    """
    template = known_template(given.templates(), name)
    text = written(template, body.wanted, given.registry)
    if not sources_seen(actor, (parse_source(parse_yaml(text, file=body.name), origin=body.name),)):
        raise ForbiddenError(f"{body.org} {body.plant or ''} is outside of what you see".replace("  ", " "), hint="name an organisation and a plant of yours", actor=actor.name, action="models:apply")
    if not given.governed.setting.files_hold:
        change = given.governed.change(MAPPING, subject_of(MAPPING, body.name), {TEXT: text})
        return {"source": body.name, "file": None, "proposal": propose_change(given, actor, change, reason=f"template {template.name}")}
    act = partial(make_source, folder=given.source_folder, text=text, template=template, wanted=body.wanted, known=[s.name for s in given.sources], by=actor.name)
    path = handle(given.store, by=actor.name, action="source.make", object_=f"source/{body.name}", act=act)
    given.sources_changed()
    return {"source": body.name, "file": path.name, "proposal": None}


def _described(given: Services, template: SourceTemplate) -> dict[str, Any]:
    tables = [
        {
            "name": n, "label": pair(t.label), "basis": t.basis if t.query else None, "basis_label": pair(BASES[t.basis]) if t.query else None, "is_sheet": t.entity is not None,
            "entities": [t.entity] if t.entity else list(dict.fromkeys(f.entity for f in t.feeds)), "query": t.query,
        }
        for n, t in template.tables.items()
    ]
    return {
        "name": template.name, "label": pair(template.label), "kind": template.kind, "kind_label": pair(KINDS[template.kind]), "versions": template.versions,
        "traps": [pair(t.label) for t in template.traps], "dialect": template.dialect, "tables": tables, "used_by": [s.name for s in given.sources if s.system == template.zh],
    }
