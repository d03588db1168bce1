"""The second factor: one-time codes from an authenticator app, and recovery codes for the day it is lost.

The secret is sealed under the account's own key. It counts only once a code of it was given back.
"""

import base64
import hashlib
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.methods.one_time import DIGITS, STEP_SECONDS, accepted_step
from medthread.model.errors import ConflictError, InvalidError
from medthread.stores.postgres.tables import recovery_code, second_factor
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.seal import key_id_of, seal_all, unseal
from medthread.trust.verifiers import CODES, SECOND_FACTOR, VERIFIER, digest_of, digest_of_all

SECRET_BYTES = 20  # RFC 4226, 4: 160 bits recommended
RECOVERY_CODES = 10
RECOVERY_BYTES = 5
ISSUER = "Medthread"


def has_second_factor(tx: Connection, name: str) -> bool:
    """Whether an account's second factor is set, that is, confirmed."""
    found = select(second_factor.c.account).where(second_factor.c.account == name, second_factor.c.confirmed_at.is_not(None))
    return tx.execute(found).one_or_none() is not None


def begin_enrolment(tx: Connection, keyring: Keyring, *, name: str) -> dict[str, str]:
    """A new secret for an account without a confirmed one: as base32, and as the address an app scans."""
    if has_second_factor(tx, name):
        raise ConflictError("the second factor is set already", hint="take it away first, with a code of it")
    secret = secrets.token_bytes(SECRET_BYTES)
    shown = base64.b32encode(secret).decode()
    key_id = f"account/{name}"
    sealed = seal_all([shown], key=keyring.make(tx, id_=key_id, subject=key_id), key_id=key_id)[0]
    fresh = {"sealed": sealed, "last_step": 0}
    made = insert(second_factor).values(account=name, **fresh)
    tx.execute(made.on_conflict_do_update(index_elements=["account"], set_={**fresh, "at": func.now()}))
    record(tx, actor=name, action="second_factor.begin", object_=f"account/{name}")
    words = urlencode({"secret": shown, "issuer": ISSUER, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_SECONDS})
    return {"secret": shown, "uri": f"otpauth://totp/{quote(f'{ISSUER}:{name}')}?{words}"}


def confirm_enrolment(tx: Connection, keyring: Keyring, *, name: str, code: str, now: datetime) -> list[str]:
    """Set the second factor by a first code of it; gives the recovery codes, which are shown once."""
    if has_second_factor(tx, name):
        raise ConflictError("the second factor is set already", hint="sign in with it")
    if not _use(tx, keyring, name=name, code=code, now=now, confirmed=False):
        raise InvalidError("the code does not fit", hint="scan the address again, look at the clock of the device, and give its newest code")
    confirmed = update(second_factor).where(second_factor.c.account == name).values(confirmed_at=now)
    sealed = tx.execute(confirmed.returning(second_factor.c.sealed)).scalar_one()
    codes, told = _recovery_codes(tx, name)
    record(tx, actor=name, action="second_factor.confirm", object_=f"account/{name}", detail={VERIFIER: {SECOND_FACTOR: digest_of(sealed), CODES: told}})
    return codes


def use_code(tx: Connection, keyring: Keyring, *, name: str, code: str, now: datetime) -> bool:
    """Whether it is a code of the account's that was not used before; it is used now."""
    return _use(tx, keyring, name=name, code=code, now=now, confirmed=True)


def _use(tx: Connection, keyring: Keyring, *, name: str, code: str, now: datetime, confirmed: bool) -> bool:
    state = second_factor.c.confirmed_at.is_not(None) if confirmed else second_factor.c.confirmed_at.is_(None)
    row = tx.execute(select(second_factor).where(second_factor.c.account == name, state).with_for_update()).one_or_none()
    if row is None:
        return False
    secret = base64.b32decode(unseal(row.sealed, key=keyring.find(tx, key_id_of(row.sealed))))
    step = accepted_step(secret, code.replace(" ", ""), now, after=row.last_step)
    if step is None:
        return False
    tx.execute(update(second_factor).where(second_factor.c.account == name).values(last_step=step))
    return True


def new_recovery_codes(tx: Connection, *, name: str) -> list[str]:
    """New recovery codes in place of those there were; shown once."""
    if not has_second_factor(tx, name):
        raise ConflictError("no second factor is set", hint="set one; its recovery codes come with it")
    codes, told = _recovery_codes(tx, name)
    record(tx, actor=name, action="second_factor.recovery_codes", object_=f"account/{name}", detail={VERIFIER: {CODES: told}})
    return codes


def recovery_codes_left(tx: Connection, name: str) -> int:
    """How many of them are unused."""
    unused = (recovery_code.c.account == name) & recovery_code.c.used_at.is_(None)
    return int(tx.execute(select(func.count()).select_from(recovery_code).where(unused)).scalar_one())


def _recovery_codes(tx: Connection, name: str) -> tuple[list[str], str | None]:
    """Fresh ones, and what the log tells of them."""
    tx.execute(delete(recovery_code).where(recovery_code.c.account == name))
    codes = [secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
    hashes = [_digest(name, c) for c in codes]
    tx.execute(insert(recovery_code), [{"account": name, "code_hash": h} for h in hashes])
    return [f"{c[:5]}-{c[5:]}" for c in codes], digest_of_all(hashes)


def use_recovery_code(tx: Connection, *, name: str, code: str, now: datetime) -> bool:
    """Whether it is one of the account's recovery codes, unused until now."""
    digest = _digest(name, code.strip().replace("-", "").lower())
    mine = (recovery_code.c.account == name) & (recovery_code.c.code_hash == digest) & recovery_code.c.used_at.is_(None)
    return tx.execute(update(recovery_code).where(mine).values(used_at=now).returning(recovery_code.c.account)).one_or_none() is not None


def remove_second_factor(tx: Connection, *, name: str, by: str, reason: str) -> None:
    """Take it away, recovery codes too."""
    tx.execute(delete(recovery_code).where(recovery_code.c.account == name))
    gone = tx.execute(delete(second_factor).where(second_factor.c.account == name).returning(second_factor.c.account)).one_or_none()
    if gone is None:
        raise ConflictError("no second factor is set", hint="there is nothing to take away")
    record(tx, actor=by, action="second_factor.remove", object_=f"account/{name}", reason=reason, detail={VERIFIER: {SECOND_FACTOR: None, CODES: None}})


def _digest(name: str, code: str) -> str:
    return hashlib.sha256(f"{name}/{code}".encode()).hexdigest()
