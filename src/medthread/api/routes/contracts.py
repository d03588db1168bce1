"""Data contracts: what is promised of every table, in which version, what a release would change of it; compared with any other."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from medthread.api import contracted
from medthread.api.described import described
from medthread.api.identity import Given, Reader
from medthread.api.language import Language
from medthread.api.media import JSON, JSON_LD, YAML, text_as
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.catalogue import MEDIA, catalogue_text
from medthread.governance.contracts.kept import promised_by, version_of, versions
from medthread.governance.contracts.others import kept
from medthread.governance.contracts.reading import MOST, read_contract
from medthread.governance.contracts.shelf import standing_of
from medthread.governance.contracts.writing import as_json, as_yaml
from medthread.methods.contracts import BOTH, READERS, compare, worst
from medthread.model.errors import NotFoundError
from medthread.model.owners import owner_label

router = Subject("contracts", "数据契约", "Data contracts", owner="it").router()
Version = Annotated[str | None, Query(pattern=r"^\d{1,6}\.\d{1,6}\.\d{1,6}$", description="one that was given out; as it would be now where none is named")]
Form = Literal["datahub", "openmetadata", "dcat"]
Text = Annotated[str, Field(min_length=1, max_length=MOST)]


class Compared(BaseModel):
    """Two contracts as text. Without `before`, the contract of `subject` as it is now; `after` is held against it, or proposed in its place."""

    model_config = ConfigDict(extra="forbid")
    after: Text
    before: Text | None = None
    subject: str | None = Field(default=None, max_length=200)
    sides: Literal["both", "readers"] = "both"


@router.get("/contracts", summary="列出数据契约 · List data contracts")
def contracts(given: Given, _: Reader, release: Annotated[str | None, Query(max_length=100)] = None) -> dict[str, Any]:
    """Every contract: the version given out last, and what a release now would make of it. With `release`, the versions that it promised.

    全部数据契约:最近给出的版本,以及现在发布会给出的版本与结论。给出 `release` 时,列出该发布所承诺的各版本。
    """
    with given.store.transaction() as tx:
        if release is not None:
            found = promised_by(tx, release)
            return {"items": [{"subject": s, "version": v.version, "release": v.release, "at": v.at} for s, v in sorted(found.items())], "gone": []}
        standing, gone = given.contracts.standing(tx)
    return {"items": [contracted.line(s) for s in standing.values()], "gone": [{"subject": g.subject, "version": g.version, "release": g.release} for g in gone]}


@router.get("/contracts/{entity}", summary="取数据契约 ODCS · Get a data contract (ODCS)", **text_as(YAML, JSON))
def contract(entity: str, given: Given, _: Reader, version: Version = None, form: Annotated[Literal["yaml", "json"], Query()] = "yaml") -> Response:
    """The contract of an entity, or of a model by its table such as `marts.lot_overview` (ODCS 3.2.0): a version that was given out, else as it is now.

    对象的数据契约,或模型的数据契约(以表名指定,如 `marts.lot_overview`),按 ODCS 3.2.0:指定的已给出版本,否则为现在的内容。
    """
    with given.store.transaction() as tx:
        if version is not None:
            content = version_of(tx, entity, version).content
        else:
            one = given.contracts.one(entity)
            last = next((v for v in versions(tx, entity) if v.content is not None), None)
            content = one.numbered(last.version) if last is not None and last.digest == one.digest else one.content
    if content is None:
        raise NotFoundError(f"{entity} was gone with version {version}", hint="take the version before it")
    text, media = (as_yaml(content), YAML) if form == "yaml" else (as_json(content), JSON)
    headers = {"Content-Disposition": f'attachment; filename="{entity}.odcs.{form}"'}
    return Response(text, media_type=f"{media}; charset=utf-8", headers=headers)


@router.get("/contracts/{entity}/standing", summary="查看数据契约的现状 · Get how a data contract stands")
def standing(entity: str, given: Given, _: Reader, language: Language) -> dict[str, Any]:
    """One contract: what it promises in short, the versions with what differed and whom it broke, what a release now would change, who expects something of it.

    一份契约:承诺的摘要,历次版本及差异与结论,现在发布会改变什么,以及谁对它有期望。
    """
    one = given.contracts.one(entity)
    with given.store.transaction() as tx:
        past = versions(tx, entity)
        others = [o for o in kept(tx).values() if o.subject == entity]
    here, table = standing_of(one, next(iter(past), None)), one.there
    return {
        **contracted.line(here), "grain": table.get("dataGranularityDescription"), "team": [{**m, "label": pair(owner_label(m["username"]))} for m in one.content["team"]["members"]],
        "fields": contracted.fields_told(one), "promises": contracted.promises_told(one), "rules": len(table.get("quality", ())), "pending": contracted.differences(here.differences),
        "versions": [contracted.version(v) for v in past], "expected": [{**contracted.of_others_line(o), "check": contracted.checked(given, o, language)} for o in others],
    }


@router.post("/contract-comparison", summary="比较两份数据契约 · Compare two data contracts")
def comparison(body: Compared, given: Given, _: Reader) -> dict[str, Any]:
    """Every difference between two contracts after ODCS 3.0 to 3.2, each breaking, not judged, compatible or words alone, with the reason. Nothing is kept.

    两份契约(ODCS 3.0 至 3.2)的全部差异:破坏、无法判断、兼容或仅文字,并给出理由。不保存任何内容。
    """
    after = read_contract(body.after.encode(), name="after")
    before = read_contract(body.before.encode(), name="before") if body.before is not None else given.contracts.one(body.subject or "").content
    found = compare(before, after, sides=READERS if body.sides == "readers" else BOTH)
    return {"verdict": worst(d.verdict for d in found).value if found else None, "differences": contracted.differences(found)}


@router.get("/catalogue-exports/{form}", summary="导出目录 · Export the catalogue", **text_as(JSON, JSON_LD))
def catalogue(form: Form, given: Given, _: Reader) -> Response:
    """The catalogue for other tools, the same bytes for the same state: `datahub` change proposals for its file source, `openmetadata` requests of its REST interface in order, `dcat` as JSON-LD of DCAT 3.

    供其他工具使用的目录,同一状态导出同样的字节:`datahub` 为其文件来源的变更提议,`openmetadata` 为按序的 REST 请求,`dcat` 为 DCAT 3 的 JSON-LD。
    """
    text = catalogue_text(form, described(given))
    ending = "jsonld" if form == "dcat" else "json"
    return Response(text, media_type=MEDIA[form], headers={"Content-Disposition": f'attachment; filename="{form}.{ending}"'})
