"""`medthread demo --story`: the company's people act by themselves, and what they leave behind is what the guide promises."""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from medthread.app import Installation, open_installation
from medthread.cli.demo_people import PASSWORD
from medthread.cli.playing import BEGUN, player
from medthread.stores.postgres.tables import (
    audit_event,
    deadline,
    definition_change,
    outbox,
    process_case,
    process_step,
    signature,
)
from medthread_demo.story import CHAPTERS, READINGS, SAMPLE
from medthread_demo.terms import TERMS, WAITING
from tests.browser.serving import serving_console
from tests.conftest import PROGRAM

TOLD = "其余的事在各自的收件箱里"
SMALL = ("--scale", "0.02", "--seed", "101")


@dataclass(frozen=True)
class Played:
    """A company after its people have acted."""

    home: Path
    said: str
    report: dict[str, Any]
    installation: Installation

    def rows(self, entity: str) -> list[dict[str, Any]]:
        """All records of an entity, each with the state of its case."""
        table = self.installation.native[entity]
        joined = select(table, process_case.c.state).outerjoin(process_case, (process_case.c.entity == entity) & (process_case.c.record == table.c.id))
        with self.installation.store.transaction() as tx:
            return [dict(r._mapping) for r in tx.execute(joined)]

    def one(self, entity: str) -> dict[str, Any]:
        (row,) = self.rows(entity)
        return row


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("played") / "company"
    report = home.parent / "report.json"
    arguments = [PROGRAM, "demo", *SMALL, "--home", str(home), "--port", "0", "--report", str(report)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "LANG": "C.UTF-8", "COLUMNS": "300"}) as company:
        assert company.stdout is not None
        said = []
        for line in company.stdout:
            said.append(line)
            if TOLD in line:
                company.send_signal(signal.SIGINT)
    assert company.returncode == 0, "".join(said)
    with open_installation(home) as installation:
        yield Played(home, "".join(said), json.loads(report.read_text(encoding="utf-8")), installation)


def test_every_chapter_is_played_to_its_end(played: Played) -> None:
    assert "中断" not in played.said
    assert json.loads((played.home / BEGUN).read_text(encoding="utf-8")) == list(CHAPTERS)
    assert player(played.home, played.report, password=PASSWORD) is None  # another start plays nothing twice


def test_the_terms_of_the_field_are_approved_by_another_and_one_waits(played: Played) -> None:
    with played.installation.store.transaction() as tx:
        rows = tx.execute(select(definition_change)).all()
    assert {(r.subject.removeprefix("term:"), r.state) for r in rows} == {*((n, "approved") for n in TERMS), *((n, "proposed") for n in WAITING)}
    assert {(r.proposed_by, r.decided_by) for r in rows if r.state == "approved"} == {("steward", "mr")}
    assert all("依据" in r.after["definition"]["zh"] and "after " in r.after["definition"]["en"] for r in rows)


def test_the_lot_failed_and_everything_made_of_it_is_on_hold(played: Played) -> None:
    inspection = played.one("inspection")
    assert (inspection["state"], inspection["lot_no"]) == ("rejected", played.report["trace"]["lot"])
    readings = played.rows("inspection_result")
    assert sorted(f"{r['value'].normalize():f}" for r in readings) == sorted(READINGS)
    assert len(readings) == SAMPLE
    drill = played.one("recall")["recall_no"]
    held = [h for h in played.rows("hold") if h["state"] == "standing" and h["cause_no"] != drill]
    assert len({(h["item"], h["lot_no"]) for h in held}) == len(held) > 1
    assert f"{len(held)} 个批次随即冻结" in played.said


def test_the_nonconformance_waits_for_its_board_contained_and_investigated(played: Played) -> None:
    ncr = played.one("nonconformance")
    assert (ncr["state"], ncr["severity"], ncr["delivered"]) == ("investigating", "major", True)
    with played.installation.store.transaction() as tx:
        steps = tx.execute(select(process_step.c.action, process_step.c.actor).where(process_step.c.record == ncr["id"]).order_by(process_step.c.id)).all()
        signed = tx.execute(select(signature.c.signer).where(signature.c.record == ncr["id"])).scalars().all()
    assert [tuple(s) for s in steps] == [("contain", "whs"), ("investigate", "qa")]
    assert "qa" in signed


def test_the_complaint_opened_adverse_events_whose_clocks_run_since_somebody_knew(played: Played) -> None:
    complaint = played.one("complaint")
    assert complaint["state"] == "triaged"
    events = played.rows("adverse_event")
    assert {e["complaint"] for e in events} == {complaint["complaint_no"]}
    with played.installation.store.transaction() as tx:
        clocks = tx.execute(select(deadline).where(deadline.c.entity == "adverse_event", deadline.c.statutory)).all()
    assert {c.started_at for c in clocks} == {complaint["aware_at"]}
    assert all(c.basis for c in clocks)


def test_the_drill_stopped_what_the_trace_reaches(played: Played) -> None:
    drill = played.one("recall")
    assert (drill["purpose"], drill["state"]) == ("mock", "evaluating")
    assert drill["lots_stopped"] > 0
    assert drill["units_shipped"] == played.report["trace"]["found_units"]
    stopped = {(h["item"], h["lot_no"]) for h in played.rows("hold") if h["cause_no"] == drill["recall_no"]}
    assert len(stopped) == drill["lots_stopped"]
    assert f"停发 {drill['lots_stopped']} 批" in played.said


def test_everything_was_told_and_nothing_was_refused(played: Played) -> None:
    with played.installation.store.transaction() as tx:
        told = Counter(tx.execute(select(outbox.c.type)).scalars())
        refused = tx.execute(select(audit_event.c.action, audit_event.c.detail).where(audit_event.c.outcome == "refused")).all()
    assert refused == []
    assert {"inspection_plan.effective", "inspection.failed", "inspection.rejected", "nc.contained", "nc.investigating", "complaint.triaged", "recall.evaluating"} <= set(told), told


def test_a_chapter_that_breaks_off_is_told_and_not_played_twice(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    (played.home / BEGUN).write_text(json.dumps(["a_hospital_complains", "a_recall_is_drilled"]), encoding="utf-8")
    again = player(played.home, played.report, password=PASSWORD)
    assert again is not None
    before = len(played.rows("inspection"))
    with serving_console(played.installation) as (port, _):
        again(port)
    assert "这一章中断" in capsys.readouterr().out  # the gauge of that name is there already
    assert len(played.rows("inspection")) == before
    assert player(played.home, played.report, password=PASSWORD) is None


def test_a_company_without_a_bad_lot_has_nothing_to_play(played: Played, tmp_path: Path) -> None:
    assert player(tmp_path, {"trace": {"lot": None, "item": None}}, password=PASSWORD) is None
