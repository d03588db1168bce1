"""Overdue rows are told once a day and source; a rule that is not sure proposes, and a steward accepts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from medthread.governance.review.told import remind
from medthread.stores.postgres.tables import notice, notice_address, outbox
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.scenarios.test_held_rows import API, Desk, at_desk


def test_overdue_rows_are_one_notice_a_day(tmp_path: Path, open_beside: Opening) -> None:
    with at_desk(tmp_path / "c", open_beside, quality='review_within = "2 d"') as desk, desk.installation.services(None) as services:
        installation = desk.installation
        with installation.store.transaction() as tx:
            tx.execute(insert(notice_address).values(account="guan", address="guan@example.com"))

        def told(days: float) -> int:
            with installation.store.transaction() as tx:
                return remind(tx, services.workflow, services.reader.current(), installation.sources, services.terms, now=datetime.now(UTC) + timedelta(days=days))

        assert desk.get("/quarantine/desk")["overdue"] == 0
        assert desk.held()[0]["due_at"] is not None
        assert [told(1), told(3), told(3), told(4)] == [0, 1, 0, 1]
        desk.decide(source="erp", kind="rejected", reason="试验数据")
        assert told(5) == 0
        with installation.store.transaction() as tx:
            notices = tx.execute(select(notice.c.account, notice.c.entity, notice.c.record, notice.c.about)).all()
            events = tx.execute(select(outbox.c.body).where(outbox.c.type == "held_rows.overdue")).scalars().all()
        assert [tuple(n) for n in notices] == [("guan", "source", "erp", {"rows": 3})] * 2
        assert [e["rows"] for e in events] == [3, 3]


def unsure(**more: Any) -> dict[str, Any]:
    return ruled.rule("lot_form", {"pattern": "L[0-9]+"}, at="intake", gate="quarantine", on={"entity": "lot", "field": "lot_no"}, correct="upper(lot_no)", **more)


def lots_of(desk: Desk) -> list[dict[str, Any]]:
    return [h for h in desk.held() if h["entity"] == "lot"]


def test_a_rule_that_is_not_sure_proposes_and_a_steward_accepts_in_bulk(tmp_path: Path, open_beside: Opening) -> None:
    home = ruled.found(tmp_path / "c", unsure(confidence=0.8))
    ruled.lots(home, "lot2.csv", 200, 3, form="l{}")
    ruled.lots(home, "lot3.csv", 300, 1, form="x?{}")
    with at_desk(home, open_beside, founded=True) as desk:
        assert sorted((h["key"], h["proposed"]) for h in lots_of(desk) if h["proposed"]) == [(f"M{n % 30}|l{n}", {"lot": f"L{n}"}) for n in (200, 201, 202)]
        assert desk.post("/quarantine/trials", source="erp", table="lot", as_proposed=True)["passing"] == 3
        assert desk.decide(source="erp", table="lot", as_proposed=True)["rows"] == 3
        desk.run()
        assert desk.client.get(f"{API}/entities/lot/M20|L200").status_code == 200
        assert [h["key"] for h in lots_of(desk)] == ["M0|x?300"]


def test_a_rule_that_is_sure_mends_and_keeps_its_version_and_confidence(tmp_path: Path, open_beside: Opening) -> None:
    home = ruled.found(tmp_path / "c", unsure(confidence=0.8))
    ruled.lots(home, "lot2.csv", 200, 1, form="l{}")
    with at_desk(home, open_beside, founded=True, quality="corrects_from = 0.7") as desk:
        assert lots_of(desk) == []
        [mended] = [c for c in desk.get("/corrections", limit=500)["items"] if c["entity"] == "lot"]
        assert (mended["before"], mended["after"], mended["confidence"], len(mended["version"])) == ("l200", "L200", 0.8, 12)
