"""Who signs proves it at the moment of signing, and guesses are counted even where the act is undone."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from medthread.methods.one_time import totp
from medthread.model.errors import ConflictError, InvalidError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account, audit_event, second_factor
from medthread.trust.accounts import ReauthenticationError, create_account, reauthenticate
from medthread.trust.credentials import FAILURES_ALLOWED
from medthread.trust.keys import Keyring
from medthread.trust.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    has_second_factor,
    remove_second_factor,
    use_recovery_code,
)
from medthread.workflow import handle

PASSWORD = "correct horse battery"
RING = Keyring(b"k" * 32)


@pytest.fixture
def lin(store: Store) -> str:
    with store.transaction() as tx:
        create_account(tx, name="lin", printed_name="小林", password=PASSWORD, roles=("qa",), by="test")
    return "lin"


def sign(store: Store, name: str, password: str = PASSWORD, code: str | None = None) -> list[str]:
    def act(tx: Connection) -> list[str]:
        return reauthenticate(tx, name=name, password=password, totp=code, keyring=RING)

    return handle(store, by=name, action="nonconformance.close", object_="nonconformance/1", act=act)


def why(store: Store, name: str, password: str = PASSWORD, code: str | None = None) -> str:
    with pytest.raises(ReauthenticationError) as found:
        sign(store, name, password, code)
    assert found.value.hint
    return str(found.value.attributes["reason"])


def enrol(store: Store, name: str) -> tuple[bytes, list[str]]:
    with store.transaction() as tx:
        begun = begin_enrolment(tx, RING, name=name)
    secret = base64.b32decode(begun["secret"])
    with store.transaction() as tx:  # the code of the step before, so that the present one is still unused
        now = datetime.now(UTC)
        return secret, confirm_enrolment(tx, RING, name=name, code=totp(secret, now - timedelta(seconds=30)), now=now)


def test_a_password_is_enough_where_no_second_factor_is_set(store: Store, lin: str) -> None:
    assert sign(store, lin) == ["password"]
    assert why(store, lin, "wrong") == "password"
    assert why(store, "nobody") == "password"


def test_guesses_at_signing_lock_the_account_although_the_act_is_undone(store: Store, lin: str) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert why(store, lin, "wrong") == "password"
    assert why(store, lin) == "locked"
    with store.transaction() as tx:
        row = tx.execute(select(account).where(account.c.name == lin)).one()
        refused = tx.execute(select(audit_event.c.reason).where(audit_event.c.action == "reauthenticate")).scalars().all()
        tx.execute(update(account).where(account.c.name == lin).values(proof_locked_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert (row.proof_failures, row.failures, row.locked_until) == (FAILURES_ALLOWED, 0, None)
    assert refused == ["password"] * FAILURES_ALLOWED + ["locked"]
    assert sign(store, lin) == ["password"]


def test_a_second_factor_that_is_set_is_needed_and_each_code_counts_once(store: Store, lin: str) -> None:
    secret, _ = enrol(store, lin)
    assert why(store, lin) == "totp missing"
    code = totp(secret, datetime.now(UTC))
    assert sign(store, lin, code=code) == ["password", "totp"]
    assert why(store, lin, code=code) == "totp"
    assert why(store, lin, code="000000") == "totp"
    assert why(store, lin, "wrong", totp(secret, datetime.now(UTC) + timedelta(seconds=30))) == "password"
    assert sign(store, lin, code=totp(secret, datetime.now(UTC) + timedelta(seconds=30))) == ["password", "totp"]


def test_a_second_factor_counts_only_once_it_is_confirmed(store: Store, lin: str) -> None:
    with store.transaction() as tx:
        begin_enrolment(tx, RING, name=lin)
        sealed = tx.execute(select(second_factor.c.sealed)).scalar_one()
        assert sealed.startswith("sealed:1:account/lin:")
        assert not has_second_factor(tx, lin)
        with pytest.raises(InvalidError):
            confirm_enrolment(tx, RING, name=lin, code="000000", now=datetime.now(UTC))
    assert sign(store, lin) == ["password"]
    enrol(store, lin)
    with store.transaction() as tx, pytest.raises(ConflictError):
        begin_enrolment(tx, RING, name=lin)


def test_recovery_codes_are_used_once_and_only_by_their_owner(store: Store, lin: str) -> None:
    _, codes = enrol(store, lin)
    now = datetime.now(UTC)
    assert len(set(codes)) == 10
    with store.transaction() as tx:
        assert not use_recovery_code(tx, name="zhou", code=codes[0], now=now)
        assert use_recovery_code(tx, name=lin, code=codes[0].upper(), now=now)
        assert not use_recovery_code(tx, name=lin, code=codes[0], now=now)
        remove_second_factor(tx, name=lin, by=lin, reason="new telephone")
        assert not use_recovery_code(tx, name=lin, code=codes[1], now=now)
        with pytest.raises(ConflictError):
            remove_second_factor(tx, name=lin, by=lin, reason="again")
    assert sign(store, lin) == ["password"]


def test_a_disabled_account_signs_nothing(store: Store, lin: str) -> None:
    with store.transaction() as tx:
        tx.execute(update(account).where(account.c.name == lin).values(disabled_at=datetime.now(UTC)))
    assert why(store, lin) == "disabled"
    assert why(store, lin, "wrong") == "password"
