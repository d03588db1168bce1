"""Rows out of and into the server as fast as it takes them: CSV by COPY."""

from pathlib import Path

import psycopg
from psycopg.sql import SQL
from sqlalchemy import Connection

from medthread.stores.postgres.store import Store


def copy_to_csv(store: Store, select: str, out: Path) -> None:
    """Write the rows without a header; null is nothing, empty text is two quotes."""
    with store.transaction() as tx, out.open("wb") as file:
        driver = tx.connection.driver_connection
        assert driver is not None  # noqa: S101 - a transaction has its connection
        with driver.cursor() as cursor, cursor.copy(f"copy ({select}) to stdout (format csv)") as copying:
            for block in copying:
                file.write(block)


def copy_from_csv(tx: Connection, table: str, columns: str, content: bytes) -> None:
    """Put rows into a table, both named as SQL does; null is nothing, empty text is two quotes."""
    driver = tx.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the only driver we have
    with driver.cursor() as cursor, cursor.copy(SQL(f"copy {table} ({columns}) from stdin (format csv)")) as copying:
        copying.write(content)
