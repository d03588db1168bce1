"""Ten thousand serial numbers of a receipt in one request or one file: all of them or none, and what is wrong is told row by row."""

import io
import json
import time
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import House

API = "/api/v1/entities/installed_unit"


@pytest.fixture(scope="module")
def service(house: House) -> TestClient:
    return house.make("many", "svc")


def units(lot: str, count: int) -> list[dict[str, Any]]:
    return [{"item": "PUMP", "serial_no": f"{lot}-{n:05d}", "device_model": "MP-1", "customer": "H-7", "lot_no": lot, "installed_on": "2026-11-24"} for n in range(count)]


def there(client: TestClient, lot: str) -> int:
    return int(client.get(f"{API}?limit=1&filter=lot_no:eq:{lot}").json()["total"])


def test_ten_thousand_in_one_request(service: TestClient) -> None:
    started = time.perf_counter()
    answer = service.post(f"{API}/many", json={"rows": units("L1", 10_000)})
    assert answer.status_code == 201, answer.text
    assert time.perf_counter() - started < 30, "ERPNext takes a minute; a second or so is usual here"
    assert answer.json()["count"] == 10_000
    assert there(service, "L1") == 10_000
    one = service.get(f"{API}?limit=1&filter=lot_no:eq:L1").json()["items"][0]
    assert one["_id"].startswith(answer.json()["batch"])
    (made,) = service.get(f"{API}/{one['_id']}/history").json()["items"]
    assert (made["action"], made["label"]["zh"]) == ("entity.create_many", "批量创建")


def test_a_request_sent_again_is_done_once(service: TestClient) -> None:
    for _ in range(2):
        answer = service.post(f"{API}/many", json={"rows": units("L2", 3)}, headers={"Idempotency-Key": "again"})
        assert (answer.status_code, answer.json()["count"]) == (201, 3)
    assert there(service, "L2") == 3


def test_what_is_wrong_is_told_by_row_and_nothing_is_written(service: TestClient) -> None:
    rows = units("L3", 4)
    rows[2] |= {"status": "lost", "serial_no": ""}
    answer = service.post(f"{API}/many", json={"rows": rows})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert {(r["row"], r["field"], r["value"]) for r in answer.json()["rows"]} == {(3, "status", "lost"), (3, "serial_no", None)}
    assert there(service, "L3") == 0
    taken = service.post(f"{API}/many", json={"rows": [*units("L3", 2), *units("L3", 1)]})
    assert taken.status_code == 409
    assert "L3-00000" in taken.json()["detail"]
    assert there(service, "L3") == 0


@pytest.mark.parametrize("body", [{}, {"rows": 1}, {"rows": [1]}, {"rows": [{"item": {"a": 1}}]}, {"rows": [{"item": [1, 2]}]}, {"rows": [{"item": "a"}, {"item": 1}]},
                                  {"rows": [units("L9", 1)[0] | {"udi": {"a": 1}}]}, []])
def test_rows_of_another_shape_are_refused(service: TestClient, body: Any) -> None:
    assert service.post(f"{API}/many", json=body).status_code == 422


def test_a_file_with_chinese_headings_in_gb18030(service: TestClient, house: House) -> None:
    fields = house.installation.registry["installed_unit"].fields
    heading = ",".join(fields[n].mark.zh for n in ("item", "serial_no", "device_model", "lot_no", "customer", "installed_on"))
    text = heading + "\n" + "".join(f"PUMP,L4-{n},MP-1,L4,H-7,2026年11月{n}日\n" for n in range(1, 4))
    answer = service.post(f"{API}/file", files={"file": ("序列号.csv", text.encode("gb18030"))})
    assert (answer.status_code, answer.json().get("count")) == (201, 3), answer.text
    assert there(service, "L4") == 3


def test_a_workbook_and_json_are_read_too(service: TestClient) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    rows = units("L5", 2)
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(out)
    assert service.post(f"{API}/file", files={"file": ("units.xlsx", out.getvalue())}).json() | {"batch": ""} == {"batch": "", "count": 2}
    assert service.post(f"{API}/file", files={"file": ("units.json", json.dumps(units("L6", 2)).encode())}).json()["count"] == 2


@pytest.mark.parametrize(("name", "content", "words"), [
    ("units.exe", b"MZ", "is none of csv, xlsx, json"),
    ("units", b"item\n", "is none of"),
    ("units.csv", b"", "is empty"),
    ("units.csv", b"item,colour\nA,red\n", "no field called 'colour'"),
    ("units.csv", b"item,Item\nA,B\n", "two columns"),
    ("units.csv", b'item,serial_no\nA,"open\nB,2\nC,3,4,5\n', "cannot be parsed"),
    ("units.xlsx", b"PK\x03\x04 not a workbook", "is not a zip archive"),
    ("units.json", b'{"a": ', ""),
])
def test_a_file_that_cannot_be_taken_says_why(service: TestClient, name: str, content: bytes, words: str) -> None:
    answer = service.post(f"{API}/file", files={"file": (name, content)})
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]


def test_records_with_a_process_and_foreign_homes_are_refused(service: TestClient) -> None:
    assert service.post("/api/v1/entities/complaint/many", json={"rows": [{"description": "x"}]}).status_code == 422
    assert service.post("/api/v1/entities/supplier/many", json={"rows": [{"code": "x"}]}).status_code == 409
    assert service.post("/api/v1/entities/nothing/many", json={"rows": []}).status_code == 404


@pytest.mark.parametrize(("limit", "words"), [("MOST_BYTES", "MB"), ("MOST_ROWS", "the file has 2 records")])
def test_more_than_may_come_at_once_is_refused(service: TestClient, monkeypatch: pytest.MonkeyPatch, limit: str, words: str) -> None:
    monkeypatch.setattr(f"medthread.api.sheets.{limit}", 1)
    answer = service.post(f"{API}/file", files={"file": ("units.json", json.dumps(units("L8", 2)).encode())})
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    assert there(service, "L8") == 0
