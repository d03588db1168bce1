"""Passwords: kept as argon2id hashes only; which ones may be taken."""

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, delete, insert, select

from medthread.model.errors import InvalidError
from medthread.stores.postgres.tables import password_history
from medthread.trust.account_rules import AccountRules

_hasher = PasswordHasher()
LONGEST = 200
FEWEST_DIFFERENT = 5
SHORTEST_NAME = 3
# What people think of first; looked for after digits and signs are taken off and look-alikes are read as letters.
COMMON = frozenset(
    ["password", "passwd", "pass", "admin", "administrator", "root", "user", "login", "welcome", "letmein", "changeme", "default", "secret", "test", "testing", "guest", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsx", "qazwsxedc", "abc", "abcd", "abcdef", "iloveyou", "monkey", "dragon", "sunshine", "princess", "football", "medthread", "medical", "hospital", "company", "woaini", "mima", "wodemima", "nihao", "zhongguo", "beijing", "shanghai", "shenzhen"]
)
LOOK_ALIKES = str.maketrans("013457@$!", "oleastasi")
RUNS = ("1234567890", "0987654321", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def hash_of(password: str) -> str:
    """The password so that it may be kept."""
    return _hasher.hash(password)


@cache
def _nobodys() -> str:
    """Compared against where there is no account, so that both take as long."""
    return _hasher.hash(secrets.token_urlsafe())


def matches(hashed: str | None, password: str) -> bool:
    """Whether it is the password; an account without one has none that fits, and takes as long to say so."""
    try:
        return _hasher.verify(hashed or _nobodys(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def temporary_password() -> str:
    """One that nobody chose, to be changed at the first sign-in."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def check_password(password: str, *, names: tuple[str, ...], rules: AccountRules) -> None:
    """Refuse a password that is too short, too long, holds one of the person's names, or is what people think of first."""
    if len(password) < rules.shortest_password:
        raise InvalidError("the password is too short", hint=f"at least {rules.shortest_password} characters; several words are easy to keep in mind")
    if len(password) > LONGEST:
        raise InvalidError("the password is too long", hint=f"at most {LONGEST} characters")
    lower = password.casefold()
    if password.startswith("mdp_"):
        raise InvalidError("the password begins like a ticket", hint="begin it otherwise")
    if any(len(n) >= SHORTEST_NAME and n.casefold() in lower for n in names):
        raise InvalidError("the password holds your name", hint="leave names out")
    if len(set(lower)) < FEWEST_DIFFERENT or _is_run(lower) or _is_common(lower):
        raise InvalidError("the password is one that is guessed first", hint="take several words that do not belong together")


def _is_common(lower: str) -> bool:
    cores = {re.sub(r"[^a-z]", "", lower), re.sub(r"[^a-z]", "", lower.translate(LOOK_ALIKES)), re.sub(r"[^a-z]", "", lower.rstrip("0123456789!@#$%.").translate(LOOK_ALIKES))}
    return any(core in COMMON or any(core == c * (len(core) // len(c)) for c in COMMON if len(c) < len(core)) for core in cores)


def _is_run(lower: str) -> bool:
    return any(lower in run * (len(lower) // len(run) + 2) for run in RUNS)


def refuse_remembered(tx: Connection, *, name: str, password: str, rules: AccountRules) -> None:
    """Refuse one of the account's last passwords, the present one among them."""
    table = password_history
    last = select(table.c.password_hash).where(table.c.account == name).order_by(table.c.at.desc()).limit(rules.remembered_passwords)
    if any(matches(h, password) for h in tx.execute(last).scalars()):
        raise InvalidError("the password was used before", hint=f"none of the last {rules.remembered_passwords}")


def remember(tx: Connection, *, name: str, hashed: str, rules: AccountRules) -> None:
    """Keep the hash among the account's last ones, and no older than are looked at."""
    table = password_history
    tx.execute(insert(table).values(account=name, password_hash=hashed))
    kept = select(table.c.id).where(table.c.account == name).order_by(table.c.at.desc(), table.c.id.desc()).limit(max(rules.remembered_passwords, 1))
    tx.execute(delete(table).where(table.c.account == name, table.c.id.not_in(kept)))
