"""The words of a source: where it is, when it is asked, what it promises; what cannot be meant is refused with its place."""

from typing import Any

import pytest

from medthread.model import Classification, Source, parse_source
from medthread.model.errors import DeclarationError

MES: dict[str, Any] = {
    "name": "mes", "zh": "制造执行", "en": "MES", "owner": "production_it", "org": "DEMO", "url": "postgresql://reader@mes.example.com/mes",
    "secret": "MES_PASSWORD", "schedule": {"every": "15 min"}, "fresh_within": "1 h", "classification": "confidential",
    "tables": {"order": {"table": "public.order", "changed_at": "updated_at"}, "state": {"query": "select * from v", "snapshot": True}},
}


def given(**changed: Any) -> Source:
    """The source with some words changed; None leaves a word out."""
    return parse_source({k: v for k, v in (MES | changed).items() if v is not None}, origin="mes.yaml")


def test_a_source_with_an_address_is_asked_for_tables() -> None:
    source = given()
    assert (source.kind, source.classification, source.shown_url) == ("database", Classification.CONFIDENTIAL, "postgresql://mes.example.com/mes")
    order = source.tables["order"]
    assert (order.format, order.is_collected, order.place) == ("sql", True, "public.order")
    assert "updated_at" in order.mapped


def test_what_is_delivered_has_no_address() -> None:
    source = given(url=None, schedule={"as": "files arrive"}, tables={"a": {"files": "a*.csv", "format": "csv"}})
    assert source.kind == "files"
    assert not source.tables["a"].is_collected


@pytest.mark.parametrize(("url", "place", "kind"), [
    ("mqtts://broker/", {"subject": "plant/+/oven"}, "stream"), ("kafka://broker:9092", {"subject": "orders"}, "stream"),
    ("https://crm.example.com/api", {"resource": "accounts"}, "interface"),
])
def test_what_brokers_and_interfaces_give_is_json(url: str, place: dict[str, str], kind: str) -> None:
    source = given(url=url, tables={"a": place})
    assert (source.kind, source.tables["a"].format) == (kind, "json")


@pytest.mark.parametrize(("changed", "said"), [
    ({"url": "postgresql://a:b@h/db"}, "holds no password"),
    ({"url": "ftp://h/x"}, "no kind of source"),
    ({"url": None}, "or the source has a url"),
    ({"secret": "hunter2"}, "secret"),
    ({"schedule": {"every": "15min"}}, "no span of time"),
    ({"schedule": {"every": "1 mo"}}, "no span of time"),
    ({"schedule": {"at": "25:00"}}, "schedule"),
    ({"schedule": {"every": "5 min", "on": "workdays"}}, "schedule"),
    ({"schedule": {}}, "schedule"),
    ({"fresh_within": "soon"}, "no span of time"),
    ({"classification": "secret"}, "no classification"),
    ({"tables": {"a": {"subject": "s"}}}, "by table or query"),
    ({"tables": {"a": {"table": "t", "query": "select 1"}}}, "not by both"),
    ({"tables": {"a": {"files": "x.csv", "format": "csv", "subject": "y"}}}, "from one place"),
    ({"tables": {"a": {}}}, "where the rows are"),
    ({"tables": {"a": {"table": "t", "format": "csv"}}}, "leave the format out"),
    ({"tables": {"a": {"table": "t", "overlap": "much"}}}, "no span of time"),
])
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        given(**changed)
