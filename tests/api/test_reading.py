"""Reading the warehouse: rows of marts, pivots and questions in SQL, each masked, cut and counted as lists are."""

import csv
import io
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from medthread.api.served import Shelf, shelf_of
from medthread.api.services import Services
from medthread.model.errors import ForbiddenError
from medthread.trust.access import Actor
from tests.api.conftest import SignIn
from tests.api.test_desks import ok

API = "/api/v1"
ROWS = f"{API}/models/lot_overview/rows"


@pytest.fixture
def services(sign_in: SignIn) -> Services:
    found: Services = sign_in("steward").app.state.services  # type: ignore[attr-defined]
    return found


def shelf(services: Services, *roles: str, **more: Any) -> Shelf:
    return shelf_of(services, Actor("somebody", "Somebody", roles, **more))


def by_hand(services: Services, sql: str) -> list[dict[str, Any]]:
    snapshot = services.reader.current()
    return snapshot.query(sql.format(lot=snapshot.relation("marts.lot_overview"), golden=snapshot.relation("golden.lot")))


def test_pages_hold_every_row_once_in_order(steward: TestClient, services: Services) -> None:
    seen, after, release = [], None, None
    while True:
        told = ok(steward.get(ROWS, params={"limit": 200, "sort": "-quantity", **({"after": after, "as_of_release": release} if after else {})}))
        seen += told["items"]
        after, release = told["next"], told["release"]
        if after is None:
            break
    hand = by_hand(services, "select count(*) as n, count(distinct id) as d from {lot}")[0]
    assert len(seen) == told["total"] == hand["n"]
    assert len({r["id"] for r in seen}) == hand["d"]
    filled = [r["quantity"] for r in seen if r["quantity"] is not None]
    assert filled == sorted(filled, reverse=True)


def test_conditions_and_search_are_those_of_lists(steward: TestClient, services: Services) -> None:
    hand = by_hand(services, "select count(*) as n from {lot} where kind = 'received' and nonconformances > 0")[0]["n"]
    assert ok(steward.get(ROWS, params={"filter": ["kind:eq:received", "nonconformances:gt:0"]}))["total"] == hand > 0
    one = ok(steward.get(ROWS, params={"limit": 1}))["items"][0]
    assert any(r["id"] == one["id"] for r in ok(steward.get(ROWS, params={"q": one["lot_no"].lower()}))["items"])
    for wrong in ({"filter": "nix:eq:1"}, {"sort": "nix"}, {"filter": "kind"}, {"after": "nix"}):
        assert steward.get(ROWS, params=wrong).status_code == 422
    assert steward.get(ROWS, params={"as_of_release": "R-none"}).status_code == 404
    assert steward.get(f"{API}/models/nix/rows").status_code == 404


def test_files_hold_the_rows_of_the_list(steward: TestClient, services: Services) -> None:
    params = {"filter": "kind:eq:received"}
    total = ok(steward.get(ROWS, params=params))["total"]
    table = pa.ipc.open_stream(steward.get(f"{ROWS}.arrow", params=params).content).read_all()
    assert table.num_rows == total
    assert pq.read_table(io.BytesIO(steward.get(f"{ROWS}.parquet", params=params).content)).equals(table)
    lines = list(csv.reader(io.StringIO(steward.get(f"{ROWS}.csv", params=params).text.removeprefix("\ufeff"))))
    assert lines[0] == table.column_names
    assert [ln[0] for ln in lines[1:]] == table.column("id").to_pylist()
    book = openpyxl.load_workbook(io.BytesIO(steward.get(f"{ROWS}.xlsx", params=params).content))
    assert book.active.max_row == total + 1


def test_columns_name_the_records_behind_them(steward: TestClient) -> None:
    columns = {c["name"]: c["record"] for c in ok(steward.get(ROWS, params={"limit": 1}))["columns"]}
    assert (columns["id"], columns["item"], columns["lot_no"]) == ("lot", "item", None)


def test_a_mart_is_cut_where_it_says_of_which_plant_its_rows_are(services: Services) -> None:
    mine = shelf(services, "steward", plants=("elsewhere",)).mart("marts.lot_overview")
    found = mine.query(f'select count(*) as n from {mine.source} where "_plant" is not null and {mine.where}', mine.parameters)
    assert found[0]["n"] == 0
    with pytest.raises(ForbiddenError) as told:
        shelf(services, "steward", plants=("elsewhere",)).mart("marts.supplier_quality")
    assert "nobody can tell" in told.value.hint
    with pytest.raises(ForbiddenError):
        shelf(services, "steward", regions=("EU",)).mart("marts.lot_overview")


