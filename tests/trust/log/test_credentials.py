"""A password, a second factor, an identity or a token that was put into the database is found; what persons did is not."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from medthread.methods.one_time import totp
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account
from medthread.trust.access import Actor
from medthread.trust.account_rules import AccountRules
from medthread.trust.accounts import change_password, create_account, reset_password
from medthread.trust.audit import record
from medthread.trust.credentials import Proof
from medthread.trust.identity import link
from medthread.trust.keys import Keyring
from medthread.trust.log import Findings
from medthread.trust.log.credentials import check_credentials
from medthread.trust.passwords import hash_of
from medthread.trust.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    new_recovery_codes,
    remove_second_factor,
    use_recovery_code,
)
from medthread.trust.sessions import Place, sign_in
from medthread.trust.signatures import KeptKeys, Signing, sign
from medthread.trust.tokens import create_token, revoke_token

OLD, NEW, PLANTED = "an old long password", "a new long password", "what somebody planted"
RULES = AccountRules()


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path / "master.key")


def found(store: Store) -> list[tuple[str, str]]:
    findings = Findings()
    with store.transaction() as tx:
        check_credentials(tx, findings)
    return [(f.kind, f.where) for f in findings.faults]


def signed(tx: Connection, keyring: Keyring, who: str) -> None:
    sign(tx, KeptKeys(keyring), Signing(
        signer=who, printed_name=who, on_behalf_of=None, signed_at=datetime.now(UTC), zone="UTC", meaning="approved", reason=None, entity="capa", record="1",
        revision=1, action="close", content={}, factors=("password",)))


def second(tx: Connection, keyring: Keyring, who: str) -> list[str]:
    now = datetime.now(UTC)
    secret = begin_enrolment(tx, keyring, name=who)["secret"]
    return confirm_enrolment(tx, keyring, name=who, code=totp(base64.b32decode(secret), now), now=now)


@pytest.fixture
def people(store: Store, keyring: Keyring) -> Store:
    """Everything that persons do about that by which they are proven."""
    with store.transaction() as tx:
        for who in ("lin", "wang", "qian"):
            create_account(tx, name=who, printed_name=who, password=OLD, roles=("qa",), by="test", rules=RULES)
        signed(tx, keyring, "lin")
        change_password(tx, keyring, name="lin", proof=Proof(OLD, None), fresh=NEW, rules=RULES)
        signed(tx, keyring, "lin")
        reset_password(tx, name="wang", by="sys", reason="forgotten", rules=RULES)
        used = second(tx, keyring, "lin")[0]
        assert use_recovery_code(tx, name="lin", code=used, now=datetime.now(UTC))
        second(tx, keyring, "qian")
        new_recovery_codes(tx, name="qian")
        second(tx, keyring, "wang")
        remove_second_factor(tx, name="wang", by="sec", reason="lost")
        link(tx, name="lin", issuer="https://id", subject="1", by="cli:root")
        for name in ("one", "two"):
            id_, _ = create_token(tx, actor=Actor("lin", "lin", ("qa",)), can=frozenset({"entities:read"}), name=name, scopes=("entities:read",), days=9)
        revoke_token(tx, name="lin", id_=id_, by="lin")
    assert sign_in(store, keyring, name="qian", proof=Proof(OLD, "x"), place=Place(), rules=RULES).refused
    return store


def test_what_persons_did_is_as_the_log_tells(people: Store) -> None:
    assert found(people) == []


HASH = hash_of(PLANTED)
CHANGES: dict[str, tuple[str, str]] = {
    "another password": ("update medthread.account set password_hash = :hash where name = 'lin'", "account/lin: password"),
    "of one whose password was reset": ("update medthread.account set password_hash = :hash where name = 'wang'", "account/wang: password"),
    "no password": ("update medthread.account set password_hash = null where name = 'qian'", "account/qian: password"),
    "no second factor": ("delete from medthread.second_factor where account = 'lin'", "account/lin: second_factor"),
    "another second factor": ("update medthread.second_factor set sealed = (select sealed from medthread.second_factor where account = 'qian') where account = 'lin'", "account/lin: second_factor"),
    "one that was taken away": ("insert into medthread.second_factor (account, sealed, confirmed_at, last_step) values ('wang', 'x', now(), 0)", "account/wang: second_factor"),
    "another recovery code": ("insert into medthread.recovery_code (account, code_hash) values ('qian', 'x')", "account/qian: recovery_codes"),
    "an identity": ("insert into medthread.external_identity (issuer, subject, account) values ('https://id', '2', 'lin')", "account/lin: identity"),
    "an identity of somebody else": ("update medthread.external_identity set account = 'wang'", "account/wang: identity"),
    "a token": ("insert into medthread.api_token (id, token_hash, account, name, scopes, expires_at) values ('t', 'x', 'lin', 'x', '{}', now() + interval '1 day')", "account/lin: token t"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_put_into_the_database_is_found(people: Store, name: str) -> None:
    statement, where = CHANGES[name]
    with people.transaction() as tx:
        assert tx.execute(text(statement), {"hash": HASH} if ":hash" in statement else {}).rowcount
    assert found(people) == [("credential.differs", where)]


@pytest.mark.parametrize("changed", ["token_hash = 'x'", "scopes = '{audit:read}'", "account = 'wang'", "revoked = false"])
def test_a_token_that_was_changed_is_found(people: Store, changed: str) -> None:
    which = "revoked" if changed.startswith("revoked") else "not revoked"
    with people.transaction() as tx:
        assert tx.execute(text(f"update medthread.api_token set {changed} where {which}")).rowcount
    ((kind, where),) = found(people)
    assert (kind, where.partition(": ")[2].split()[0]) == ("credential.differs", "token")


def put_back_after(store: Store, act: Callable[[Connection], Any]) -> None:
    """Somebody plants a password, acts with it, and puts back the one that was there."""
    mine = account.c.name == "wang"
    with store.transaction() as tx:
        before = tx.execute(select(account.c.password_hash).where(mine)).scalar_one()
        tx.execute(update(account).where(mine).values(password_hash=HASH, password_temporary=False))
    with store.transaction() as tx:
        act(tx)
    with store.transaction() as tx:
        tx.execute(update(account).where(mine).values(password_hash=before))


def test_a_signature_under_a_planted_password_is_found_although_it_was_put_back(people: Store, keyring: Keyring) -> None:
    put_back_after(people, lambda tx: signed(tx, keyring, "wang"))
    ((kind, where),) = found(people)
    assert kind == "credential.foreign"
    assert where.startswith("account/wang: signature.create ")


def test_a_sign_in_under_a_planted_password_is_found_although_it_was_put_back(people: Store, keyring: Keyring) -> None:
    put_back_after(people, lambda _: sign_in(people, keyring, name="wang", proof=Proof(PLANTED, None), place=Place(), rules=RULES))
    assert [kind for kind, _ in found(people)] == ["credential.foreign"]


def test_accounts_of_before_are_not_judged_until_their_password_is_changed(store: Store, keyring: Keyring) -> None:
    with store.transaction() as tx:
        tx.execute(account.insert().values(name="old", printed_name="old", password_hash=hash_of(OLD), roles=["qa"]))
        record(tx, actor="cli", action="account.create", object_="account/old", after={"roles": ["qa"], "plants": []})
        signed(tx, keyring, "old")
    assert found(store) == []
    with store.transaction() as tx:
        change_password(tx, keyring, name="old", proof=Proof(OLD, None), fresh=NEW, rules=RULES)
    assert found(store) == []
    with store.transaction() as tx:
        tx.execute(update(account).values(password_hash=HASH))
    assert found(store) == [("credential.differs", "account/old: password")]
