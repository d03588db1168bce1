"""What a SELECT gives, as fast as the server writes it: CSV by COPY, into a file."""

from pathlib import Path

from medthread.stores.postgres.store import Store


def copy_to_csv(store: Store, select: str, out: Path) -> None:
    """Write the rows without a header; null is nothing, empty text is two quotes."""
    with store.transaction() as tx, out.open("wb") as file:
        driver = tx.connection.driver_connection
        assert driver is not None  # noqa: S101 - a transaction has its connection
        with driver.cursor() as cursor, cursor.copy(f"copy ({select}) to stdout (format csv)") as copying:
            for block in copying:
                file.write(block)
