"""Contracts of others: what consumers expect of us and sources promise to us, held against what is; rules that they suggest."""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from medthread.api import contracted
from medthread.api.identity import Given, ModelApplier, Reader, may
from medthread.api.language import Language
from medthread.api.media import YAML, text_as
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.contracts.others import OfOthers, Part, keep_one, kept, let_go, of_others, one_kept
from medthread.governance.contracts.reading import MOST, read_contract
from medthread.governance.contracts.source_check import table_of_source
from medthread.governance.contracts.suggested import suggested_by_consumer, suggested_by_source
from medthread.governance.contracts.writing import as_yaml
from medthread.governance.profiles import Suggestion, accept_suggestion, written
from medthread.model.errors import ConflictError, DeclarationError, NotFoundError
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("contracts_of_others", "他方契约", "Contracts of others", owner="it").router()
KEEP = "contracts:keep"
Keeping = Annotated[Actor, Depends(may(KEEP))]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
Reason = Annotated[str, Query(min_length=2, max_length=2000)]


class Handed(BaseModel):
    """A contract of somebody else, as text, and what it is of: an entity or `marts.…` of a consumer's, `source.table` of a source's."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=MOST)
    kind: Part
    subject: str = Field(min_length=1, max_length=200)
    owner: str = Field(min_length=1, max_length=60, description="who of ours answers to them")
    blocks: bool = Field(default=False, description="a release that would break what a consumer expects is kept from readers")


def _read(given: Services, name: str, body: Handed, by: str) -> OfOthers:
    document = read_contract(body.text.encode(), name=name)
    return contracted.of_something(given, of_others(document, name=name, kind=body.kind, subject=body.subject, owner=body.owner, blocks=body.blocks, by=by))


@router.get("/contracts-of-others", summary="列出他方契约 · List contracts of others")
def listed(given: Given, actor: Reader, language: Language) -> dict[str, Any]:
    """Every contract of a consumer or a source that is kept, with how it stands now.

    保存的全部消费方与来源方契约,以及各自的现状。
    """
    with given.store.transaction() as tx:
        found = kept(tx)
    items = [{**contracted.of_others_line(o), "verdict": contracted.checked(given, o, language)["verdict"]} for o in found.values()]
    return {"items": items, "keeps": given.access.refused_by(actor, KEEP) is None}


@router.get("/contracts-of-others/{name}", summary="查看一份他方契约 · Get a contract of others")
def one(name: str, given: Given, _: Reader, language: Language) -> dict[str, Any]:
    """How it stands: a verdict for each field that a consumer expects, or for each column that a source promises and a mapping reads.

    它的现状:消费方期望的每个字段,或来源方承诺、映射读取的每一列,逐一给出结论。
    """
    with given.store.transaction() as tx:
        found = one_kept(tx, name)
    return {**contracted.of_others_line(found), "check": contracted.checked(given, found, language)}


@router.get("/contracts-of-others/{name}/document", summary="取他方契约原文 · Get the document of a contract of others", **text_as(YAML))
def document(name: str, given: Given, _: Reader) -> Response:
    """What it says, as YAML.

    契约内容(YAML)。
    """
    with given.store.transaction() as tx:
        found = one_kept(tx, name)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}.odcs.yaml"'}
    return Response(as_yaml(found.document), media_type=f"{YAML}; charset=utf-8", headers=headers)


@router.post("/contracts-of-others/{name}/trial", summary="试看他方契约 · Try a contract of others")
def trial(name: Name, body: Handed, given: Given, actor: Reader, language: Language) -> dict[str, Any]:
    """How it would stand; nothing is kept.

    会得到怎样的结论;不保存任何内容。
    """
    found = _read(given, name, body, actor.name)
    return {**contracted.of_others_line(found), "check": contracted.checked(given, found, language)}


@router.put("/contracts-of-others/{name}", summary="保存他方契约 · Keep a contract of others")
def keep(name: Name, body: Handed, given: Given, actor: Keeping, language: Language) -> dict[str, Any]:
    """Keep it by its name, in the place of an earlier one of the same subject. A consumer's is held against every release from here on.

    按名称保存,替换同一对象的旧版。消费方契约从此在每次发布时检查。
    """
    found = _read(given, name, body, actor.name)
    handle(given.store, by=actor.name, action="contract.keep", object_=f"contract/{name}", act=partial(keep_one, one=found))
    return {**contracted.of_others_line(found), "check": contracted.checked(given, found, language)}


@router.delete("/contracts-of-others/{name}", summary="不再保存他方契约 · Keep a contract of others no longer", status_code=204)
def end(name: str, given: Given, actor: Keeping, reason: Reason) -> None:
    """It is not held against releases any more; the log keeps that it was, and its hash.

    不再参与发布时的检查;日志中保留其存在过的记录与哈希。
    """
    handle(given.store, by=actor.name, action="contract.let_go", object_=f"contract/{name}", act=partial(let_go, name=name, by=actor.name, reason=reason))


@router.get("/contracts-of-others/{name}/rules", summary="列出他方契约建议的规则 · List rules that a contract of others suggests")
def rules(name: str, given: Given, _: ModelApplier) -> dict[str, Any]:
    """Rules of quality that it suggests and that nobody has said, each with what all rows say of it and the text that accepting would write.

    它建议且尚未写明的质量规则,连同全部行的证据,以及接受后将写入的文本。
    """
    return {"items": [
        {"name": s.rule.name, "label": pair(s.rule.label), "gate": s.rule.gate.value, "at": s.rule.at.value, "kind": s.rule.check.kind, "checked": s.checked, "broken": s.broken, "text": written(s)}
        for s in _suggested(given, name)
    ]}


@router.post("/contracts-of-others/{name}/rules/{rule}/accept", summary="接受他方契约建议的规则 · Accept a rule that a contract of others suggests")
def accept(name: str, rule: str, given: Given, actor: ModelApplier) -> dict[str, Any]:
    """Write the rule into `rules/`, never over a file that is there; it is in force at once.

    把规则写入 `rules/`,绝不覆盖已有文件;立即生效。
    """
    found = next((s for s in _suggested(given, name) if s.rule.name == rule), None)
    if found is None:
        raise NotFoundError(f"{name} suggests no rule {rule!r}", hint=f"GET /api/v1/contracts-of-others/{name}/rules lists them")
    act = partial(accept_suggestion, context=given.batch(), folder=given.rule_folder, found=found, by=actor.name)
    made = handle(given.store, by=actor.name, action="rule.accept", object_=f"rule/{rule}", act=act)
    try:
        given.rules_changed()
    except DeclarationError as error:
        raise ConflictError(error.message, hint=error.hint, labels=error.labels) from error
    return {"rule": made.name, "file": made.origin}


def _suggested(given: Services, name: str) -> list[Suggestion]:
    with given.store.transaction() as tx:
        one = one_kept(tx, name)
    if one.kind is Part.CONSUMER:
        return suggested_by_consumer(one, given.contracts.one(one.subject), given.batch(), given.releases.heads())
    source, table, _ = table_of_source(given.sources, one.subject)
    return suggested_by_source(one, source, table, given.batch(), given.releases.heads())
