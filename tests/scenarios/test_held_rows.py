"""Stories of held rows: corrected, taken in, traced; said once for a row that comes every day; overtaken; undone."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from fastapi.testclient import TestClient
from sqlalchemy import select

from medthread.api.server import create_app
from medthread.app import Installation
from medthread.stores.postgres.tables import audit_event, load, row_decision
from medthread.trust.accounts import create_account
from tests.conftest import Opening
from tests.scenarios import company

API = "/api/v1"
PASSWORD = "several odd words"
RECEIPTS = "no,line,supplier,item,slot,lot,qty,at"


class Desk:
    """A steward at their desk, and the runs beside it."""

    def __init__(self, installation: Installation, client: TestClient, home: Path) -> None:
        self.installation, self.client, self.home = installation, client, home

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.client.get(f"{API}{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def held(self, state: str = "open") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/quarantine/desk", state=state, limit=200)["items"]
        return items

    def counts(self) -> dict[str, int]:
        """States with rows in them."""
        return {s: n for s, n in self.get("/quarantine/desk")["counts"].items() if n}

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.client.post(f"{API}{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def decide(self, status: int = 201, **body: Any) -> Any:
        return self.post("/quarantine/decisions", status, **{"kind": "corrected", "reason": "供应商来电确认", **body})

    def run(self) -> None:
        company.run(self.installation)

    def receipt(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/entities/receipt/{number}|1")
        return found

    def receipts(self, name: str, rows: list[tuple[object, ...]]) -> None:
        company.write(self.home / "inbox" / name, RECEIPTS, rows)


@contextmanager
def at_desk(home: Path, open_beside: Opening, *roles: str, founded: bool = False, quality: str = "") -> Iterator[Desk]:
    """`quality` goes into that section of the settings; `founded` is a company that is there already."""
    if not founded:
        company.found(home)
    with (home / "medthread.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[quality]\n{quality}\n")
    with open_beside(home) as installation, installation.services(None) as services:
        company.run(installation)
        with installation.store.transaction() as tx:
            create_account(tx, name="guan", printed_name="管家", password=PASSWORD, roles=roles or ("steward",), plants=(), by="test")
        client = TestClient(create_app(services), headers={"X-Requested-With": "medthread"})
        assert client.post(f"{API}/session", json={"username": "guan", "password": PASSWORD}).status_code == 200
        yield Desk(installation, client, home)


def test_a_held_row_is_corrected_and_its_golden_record_says_by_whom(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        first, second, third = sorted(desk.held(), key=lambda h: h["key"])
        # What is wrong is shown in the column where it stands.
        assert (first["raw"]["qty"], [r["columns"] for r in first["rules"] if r["id"] == "receipt.quantity.type"]) == ("many", [["qty"]])
        assert desk.client.get(f"{API}/entities/receipt/R0|1").status_code == 404

        # A value that does not help is told of before anything is written; one that helps too.
        still = desk.post("/quarantine/trials", ids=[first["id"]], values={"qty": "lots"})
        assert (still["passing"], [r["id"] for r in still["items"][0]["rules"]]) == (0, ["receipt.quantity.type"])
        assert desk.post("/quarantine/trials", ids=[first["id"]], values={"qty": "12"})["passing"] == 1

        act = desk.decide(ids=[first["id"]], values={"qty": "12"})["act"]
        desk.decide(ids=[second["id"]], kind="rejected", reason="测试数据,不是收货")
        desk.decide(ids=[third["id"]], kind="returned", reason="请仓库重发")
        assert desk.counts() == {"waiting": 1, "rejected": 1, "returned": 1}
        assert desk.decide(409, ids=[first["id"]], values={"qty": "13"})["status"] == 409

        desk.run()
        assert desk.counts() == {"taken": 1, "rejected": 1, "returned": 1}
        record = desk.receipt("R0")
        assert record["item"]["quantity"] in (12, "12", "12.000000")
        [whence] = record["lineage"]
        told = whence["correction"]
        assert (told["file"], told["row"], told["by"], told["reason"], told["columns"]) == ("receipt1.csv", 1, "guan", "供应商来电确认", ["qty"])
        assert whence["load"] != told["load"] == first["load"]
        [taken] = desk.held("taken")
        assert (taken["taken_load"], taken["changes"], taken["act"]) == (whence["load"], [{"column": "qty", "before": "many", "after": "12"}], act)

        # Nothing is left to do, and what was taken is not undone but corrected again.
        desk.run()
        assert desk.post(f"/quarantine/acts/{act}/undo", 409)["status"] == 409
        desk.decide(ids=[first["id"]], values={"qty": "14"}, reason="再次核对")
        desk.run()
        assert float(desk.receipt("R0")["item"]["quantity"]) == 14
        with desk.installation.store.transaction() as tx:
            corrections = tx.execute(select(load.c.rows_read, load.c.rows_accepted, load.c.status).where(load.c.corrects.is_not(None))).all()
            audited = tx.execute(select(audit_event.c.action, audit_event.c.outcome).where(audit_event.c.actor == "guan", audit_event.c.action.like("held.%"))).all()
        assert [tuple(r) for r in corrections] == [(1, 1, "accepted")] * 2
        assert sorted(tuple(a) for a in audited) == [("held.decide", "done")] * 4 + [("held.decide", "refused"), ("held.undo", "refused")]


def test_a_correction_that_still_breaks_a_rule_is_open_again_with_its_new_rules(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        row = min(desk.held(), key=lambda h: h["key"])
        desk.decide(ids=[row["id"]], values={"qty": "7", "supplier": "nobody"})
        desk.run()
        again = next(h for h in desk.held() if h["key"] == row["key"])
        assert again["id"] != row["id"]
        assert [r["id"] for r in again["rules"]] == ["receipt.supplier.reference"]
        desk.decide(ids=[again["id"]], values={"supplier": "V1"})
        desk.run()
        assert float(desk.receipt("R0")["item"]["quantity"]) == 7
        assert all(h["key"] != row["key"] for h in desk.held())


def test_what_comes_every_day_is_decided_once(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        bad, good = ("R900", 1, "V1", "M1", "S9", "L9", "many", "2026/1/5"), ("R901", 1, "V1", "M1", "S9", "L8", 5, "2026/1/5")
        desk.receipts("receipt2.csv", [bad, good])
        desk.run()
        desk.receipts("receipt3.csv", [good, bad])
        desk.run()
        [row] = [h for h in desk.held() if h["key"].startswith("R900")]
        assert row["times"] == 2
        desk.decide(ids=[row["id"]], values={"qty": "31"})
        desk.run()
        assert float(desk.receipt("R900")["item"]["quantity"]) == 31
        # Tomorrow's extract says the same: nobody is asked, and the correction stands, with a trace of its own.
        desk.receipts("receipt4.csv", [bad])
        desk.run()
        record = desk.receipt("R900")
        assert float(record["item"]["quantity"]) == 31
        assert (record["lineage"][0]["correction"]["file"], record["lineage"][0]["correction"]["by"]) == ("receipt4.csv", "guan")
        assert not [h for h in desk.held() if h["key"].startswith("R900")]
        with desk.installation.store.transaction() as tx:
            assert len(tx.execute(select(row_decision.c.id)).all()) == 1, "no row is written for one that repeats"
        # In one run the bad row comes again, and then a good one: what the source says last is what stands.
        desk.receipts("receipt4a.csv", [bad, ("R902", 1, "V1", "M1", "S9", "L7", 1, "2026/1/5")])
        desk.receipts("receipt4b.csv", [("R900", 1, "V1", "M1", "S9", "L9", 77, "2026/1/5")])
        desk.run()
        assert float(desk.receipt("R900")["item"]["quantity"]) == 77
        # The source changed the row: that is new, and somebody looks at it.
        desk.receipts("receipt5.csv", [("R900", 1, "V1", "M1", "S9", "L9", "even more", "2026/1/5")])
        desk.run()
        assert [h["raw"]["qty"] for h in desk.held() if h["key"].startswith("R900")] == ["even more"]


def test_a_row_that_came_in_good_since_waits_for_nobody(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        before = {h["key"] for h in desk.held()}
        desk.receipts("receipt2.csv", [("R0", 1, "V0", "M0", "S0", "L0", 8, "2026/1/5")])
        desk.run()
        assert {h["key"] for h in desk.held()} == {k for k in before if not k.startswith("R0|")}
        [overtaken] = desk.held("superseded")
        assert (overtaken["key"], overtaken["decided_by"]) == ("R0|1", "system")
        desk.decide(409, ids=[overtaken["id"]], values={"qty": "9"})
        desk.post(f"/quarantine/acts/{overtaken['act']}/undo", 404)
        desk.run()
        with desk.installation.store.transaction() as tx:
            assert len(tx.execute(select(row_decision.c.id)).all()) == 1


def test_many_are_decided_at_once_and_undone_at_once(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        made = desk.decide(source="erp", table="receipt", rule="receipt.quantity.type", values={"qty": "1"}, reason="盘点后按一件计")
        assert made["rows"] == 3
        assert desk.counts() == {"waiting": 3}
        assert desk.post(f"/quarantine/acts/{made['act']}/undo")["rows"] == 3
        assert desk.counts() == {"open": 3}
        desk.post(f"/quarantine/acts/{made['act']}/undo", 409)
        desk.run()
        assert desk.client.get(f"{API}/entities/receipt/R0|1").status_code == 404, "what was undone is not taken"
        assert desk.decide(422, source="erp", values={"quantity": "1"})["hint"]
        desk.decide(422, values={"qty": "1"})
        desk.decide(404, ids=["nothing"])


def test_an_auditor_looks_and_does_not_decide(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside, "auditor") as desk:
        row = desk.held()[0]
        assert desk.get(f"/quarantine/rows/{row['id']}")["raw"]["qty"] == "many"
        desk.decide(403, ids=[row["id"]], values={"qty": "1"})
        desk.post("/quarantine/trials", 403, ids=[row["id"]], values={"qty": "1"})


def test_a_sheet_goes_out_is_corrected_and_comes_back(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        desk.receipts("receipt2.csv", [("=R700", 1, "V1", "M1", "S7", "-L7", "some", "2026/1/5")])
        desk.run()
        sheet = f"{API}/quarantine/sheet.csv"
        text = desk.client.get(sheet, params={"source": "erp", "table": "receipt"}).text
        names, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        assert (names[:4], len(lines)) == (["_id", "_file", "_row", "_rules"], 4)
        formula = next(line for line in lines if line[1] == "receipt2.csv")
        assert {"'=R700", "'-L7"} <= set(formula), "no cell is a formula"
        qty = names.index("qty")
        untouched, helped, hopeless = sorted((x for x in lines if x is not formula), key=lambda x: x[names.index("no")])
        helped[qty], hopeless[qty], formula[qty] = "41", "still wrong", "42"
        out = io.StringIO()
        csv.writer(out).writerows([names, untouched, helped, hopeless, formula, ["nobody", *untouched[1:]]])
        file = {"file": ("back.csv", out.getvalue().encode("utf-8-sig"), "text/csv")}

        told = desk.client.post(f"{API}/quarantine/sheet/trial", files=file).json()
        assert {n: told[n] for n in ("rows", "changed", "passing", "strangers")} == {"rows": 5, "changed": 3, "passing": 2, "strangers": 1}
        assert [i["changes"] for i in told["items"] if i["id"] == helped[0]] == [[{"column": "qty", "before": "many", "after": "41"}]]
        assert desk.counts() == {"open": 4}

        accepted = desk.client.post(f"{API}/quarantine/sheet", params={"reason": "盘点表", "passing": True}, files=file)
        assert (accepted.status_code, accepted.json()["rows"]) == (201, 2)
        desk.run()
        assert desk.counts() == {"open": 2, "taken": 2}
        assert float(desk.receipt("=R700")["item"]["quantity"]) == 42
        again = desk.client.post(f"{API}/quarantine/sheet", params={"reason": "盘点表"}, files={"file": ("back.csv", b"_id,qty\n" + helped[0].encode() + b",41\n", "text/csv")})
        assert again.status_code == 409
        assert desk.client.post(f"{API}/quarantine/sheet/trial", files={"file": ("x.csv", b"id,qty\n1,2\n", "text/csv")}).status_code == 422


def test_what_is_sealed_stays_sealed_through_a_correction(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside) as desk:
        # Nobody mapped the column, so it is sealed on arrival: it may be anything.
        company.write(desk.home / "inbox" / "receipt2.csv", f"{RECEIPTS},driver", [("R700", 1, "V1", "M1", "S7", "L7", "some", "2026/1/5", "13812345678")])
        desk.run()
        row = next(h for h in desk.held() if h["file"] == "receipt2.csv")
        assert row["raw"]["driver"] == "138****5678"
        desk.decide(ids=[row["id"]], values={"qty": "5", "driver": "13987654321"})
        desk.run()
        with desk.installation.store.transaction() as tx:
            kept = tx.execute(select(row_decision.c.edits)).scalar_one()
            [path] = tx.execute(select(load.c.raw_path).where(load.c.corrects.is_not(None))).scalars()
            audited = str(tx.execute(select(audit_event.c.detail, audit_event.c.after)).all())
        raw = str(pq.read_table(path).to_pylist())
        assert "13987654321" not in str(kept) + raw + audited
        assert (kept["driver__masked"], kept["qty"]) == ("139****4321", "5")
        [taken] = desk.held("taken")
        assert {"column": "driver", "before": "138****5678", "after": "139****4321"} in taken["changes"]
        assert float(desk.receipt("R700")["item"]["quantity"]) == 5
        # The column that was not touched is carried as it stands.
        desk.decide(422, ids=[desk.held()[0]["id"]], values={"qty": "sealed:1:L1:abc"})
