"""One's own account: password, second factor, recovery codes, sessions. In person only, never by a token."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from medthread.api.identity import Given, Oneself
from medthread.api.in_person import InPerson, prove_in_person
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.trust.access import Actor
from medthread.trust.accounts import change_password
from medthread.trust.credentials import Proof
from medthread.trust.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    has_second_factor,
    new_recovery_codes,
    recovery_codes_left,
    remove_second_factor,
)
from medthread.trust.sessions import end_session, sessions_of
from medthread.workflow import handle
from medthread.workflow.notices import LONGEST, address_of, set_address

router = Subject("account", "本人账号", "One's own account", owner="security", internal=True).router()


class NewPassword(InPerson):
    """The present proof and the password to have from now on; the API tokens end unless they are to be kept."""

    fresh: str = Field(max_length=1000)
    keep_tokens: bool = False


class Confirmation(BaseModel):
    """A code that the authenticator app shows."""

    code: str = Field(max_length=20)


class NoticeAddress(BaseModel):
    """Where one wants to be told that something waits; nowhere when it is null."""

    address: str | None = Field(max_length=LONGEST)


def _in_person(tx: Connection, given: Services, actor: Actor, proof: InPerson) -> None:
    prove_in_person(tx, given, actor, proof, action="account.change")


@router.get("/account", summary="查看我的账号 · Get one's own account")
def read(given: Given, actor: Oneself) -> dict[str, Any]:
    """One's account: what is set, what is due, where one is signed in.

    本人账号:设置了什么、到期事项、在哪里登录着。
    """
    with given.store.transaction() as tx:
        open_ = sessions_of(tx, name=actor.name, rules=given.account_rules)
        second = has_second_factor(tx, actor.name)
        left = recovery_codes_left(tx, actor.name)
        mail = address_of(tx, actor.name)
    sessions = [{**s, "current": s["id"] == actor.session} for s in open_]
    return {
        "username": actor.name, "name": actor.printed_name, "roles": list(actor.roles), "must": list(actor.must),
        "second_factor": second, "recovery_codes": left, "sessions": sessions,
        "notices": {"offered": given.has_mail, "mail": mail},
        "shortest_password": given.account_rules.shortest_password,
    }


@router.put("/account/password", summary="更改我的密码 · Change one's own password", status_code=204)
def password(wanted: NewPassword, given: Given, actor: Oneself) -> None:
    """Change one's password; every other session ends, and every API token unless `keep_tokens`.

    更改本人密码;其他会话随即结束,接口令牌也一并终止(除非 `keep_tokens`)。
    """
    proof = Proof(wanted.password, wanted.code)
    act = partial(
        change_password, keyring=given.keyring, name=actor.name, proof=proof, fresh=wanted.fresh, rules=given.account_rules, keep=actor.session,
        keep_tokens=wanted.keep_tokens)
    handle(given.store, by=actor.name, action="password.change", object_=f"account/{actor.name}", act=act)


@router.post("/account/second-factor", summary="开始设置第二因素 · Begin a second factor", status_code=201)
def begin(proof: InPerson, given: Given, actor: Oneself) -> dict[str, str]:
    """Begin a second factor: a secret for an authenticator app, which counts once it is confirmed.

    开始设置第二因素:供验证器使用的密钥,确认后生效。
    """

    def act(tx: Connection) -> dict[str, str]:
        _in_person(tx, given, actor, proof)
        return begin_enrolment(tx, given.keyring, name=actor.name)

    return handle(given.store, by=actor.name, action="second_factor.begin", object_=f"account/{actor.name}", act=act)


@router.put("/account/second-factor", summary="确认第二因素 · Confirm the second factor")
def confirm(confirmation: Confirmation, given: Given, actor: Oneself) -> dict[str, Any]:
    """Set the second factor by a code of it; the recovery codes are in this answer and nowhere else.

    用一个动态码确认第二因素;恢复码只出现在这次应答中。
    """
    act = partial(confirm_enrolment, keyring=given.keyring, name=actor.name, code=confirmation.code, now=datetime.now(UTC))
    codes = handle(given.store, by=actor.name, action="second_factor.confirm", object_=f"account/{actor.name}", act=act)
    return {"recovery_codes": codes}


@router.post("/account/second-factor/removal", summary="取消我的第二因素 · Remove one's own second factor", status_code=204)
def remove(proof: InPerson, given: Given, actor: Oneself) -> None:
    """Take the second factor away, proven by it.

    以第二因素自证后将其取消。
    """

    def act(tx: Connection) -> None:
        _in_person(tx, given, actor, proof)
        remove_second_factor(tx, name=actor.name, by=actor.name, reason="its owner's wish")

    handle(given.store, by=actor.name, action="second_factor.remove", object_=f"account/{actor.name}", act=act)


@router.post("/account/recovery-codes", summary="更换恢复码 · Renew recovery codes", status_code=201)
def recovery_codes(proof: InPerson, given: Given, actor: Oneself) -> dict[str, Any]:
    """New recovery codes in place of those there were.

    用新的恢复码替换原有的。
    """

    def act(tx: Connection) -> list[str]:
        _in_person(tx, given, actor, proof)
        return new_recovery_codes(tx, name=actor.name)

    codes = handle(given.store, by=actor.name, action="second_factor.recovery_codes", object_=f"account/{actor.name}", act=act)
    return {"recovery_codes": codes}


@router.delete("/account/sessions/{id_}", summary="结束我的会话 · End one of one's own sessions", status_code=204)
def end(id_: str, given: Given, actor: Oneself) -> None:
    """End one of one's sessions.

    结束本人的一个会话。
    """
    act = partial(end_session, name=actor.name, id_=id_, by=actor.name)
    handle(given.store, by=actor.name, action="session.end", object_=f"account/{actor.name}", act=act)


@router.put("/account/notices", summary="设置通知地址 · Set where notices go", status_code=204)
def notices(wanted: NoticeAddress, given: Given, actor: Oneself) -> None:
    """Set or take away the address at which one is told, by mail, that something waits in one's inbox.

    设置或取消通知地址:收件箱有事项等待时以邮件告知。
    """
    act = partial(set_address, account=actor.name, address=wanted.address, by=actor.name)
    handle(given.store, by=actor.name, action="notice.address", object_=f"account/{actor.name}", act=act)
