"""Models of tables: what they mean, how their tests went, what a change of their files would do, and bringing it into force."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from medthread.api import contracted
from medthread.api.identity import Given, ModelApplier, ModelReader
from medthread.api.language import Language
from medthread.api.modelled import Shown, tried
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.form import pair
from medthread.governance.contracts.planned import contracts_of_plan
from medthread.model.errors import ConflictError, DeclarationError, NotFoundError
from medthread.pipeline.build.case import try_cases
from medthread.pipeline.build.described import described
from medthread.pipeline.build.known import Known, known_models
from medthread.pipeline.build.model import Model
from medthread.pipeline.build.versions import history
from medthread.stores.lakehouse.committer import key_of
from medthread.trust.access import Actor
from medthread.workflow import handle

router = Subject("models", "模型", "Models", owner="it").router()
Number = Annotated[int, Query(ge=1, le=1_000_000)]


class Applying(BaseModel):
    """Why the changes are brought into force; `seen` is the plan's, where it must be the one that was looked at."""

    reason: str = Field(min_length=2, max_length=2000)
    seen: str | None = Field(default=None, max_length=64)


@contextmanager
def _readable() -> Iterator[None]:
    """What is wrong with somebody's file stands in the way; it is no failure of ours."""
    try:
        yield
    except DeclarationError as error:
        raise ConflictError(error.message, hint=error.hint, labels=error.labels) from error


def _known(given: Services, actor: Actor, language: str) -> tuple[Shown, DeclarationError | None]:
    """Every model; what is in force alone where the files cannot be read, with what is wrong with them."""
    context = given.batch()
    try:
        known, fault = known_models(context, given.models()), None
    except DeclarationError as error:
        known, fault = known_models(context, None), error
    return Shown(given, known, actor, language), fault


def _one(shown: Shown, name: str) -> Known:
    if name not in shown.known:
        raise NotFoundError(f"no model {name!r}", hint="GET /api/v1/models lists them")
    return shown.known[name]


@router.get("/models", summary="列出模型 · List models")
def models(given: Given, actor: ModelReader, language: Language) -> dict[str, Any]:
    """Every model: who answers for it, its version in force, its size, how its tests went. `fault` is set where a file cannot be read.

    每个模型:负责方、生效版本、大小、检验结果。有文件无法读取时给出 `fault`。
    """
    shown, fault = _known(given, actor, language)
    return {"items": [shown.line(one) for one in shown.known.values()], "fault": fault.told(language)._asdict() if fault else None}


@router.get("/models/{name}", summary="查看一个模型 · Get a model")
def model(name: str, given: Given, actor: ModelReader, language: Language) -> dict[str, Any]:
    """One model: meaning, text, columns, tests and what they found, inputs, readers, versions, cases.

    Rows that fail are named by their grain to readers who may see every value behind them; to others they are counted.

    一个模型:含义、文本、列、检验及结果、输入、读者、版本、用例。不通过的行,只向看得到其背后全部取值的读者指明,其余只给出行数。
    """
    shown, _ = _known(given, actor, language)
    one = _one(shown, name)
    with given.store.transaction() as tx:
        versions = history(tx, name)
    return shown.whole(one, versions)


@router.get("/models/{name}/diff", summary="比较模型的两个版本 · Compare two versions of a model")
def diff(name: str, given: Given, _: ModelReader, before: Number, after: Number) -> dict[str, Any]:
    """The texts of two versions as a unified diff.

    两个版本文本的差异(unified diff)。
    """
    with given.store.transaction() as tx:
        texts = {v.version: v.text for v in history(tx, name)}
    missing = [n for n in (before, after) if n not in texts]
    if missing:
        raise NotFoundError(f"model {name!r} has no version {missing[0]}", hint=f"GET /api/v1/models/{name} lists its versions")
    lines = list(difflib.unified_diff(texts[before].splitlines(), texts[after].splitlines(), lineterm="", n=2))[2:]
    return {"before": before, "after": after, "diff": lines}


@router.post("/models/{name}/cases/try", summary="试模型的用例 · Try the cases of a model")
def try_its_cases(name: str, given: Given, actor: ModelApplier, language: Language) -> dict[str, Any]:
    """Run the model's file over what each case gives, and compare with what it expects; no data is touched.

    在每个用例给定的数据上运行该模型的文件,与期望比较;不触及任何数据。
    """
    shown, fault = _known(given, actor, language)
    with _readable():
        if fault:
            raise fault
        declared = _one(shown, name).declared
        results = try_cases([declared] if declared else [], given.models(), given.registry)
    return {"items": [tried(r, language) for r in results]}


@router.get("/model-plan", summary="查看模型改动的计划 · Get the plan of changes of models")
def plan(given: Given, _: ModelReader, language: Language) -> dict[str, Any]:
    """What the files of models would change of what is in force, who loses fields by it, which contracts it breaks, what it costs; nothing is changed.

    模型文件会使生效内容发生哪些变化、谁会因此失去字段、破坏哪些数据契约、代价多少;不做任何改动。
    """
    try:
        declared = given.models()
        found = given.plan()
    except DeclarationError as error:
        told = error.told(language)
        return {"verdict": None, "seconds": 0.0, "changes": [], "remade": [], "faults": [{"model": None, **told._asdict()}], "labels": {}, "contracts": [], "seen": None}
    labels = {m.name: pair(m.label) for m in declared} | {c.name: pair(c.label) for c in given.consumers}
    with given.store.transaction() as tx:
        promised = contracted.planned(contracts_of_plan(tx, found, given.contracts.making))
    return {**described(found, language), "labels": labels, "contracts": promised, "seen": _seen(declared)}


@router.post("/model-plan/apply", summary="使模型改动生效 · Bring changes of models into force", status_code=202)
def apply(body: Applying, given: Given, actor: ModelApplier) -> dict[str, str]:
    """Make what the plan names, ask what is expected of it, publish it, in the background; progress is in the run's events.

    按计划重建、检验、发布,在后台进行;进度见运行的事件流。
    """
    act = partial(_apply, given=given, by=actor.name, body=body)
    return {"run_id": handle(given.store, by=actor.name, action="model.apply", object_="model", act=act)}


def _apply(tx: Connection, *, given: Services, by: str, body: Applying) -> str:
    with _readable():
        if body.seen not in (None, _seen(given.models())):
            raise ConflictError("the models are no longer those of the plan that was looked at", hint="look at the plan again")
        found = given.plan()
        if found.faults:
            raise found.faults[0].error
    if not found.changes and not found.remade:
        raise ConflictError("nothing of the models would change", hint="change a model's file first")
    return given.runner.start_applying(tx, by=by, reason=body.reason)


def _seen(declared: tuple[Model, ...]) -> str:
    """Names the texts that a plan was made of."""
    return key_of("plan", *(f"{m.name}\n{m.text}" for m in declared))