def test_a_pivot_has_the_figures_of_its_rows(steward: TestClient, services: Services) -> None:
    told = ok(steward.get(f"{API}/pivots/marts.lot_overview", params={"row": "kind", "column": "made_on:year", "measure": ["count", "sum:quantity", "avg:quantity"]}))
    hand = by_hand(services, "select kind, year(made_on) as y, count(*) as n, sum(quantity) as s, avg(quantity) as a from {lot} group by grouping sets ((kind, y), (kind), (y), ())")
    assert len(told["lines"]) == len(hand)
    whole = next(ln for ln in told["lines"] if all(ln["total"]))
    one = by_hand(services, "select count(*) as n, sum(quantity) as s, avg(quantity) as a from {lot}")[0]
    assert whole["values"] == [one["n"], pytest.approx(float(one["s"])), pytest.approx(one["a"])]
    cell = next(ln for ln in told["lines"] if not any(ln["total"]) and ln["at"][1])
    year = cell["at"][1][:4]
    filters = [f"kind:eq:{cell['at'][0]}", f"made_on:ge:{year}-01-01", f"made_on:le:{year}-12-31"]
    assert ok(steward.get(ROWS, params={"filter": filters}))["total"] == cell["values"][0]
    lists = ok(steward.get(f"{API}/pivots/golden.lot", params={"row": "kind"}))["lines"]
    assert {(ln["at"][0], ln["values"][0]) for ln in lists if not ln["total"][0]} == {(r["kind"], r["n"]) for r in by_hand(services, "select kind, count(*) as n from {golden} group by 1")}
    assert steward.get(f"{API}/pivots/native.capa", params={"row": "kind", "measure": "median:target"}).status_code == 200
    lines = list(csv.reader(io.StringIO(steward.get(f"{API}/pivots/marts.lot_overview/as.csv", params={"row": "kind"}).text.removeprefix("\ufeff"))))
    assert lines[-1][1] == str(one["n"])
    item = ok(steward.get(f"{API}/pivots/golden.lot", params={"row": "item", "top": 3}))
    named = by_hand(services, "select i.id, i.code || ' ' || i.name as called from (select distinct item from {golden}) l join golden.item i on i.id = l.item".replace("golden.item", services.reader.current().relation("golden.item")))
    assert {k: v["zh"] for k, v in item["rows"][0]["codes"].items()}.items() <= {r["id"]: r["called"] for r in named}.items()
    assert len(item["rows"][0]["codes"]) == 3
    assert " " in steward.get(f"{API}/pivots/golden.lot/as.csv", params={"row": "item", "top": 3}).text.splitlines()[1]
    for wrong in ({"row": "nix"}, {"row": ["kind", "kind"]}, {"row": "kind:month"}, {"measure": "sum:kind"}, {"row": "id", "column": "lot_no", "measure": "mode:id"}):
        assert steward.get(f"{API}/pivots/marts.lot_overview", params=wrong).status_code == 422


def test_a_pivot_groups_by_nothing_that_is_masked(services: Services, buyer: TestClient) -> None:
    hidden = [c.name for c in shelf(services, "buyer").entity(services.registry["customer"]).columns if c.masked]
    assert hidden
    assert buyer.get(f"{API}/pivots/golden.customer", params={"row": hidden[0]}).status_code == 422


def test_questions_are_for_those_who_work_with_data_and_stand_in_the_log(steward: TestClient, buyer: TestClient, services: Services) -> None:
    assert buyer.post(f"{API}/sql", json={"sql": "select 1"}).status_code == 403
    sql = "select kind, count(*) as n from golden.lot group by kind order by n desc"
    told = ok(steward.post(f"{API}/sql", json={"sql": sql}))
    assert {tuple(r) for r in told["rows"]} == {(r["kind"], r["n"]) for r in by_hand(services, "select kind, count(*) as n from {golden} group by 1")}
    assert steward.post(f"{API}/sql", json={"sql": "select * from read_csv('/etc/passwd')"}).json()["position"] == 15
    asked = ok(steward.get(f"{API}/sql/history"))["items"]
    assert [a["outcome"] for a in asked[:2]] == ["refused", "read"]
    assert asked[1]["sql"] == sql
    exported = steward.post(f"{API}/sql/export/csv", json={"sql": "select '=1+1' as a"})
    assert exported.text.removeprefix("\ufeff").splitlines() == ["a", "'=1+1"]


def test_questions_see_masks_where_lists_do(steward: TestClient, services: Services) -> None:
    tables = {t["name"]: {c["name"] for c in t["columns"] if c["masked"]} for t in ok(steward.get(f"{API}/sql/tables"))["tables"]}
    personal = {e.name: [f.name for f in e.fields.values() if f.is_personal] for e in services.registry.values()}
    entity = next(n for n, fields in personal.items() if fields and f"golden.{n}" in tables and services.reader.current().rows_of(f"golden.{n}"))
    field = personal[entity][0]
    rows = ok(steward.post(f"{API}/sql", json={"sql": f'select "{field}" from golden.{entity} where "{field}" is not null limit 50'}))["rows"]
    assert rows
    assert all("*" in r[0] for r in rows)
