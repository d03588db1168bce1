"""A record's case over HTTP: where it stands, what an act would sign, the act itself."""

from typing import Annotated, Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from medthread.api.identity import Given, Reader
from medthread.api.listing import select_one, withheld_from
from medthread.api.routes.native import Key, Version, once_of
from medthread.api.sharing import WITHHELD_IN
from medthread.api.subjects import Subject
from medthread.workflow import Act, Credentials, do, handle, once, told
from medthread.workflow.cases import case_of
from medthread.workflow.possible import obstacles
from medthread.workflow.reading import case_view, preview, signed_view

router = Subject("processes", "流程", "Processes", owner="quality").router()
LONG = Annotated[str, Field(max_length=4000)]


class Wanted(BaseModel):
    """Values that come with an act."""

    model_config = ConfigDict(extra="forbid")
    values: dict[str, Any] = {}


class Asked(Wanted):
    """An act: its values, its reason, and for a signature what was shown and the password again."""

    reason: LONG | None = None
    shown: Annotated[str | None, Field(max_length=200, description="content_hash of the preview that was looked at")] = None
    password: Annotated[str | None, Field(max_length=1000)] = None
    totp: Annotated[str | None, Field(max_length=20)] = None

    def credentials(self) -> Credentials | None:
        """What was given for signing."""
        if self.shown is None or self.password is None:
            return None
        return Credentials(shown=self.shown, password=self.password, totp=self.totp)


@router.get("/entities/{entity}/{id_}/case", summary="查看记录的状态、可做的操作与签名 · Get a record's state, acts and signatures")
def case(entity: str, id_: str, given: Given, actor: Reader) -> dict[str, Any]:
    """State, possible acts, what was done and signed, what is due.

    状态、可做的操作、已做与已签的内容、未到的期限。
    """
    select_one(given, given.registry[entity], actor, id_=id_)  # whoever may not see the record does not see its case
    with given.store.transaction() as tx:
        return case_view(tx, given.workflow, entity=entity, record=id_, actor=actor)


@router.get("/entities/{entity}/{id_}/obstacles", summary="查看操作的障碍 · Get what stands in the way of acts")
def in_the_way(entity: str, id_: str, given: Given, actor: Reader) -> dict[str, Any]:
    """By act: what objects to it as the record stands.

    逐项操作列出:以记录现状,什么阻止它。
    """
    select_one(given, given.registry[entity], actor, id_=id_)
    with given.store.transaction() as tx:
        return {"acts": obstacles(tx, given.workflow, case_of(tx, given.workflow, entity=entity, record=id_), actor)}


@router.get("/entities/{entity}/{id_}/signatures/{signature}", summary="查看一个签名及所签内容 · Get a signature and what was signed")
def signed(entity: str, id_: str, signature: str, given: Given, actor: Reader) -> dict[str, Any]:
    """Exactly what a signature is bound to, and whether it stands. Whoever is not shown all of the content is not given its hash.

    一个签名究竟绑定了哪些内容,是否仍然有效。看不到全部内容的人得不到内容哈希。
    """
    item, _ = select_one(given, given.registry[entity], actor, id_=id_)
    with given.store.transaction() as tx:
        return signed_view(tx, given.workflow, entity=entity, record=id_, id_=signature, actor=actor, withheld=item.get(WITHHELD_IN, ()))


@router.post("/entities/{entity}/{id_}/acts/{action}/preview", summary="预览将要签名的内容 · Preview what an act would sign")
def look(entity: str, id_: str, action: str, wanted: Wanted, given: Given, actor: Reader, version: Version = None) -> dict[str, Any]:
    """What would be signed, the hash to send back as `shown`, and what objects; nothing is changed. The hash is keyed: it says that this person saw this, and can be compared with nothing.

    预览将要签名的内容、签名时须在 `shown` 中交回的哈希和障碍;不作任何改动。该哈希带密钥:只表明本人看到了这些内容,不能与其他哈希比较。
    """
    act = Act(entity=entity, record=id_, action=action, version=version, values=wanted.values)
    withheld = withheld_from(given, given.registry[entity], actor, id_)
    with given.store.transaction() as tx:
        found = preview(tx, given.workflow, act, actor, withheld=withheld)
        tx.rollback()
    return found


@router.post("/entities/{entity}/{id_}/acts/{action}", response_model=dict[str, Any], summary="执行并签名一个操作 · Perform and sign an act")
def perform(
    entity: str, id_: str, action: str, asked: Asked, given: Given, actor: Reader, version: Version = None, key: Key = None,
) -> JSONResponse:
    """Do the act, whole; refused, it changes nothing but the log.

    完整地执行操作;被拒绝时除日志外不留任何改动。
    """
    withheld_from(given, given.registry[entity], actor, id_)  # nobody acts on a record that is not shared with them
    act = Act(entity=entity, record=id_, action=action, version=version, values=asked.values, reason=asked.reason, credentials=asked.credentials())
    request = {"act": [entity, id_, action, version], "values": asked.values, "reason": asked.reason}
    outcome = handle(
        given.store, by=actor.name, action=f"{entity}.{action}", object_=f"{entity}/{id_}",
        act=lambda tx: once(tx, once_of(key, actor, request), lambda: told(do(tx, given.workflow, act, actor))))
    return JSONResponse(outcome, headers={"ETag": f'"{outcome["revision"]}"'})
