"""Addresses of databases."""

import pytest

from medthread.model.errors import SourceError
from medthread.stores.databases import is_database, is_tried, open_database


@pytest.mark.parametrize(("url", "says"), [
    ("https://example.com/x", "no reader for databases of 'https'"), ("orders", "no reader"), ("", "no reader"),
    ("postgresql://reader:hunter2@host/base", "holds a password"), ("postgresql://reader@host:port/base", "is not one"), ("postgresql://[::1/base", "is not one"),
])
def test_an_address_that_is_none_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as told:
        open_database(url)
    assert told.value.hint
    assert "hunter2" not in str(told.value)


def test_what_is_a_database() -> None:
    assert is_database("postgresql://reader@host/base")
    assert is_database("sqlite:///a.db")
    assert not is_database("nats://host")


def test_what_was_tried_on_a_live_server() -> None:
    assert [k for k in ("postgresql", "mariadb", "mysql", "sqlite", "mssql", "oracle") if is_tried(f"{k}://h/b")] == ["postgresql", "mariadb", "sqlite"]
