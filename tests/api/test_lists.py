"""Lists: filter, sort, keyset paging, search, export."""

import csv
import io
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

from medthread.stores.postgres.store import STREAMS
from tests.api.conftest import House
from tests.registry import registry

API = "/api/v1"


def walk(client: TestClient, path: str, *, sort: str, limit: int = 37) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    after = None
    while True:
        page = client.get(path, params={"limit": limit, **({"sort": sort} if sort else {}), **({"after": after} if after else {})}).json()
        rows += page["items"]
        after = page["next"]
        if after is None:
            assert page.get("total", len(rows)) == len(rows)
            return rows


@pytest.mark.parametrize("entity", sorted(registry()))
def test_every_entity_has_list_meta_dictionary_and_contract(steward: TestClient, entity: str) -> None:
    for path in (f"/entities/{entity}?limit=3", f"/meta/{entity}", f"/dictionary/{entity}", f"/contracts/{entity}", f"/entities/{entity}.csv"):
        answer = steward.get(API + path)
        assert answer.status_code == 200, (path, answer.text[:300])


@pytest.mark.parametrize("sort", ["", "lot_no", "-made_on", "expires_on", "-quantity", "kind"])
def test_pages_give_every_row_once_in_order(steward: TestClient, sort: str) -> None:
    rows = walk(steward, f"{API}/entities/lot", sort=sort)
    ids = [r["_id"] for r in rows]
    assert len(ids) == len(set(ids)) > 100
    if sort:
        name = sort.removeprefix("-")
        values = [r[name] for r in rows]
        filled = [v for v in values if v is not None]
        assert values == filled + [None] * (len(values) - len(filled))
        assert filled == sorted(filled, reverse=sort.startswith("-"))  # type: ignore[type-var]


def test_filters_search_and_count(steward: TestClient) -> None:
    page = steward.get(f"{API}/entities/lot", params={"filter": ["kind:eq:production", "quantity:ge:50"], "limit": 500}).json()
    assert page["items"]
    assert all(r["kind"] == "production" and r["quantity"] >= 50 for r in page["items"])
    one = page["items"][0]["lot_no"]
    found = steward.get(f"{API}/entities/lot", params={"q": one}).json()["items"]
    assert one in {r["lot_no"] for r in found}


@pytest.mark.parametrize(("query", "word"), [
    ("filter=colour:eq:red", "colour"), ("filter=kind", "kind"), ("filter=kind:like:x", "like"), ("sort=colour", "colour"), ("after=%%%", "cursor"),
    ("limit=0", "limit"), ("limit=100000", "limit"), ("filter=quantity:ge:many", "decimal"), ("filter=made_on:eq:2026-02-30", "date"), ("q=a%00b", "text"),
])
def test_a_bad_question_is_told_what_is_wrong(steward: TestClient, query: str, word: str) -> None:
    answer = steward.get(f"{API}/entities/lot?{query}")
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


def test_the_export_holds_the_filtered_list_and_no_formulas(steward: TestClient) -> None:
    text = steward.get(f"{API}/entities/lot.csv", params={"filter": "kind:eq:production"}).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    total = steward.get(f"{API}/entities/lot", params={"filter": "kind:eq:production", "limit": 1}).json()["total"]
    assert len(rows) == total
    assert not [v for r in rows for v in r.values() if v and v[0] in "=@"]


def test_an_export_too_many_is_told_so_before_it_begins(house: House) -> None:
    """Each holds a connection for as long as its reader takes; one too many is a problem with a hint, not a broken file, and lists go on."""
    reader = house.make("exporter", "qa")
    with ExitStack() as slow:
        for _ in range(STREAMS):
            slow.enter_context(house.installation.store.streaming())
        refused = reader.get(f"{API}/entities/inspection_result.csv")
        assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
        assert refused.json()["hint"]
        assert reader.get(f"{API}/entities/inspection_result").status_code == 200
    assert reader.get(f"{API}/entities/inspection_result.csv").text.startswith("\ufeffinspection,")


def test_one_object_says_where_it_came_from(steward: TestClient) -> None:
    row = steward.get(f"{API}/entities/lot?limit=1").json()["items"][0]
    answer = steward.get(f"{API}/entities/lot/{row['_id']}")
    assert answer.headers["etag"]
    body = answer.json()
    assert body["item"]["lot_no"] == row["lot_no"]
    assert body["lineage"][0]["file"]
    assert body["lineage"][0]["row"] >= 1


def test_what_is_not_there_is_a_problem_with_a_hint(steward: TestClient) -> None:
    for path in ("/entities/lot/none", "/entities/nothing", "/masters/lot", "/masters/supplier/none", "/runs/none", "/releases/none", "/meta/nothing"):
        answer = steward.get(API + path)
        assert answer.status_code == 404, path
        assert answer.json()["hint"]


@pytest.mark.parametrize("word", ["供应商", "supplier", "gongyingshang", "gys", "Supplier", "vendor"])
def test_the_dictionary_is_found_in_any_words(steward: TestClient, word: str) -> None:
    items = steward.get(f"{API}/dictionary", params={"q": word}).json()["items"]
    assert items[0]["entity"] == "supplier"
    assert items[0]["kind"] == "entity"
