"""Lineage over HTTP: found, walked, taken along; in the words of whoever asks."""

import csv
import io
import json
from typing import Any

from fastapi.testclient import TestClient

from medthread.app import Installation

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


RUN = "0198c1f0-0000-7000-8000-0000000000aa"


def _told(state: str, minute: int, **data: Any) -> dict[str, Any]:
    return {
        "eventType": state, "eventTime": f"2026-11-01T02:{minute:02}:00Z", "producer": "https://github.com/apache/airflow", "run": {"runId": RUN},
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent", "job": {"namespace": "airflow", "name": "weekly.sums"}, **data,
    }


def test_a_tool_tells_of_its_runs_with_a_token_and_they_stand_in_the_lineage(engineer: TestClient, nobody: TestClient, installation: Installation) -> None:
    mart = {"namespace": installation.name, "name": "marts.lot_overview"}
    flows = {"fields": {"SUPPLIER": {"inputFields": [{**mart, "field": "supplier_name", "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}]}}}
    made = {"namespace": "snowflake://acme", "name": "DWH.LOTS", "facets": {"columnLineage": flows}}
    token = engineer.post("/api/v1/tokens", json={"name": "airflow", "scopes": ["lineage:tell"], "days": 1}).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    assert nobody.post(API, json=_told("START", 1)).status_code == 401
    done = nobody.post(API, json=_told("COMPLETE", 5, outputs=[made]), headers=headers)
    assert (done.status_code, done.json()) == (200, {"taken": 1, "known": 0, "refused": 0, "refusals": []})
    lines = "\n".join(json.dumps(e) for e in (_told("START", 1, inputs=[mart]), _told("COMPLETE", 5, outputs=[made]))) + "\nno json\n"
    done = nobody.post(API, content=lines, headers={**headers, "content-type": "application/x-ndjson", "accept-language": "zh"})
    assert done.json() == {"taken": 1, "known": 1, "refused": 1, "refusals": [{"index": 2, "why": "不是事件：不是 JSON 对象"}]}
    assert nobody.get(API, headers=headers).status_code == 403, "who may tell may not read"
    told = _field(engineer, name="snowflake://acme/DWH.LOTS.SUPPLIER", direction="up", through="value")
    assert [(s["from"]["table"], s["job"]) for s in told["steps"]][:2] == [("marts.lot_overview", "job:airflow/weekly.sums"), ("golden.supplier", None)]
    assert [(h["what"], h["state"]) for h in told["lately"]["job:airflow/weekly.sums"]] == [("run", "COMPLETE")]
    page = engineer.get(f"{API}/jobs", params={"q": "weekly"}).json()
    assert [(j["name"], j["state"], j["runs"]) for j in page["items"]] == [("weekly.sums", "COMPLETE", 1)]
    assert page["refused"] == len(page["refusals"]) == 1


def test_who_may_not_tell_and_what_is_no_json_are_refused(steward: TestClient, engineer: TestClient) -> None:
    assert steward.post(API, json=_told("START", 1)).status_code == 403
    answer = engineer.post(API, content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, bool(answer.json()["hint"])) == (422, True)


def test_impact_names_processes_guards_rules_exports_and_sharing(engineer: TestClient) -> None:
    ends = {s["to"]["table"].partition(":")[0] for s in _field(engineer, name="native.deviation.grade", direction="down")["steps"]}
    assert {"process", "guard", "event", "export", "api", "rule"} <= ends
    called = {s["to"]["table"]: s["to"]["called"] for s in _field(engineer, name="native.deviation.grade", direction="down")["steps"]}
    assert called["process:deviation"] == {"zh": "偏差", "en": "Deviation"}
    complainant = {s["to"]["table"].partition(":")[0] for s in _field(engineer, name="native.complaint.complainant", direction="down")["steps"]}
    assert "sharing" in complainant
    entered = _field(engineer, name="native.deviation.grade", direction="up", through="value")["steps"]
    assert {s["by"] for s in entered} == {"entry"}
