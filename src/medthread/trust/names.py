"""Names of accounts: what somebody signs in with, and what is printed beside what they sign. No two of either look alike.

One script a name (Unicode TR 39, 5.2, single script): a Cyrillic `а` beside Latin letters would pass for another's name.
"""

import re
import unicodedata

from sqlalchemy import Connection, func, select

from medthread.model.errors import ConflictError, InvalidError
from medthread.stores.postgres.tables import account

LATIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.@-]{0,58}[A-Za-z0-9_])?")
HAN = re.compile(r"[㐀-䶿一-鿿0-9_](?:[㐀-䶿一-鿿0-9_.@-]{0,58}[㐀-䶿一-鿿0-9_])?")
RESERVED = frozenset({"system", "cli", "demo", "worker", "nobody"})  # the machine's own names in the audit log
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, format and bidi signs; nothing that is read
LONGEST_PRINTED = 200
TURN = 0x6E616D65  # of the database's advisory locks: who makes accounts does so one after the other


def check_name(name: str) -> None:
    """Refuse a name that could not stand in an address, mixes scripts, or would pass for the machine."""
    if not (LATIN.fullmatch(name) or HAN.fullmatch(name)) or name.casefold() in RESERVED:
        raise InvalidError(
            f"{name!r} is no name for an account",
            hint="A-Z, a-z or Chinese letters, not both, with digits and . _ @ - within, up to 60, and none of the machine's own names")


def check_printed(printed: str) -> None:
    """Refuse a printed name that holds what nobody sees, or nothing that is read."""
    if printed != printed.strip() or not any(c.isalnum() for c in printed) or len(printed) > LONGEST_PRINTED or printed != shown(printed):
        raise InvalidError(f"{printed!r} is no name to print", hint="letters, digits and signs that are seen, without spaces around them or characters that steer text")


def shown(printed: str) -> str:
    """A printed name without what nobody sees."""
    return "".join(c for c in printed if unicodedata.category(c) not in UNSEEN)


def check_free(tx: Connection, name: str) -> None:
    """Refuse a name that is another's but for capitals. Whoever asks makes accounts alone until the transaction ends."""
    tx.execute(select(func.pg_advisory_xact_lock(TURN)))
    for other in tx.execute(select(account.c.name).where(account.c.name != name)).scalars():
        if other.casefold() == name.casefold():
            raise ConflictError(f"there is an account {other!r} already", hint="take a name that differs by more than capitals")


def check_printed_free(tx: Connection, *, name: str, printed: str) -> None:
    """Refuse a printed name that is read as another account's."""
    other = namesake(tx, name=name, printed=printed)
    if other is not None:
        raise ConflictError(f"{other} is printed as {printed!r} already", hint="add a word that tells them apart, such as the department")


def namesake(tx: Connection, *, name: str, printed: str) -> str | None:
    """The other account that is printed so; a shut one too, for what it signed still says its name."""
    rows = tx.execute(select(account.c.name, account.c.printed_name).where(account.c.name != name)).all()
    return next((r.name for r in rows if alike(r.printed_name, printed)), None)


def alike(one: str, other: str) -> bool:
    """Whether two printed names are read as the same."""
    return _read(one) == _read(other)


def _read(printed: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", shown(printed)).casefold().split())
