"""A limit to how long a statement may take."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from medthread.model.errors import StoreError


@contextmanager
def no_longer_than(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """What runs on the connection meanwhile is stopped after so many seconds, with a `StoreError`; the connection can be used again."""
    timer = threading.Timer(seconds, con.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise StoreError(f"it took longer than {seconds:g} s", hint="make it read less, or allow more: [quality] rule_seconds") from error
    finally:
        timer.cancel()
        timer.join()
