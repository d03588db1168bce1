"""Lineage over HTTP: found, walked, taken along; in the words of whoever asks."""

import csv
import io
from typing import Any

from fastapi.testclient import TestClient

API = "/api/v1/lineage"


def _field(client: TestClient, **asked: str) -> dict[str, Any]:
    answer = client.get(f"{API}/field", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_model_leads_up_to_the_systems_and_tells_what_happened_there(engineer: TestClient) -> None:
    told = _field(engineer, name="marts.lot_overview.supplier_name", direction="up", through="value")
    ways = [(s["from"]["table"], s["from"]["column"], s["how"]) for s in told["steps"]]
    assert ways[:2] == [("golden.supplier", "name", "IDENTITY"), ("standard.supplier", "name", "AGGREGATION")]
    systems = {table for table, _, _ in ways[2:]}
    assert systems
    assert all("load" in {h["what"] for h in told["lately"][table]} for table in systems)
    assert {h["what"] for h in told["lately"]["marts.lot_overview"]} >= {"build", "text"}
    assert {s["flow"] for s in told["steps"]} == {"value"}


def test_what_depends_on_a_field_is_listed_with_influence_apart(engineer: TestClient) -> None:
    told = _field(engineer, name="supplier.name", direction="down")
    ends = {s["to"]["table"]: s["flow"] for s in reversed(told["steps"])}
    assert ends["marts.lot_overview"] == "value"
    assert ends["api:/entities/supplier"] == "value"
    only = _field(engineer, name="golden.lot.lot_no", direction="down", through="influence")
    assert {s["flow"] for s in only["steps"]} == {"influence"}
    assert ("marts.lot_overview", "nonconformances") in {(s["to"]["table"], s["to"]["column"]) for s in only["steps"]}


def test_a_field_is_found_and_gaps_are_said_in_ones_language(engineer: TestClient) -> None:
    told = engineer.get(API, params={"q": "lot_no"}, headers={"Accept-Language": "zh"}).json()
    assert "lot_no" in {p["column"] for p in told["items"]}
    assert told["columns"] - told["known"] == len({(g["table"], g["column"]) for g in told["gaps"] if g["column"] != "*"})
    assert not any(g["table"].startswith("marts.") for g in told["gaps"])
    assert {g["why"] for g in told["gaps"]} <= {"没有来源映射到它", "没有来源供给该对象"}


def test_the_steps_are_taken_along_as_a_table(engineer: TestClient) -> None:
    asked = {"name": "supplier.name", "direction": "up"}
    rows = list(csv.DictReader(io.StringIO(engineer.get(f"{API}/field.csv", params=asked).text.removeprefix("\ufeff"))))
    assert len(rows) == len(_field(engineer, **asked)["steps"])
    assert rows[0]["to_table"] == "golden.supplier"


def test_a_field_that_nobody_knows_and_a_caller_whom_nobody_knows_are_refused(engineer: TestClient, nobody: TestClient) -> None:
    assert engineer.get(f"{API}/field", params={"name": "no.such"}).status_code == 404
    assert nobody.get(f"{API}/field", params={"name": "supplier.name"}).status_code == 401
