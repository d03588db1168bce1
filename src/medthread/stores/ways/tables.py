"""A way by a table: rows are put into one of the target's own, which it works off; the column `medthread_id` tells what was put there before."""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from sqlalchemy import Column, Engine, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError

from medthread.model.errors import StoreError
from medthread.stores.ways.port import Letter, Sent

KNOWN_BY = "medthread_id"
DRIVERS = {
    "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql", "sqlite": "sqlite",
    "mssql": "mssql+pymssql", "oracle": "oracle+oracledb",
}
PASSED = re.compile(r"^(\w+)://")


class TableWay:
    """A table of a database, with the columns that the rule names and `medthread_id`, both of text or of what takes text."""

    def __init__(self, url: str, table: str, *, password: str | None = None) -> None:
        self._url, self._table, self._password = url, table, password

    def deliver(self, letters: Sequence[Letter]) -> list[Sent]:
        """Put in what is not there yet, all in one transaction; where one row is refused, each is tried by itself."""
        engine = self._engine()
        try:
            table = self._described(letters)
            try:
                return self._put(engine, table, letters)
            except DBAPIError as error:
                if error.connection_invalidated or isinstance(error, OperationalError | ProgrammingError):
                    raise  # nobody there, or no such table: not the fault of a row
                return [sent for letter in letters for sent in self._alone(engine, table, letter)]
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error)[:500]
            raise StoreError(f"{self._table}: {said}", hint="it is tried again; look whether the table and the account are there") from error
        finally:
            engine.dispose()

    def _alone(self, engine: Engine, table: Table, letter: Letter) -> list[Sent]:
        try:
            return self._put(engine, table, [letter])
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error, OperationalError | ProgrammingError):
                raise
            return [Sent(letter.id, refused=str(error.orig)[:500])]

    def _put(self, engine: Engine, table: Table, letters: Sequence[Letter]) -> list[Sent]:
        with engine.begin() as tx:
            known = set(tx.execute(select(table.c[KNOWN_BY]).where(table.c[KNOWN_BY].in_([letter.id for letter in letters]))).scalars())
            fresh = [{KNOWN_BY: letter.id, **letter.payload} for letter in letters if letter.id not in known]
            if fresh:
                tx.execute(insert(table), fresh)
        return [Sent(letter.id, {"table": self._table, "known": letter.id in known}) for letter in letters]

    def _described(self, letters: Sequence[Letter]) -> Table:
        schema, _, name = self._table.rpartition(".")
        columns = dict.fromkeys(c for letter in letters for c in letter.payload)
        return Table(name, MetaData(), Column(KNOWN_BY, String), *(Column(c, String) for c in columns), schema=schema or None)

    def _engine(self) -> Engine:
        parts = urlsplit(self._url)
        if parts.scheme == "sqlite":
            return create_engine(f"sqlite:////{unquote(parts.path).lstrip('/')}")
        host = parts.netloc
        if self._password is not None and "@" in host:
            account, _, place = host.rpartition("@")
            host = f"{account}:{quote(self._password, safe='')}@{place}"
        return create_engine(PASSED.sub(lambda m: f"{DRIVERS[m.group(1)]}://", urlunsplit(parts._replace(netloc=host))))
