"""An external database copied by pg_dump: with no more rights than reading, as of one exported snapshot."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from medthread.model.errors import ConflictError
from medthread.stores.postgres.cluster import binaries
from medthread.stores.postgres.programs import address_of, feed, stream_of
from medthread.stores.postgres.row_security import have_role
from medthread.stores.postgres.store import Store

HEAD, NEWER = 2000, b"SET transaction_timeout = 0;\n"
DAMAGED = "this copy is damaged; take another backup"
RIGHTS = "the account needs to read every schema of the database; a server newer than our programs needs MEDTHREAD_PG_BINDIR"


def export_snapshot(tx: Connection) -> str:
    """What this transaction sees, for another connection to see; while it is open."""
    return str(tx.execute(text("select pg_export_snapshot()")).scalar_one())


def dump(store: Store, snapshot: str) -> Iterator[bytes]:
    """The whole database as one stream, in pg_dump's own format, uncompressed: what follows packs it."""
    address, password = address_of(store.url)
    command = [
        str(binaries() / "pg_dump"), "--dbname", address, "--format=custom", "--compress=none", f"--snapshot={snapshot}",
        "--no-owner", "--no-privileges", "--no-password"]
    return stream_of(command, password=password, hint=RIGHTS)


def undump(store: Store, file: Path) -> None:
    """Put a dump into a database that is empty."""
    with store.transaction() as tx:
        if tx.execute(text("select to_regnamespace('medthread') is not null")).scalar_one():
            raise ConflictError("the database holds an installation already", hint="restore into an empty database: nothing is ever overwritten")
        have_role(tx)  # policies of the dump name it, and a server new to us does not know it
    address, password = address_of(store.url)
    script = stream_of([str(binaries() / "pg_restore"), "--file=-", "--no-owner", "--no-privileges", str(file)], password=None, hint=DAMAGED)
    command = [str(binaries() / "psql"), "--dbname", address, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-password"]
    feed(command, _for_any_server(script), password=password, hint="the account must be allowed to create schemas in that database")


def _for_any_server(script: Iterator[bytes]) -> Iterator[bytes]:
    """The script without the one setting at its head that servers before 17 do not know."""
    head = next(script, b"")
    yield head[:HEAD].replace(NEWER, b"") + head[HEAD:]
    yield from script
