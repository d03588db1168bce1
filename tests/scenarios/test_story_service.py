"""A hospital complains, and later a recall is drilled: told in the order in which it happens to people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.scenarios import company, pump_maker
from tests.scenarios.people import People
from tests.scenarios.pump_maker import CLINIC, HOSPITAL, MODEL, PUMP, RESIN

ROLES = {
    "fang": ("svc",), "peng": ("pms",), "qian": ("qa",), "qu": ("qa",), "shi": ("qa_mgr",), "ma": ("mr",), "ben": ("recall_board",),
    "bo": ("recall_board",), "xu": ("exec",), "rao": ("ra",), "cheng": ("qc",), "wang": ("whs",),
}
KNEW = datetime.now(UTC) - timedelta(hours=30)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[People]:
    home = pump_maker.found(tmp_path_factory.mktemp("pumps") / "company")
    with open_beside(home) as installation:
        company.run(installation)
        reader = LakeReader(installation.releases)
        yield People(installation, reader, ROLES)
        reader.close()


@pytest.fixture(scope="module")
def markets(people: People) -> None:
    """The pump is authorised in China and in Europe."""
    for jurisdiction, number in (("CN", "国械注准20243140001"), ("EU", "CE 123456")):
        people.opens("rao", "registration_certificate", jurisdiction=jurisdiction, certificate_no=number, product="一次性输液泵",
                     approved_on="2024-01-01", expires_on="2099-01-01", status="approved")
        people.opens("rao", "certificate_scope", jurisdiction=jurisdiction, certificate_no=number, device_model=MODEL, item=PUMP)


def complaint(people: People, **values: Any) -> str:
    told = {"channel": "visit", "customer": HOSPITAL, "description": "输液速度忽快忽慢", "item": PUMP, "lot_no": "F2", "aware_at": KNEW, "received_at": datetime.now(UTC)}
    return people.opens("fang", "complaint", **told | values)


ANSWERS = {"device_model": MODEL, "udi_state": "not_available", "problem_code": "A14", "harm": "serious", "reportability": "yes"}


def test_a_hospital_complains_and_every_authority_has_its_clock(people: People, markets: None) -> None:
    # A service engineer heard it thirty hours ago; the clocks count from then, not from when it was typed in.
    id_ = complaint(people, complainant="李护士长", phone="13812345678")
    assert people.limits(id_)["triage"].started_at == KNEW

    # Triage asks which device, which UDI, which harm, whether an authority must know; it is refused while one is open.
    assert "needs device_model, udi_state" in people.is_refused("peng", "complaint", id_, "triage")
    assert "UDI" in people.is_refused("peng", "complaint", id_, "triage", **ANSWERS | {"udi_state": "read"})
    assert "死亡不能在分诊时判为不涉及上报" in people.is_refused("peng", "complaint", id_, "triage", **ANSWERS | {"reportability": "no"})
    people.does("peng", "complaint", id_, "triage", **ANSWERS)
    people.settles()

    # One assessment for each market, each with that market's limit: twenty days in China, fifteen in Europe.
    events = {e["jurisdiction"]: e for e in people.rows("adverse_event", complaint=people.row("complaint", id_)["complaint_no"])}
    assert set(events) == {"CN", "EU"}
    china, europe = (people.limits(events[j]["id"]) for j in ("CN", "EU"))
    assert china["cn_serious"].due_at == KNEW + timedelta(days=20)
    assert europe["eu_serious"].due_at == KNEW + timedelta(days=15)
    assert {"cn_death", "cn_group", "eu_death", "us_serious"}.isdisjoint({*china, *europe})

    # The patient has died since: the record is mended, and the shorter limit takes the place of the longer.
    cn = events["CN"]["id"]
    people.writes("peng", "adverse_event", cn, reason="the hospital called", severity="death")
    assert people.limits(cn)["cn_death"].due_at == KNEW + timedelta(days=7)
    assert "cn_serious" not in people.limits(cn)

    # It is reported with the authority's number, which is asked for, and the limit is met.
    people.does("peng", "adverse_event", cn, "decide_yes", decision_reason="流速失控,患者死亡")
    assert "needs submitted_at, regulator_no" in people.is_refused("peng", "adverse_event", cn, "submit")
    before = KNEW - timedelta(days=1)
    assert "报告时间" in people.is_refused("peng", "adverse_event", cn, "submit", submitted_at=before, regulator_no="CN-1")
    people.does("peng", "adverse_event", cn, "submit", submitted_at=datetime.now(UTC), regulator_no="CN-2026-0001")
    assert people.limits(cn)["cn_death"].met_at is not None
    assert people.limits(cn)["cn_evaluation_death"].met_at is None

    # Europe need not know, and two persons sign that; neither can do it alone.
    eu = events["EU"]["id"]
    people.writes("peng", "adverse_event", eu, decision_reason="事件发生在欧盟之外")
    assert people.does("peng", "adverse_event", eu, "decide_no").awaiting == ("qa_mgr",)
    assert people.does("shi", "adverse_event", eu, "decide_no").state == "not_reportable"


def test_what_the_crm_told_becomes_a_case_once_and_only_while_it_is_fresh(people: People) -> None:
    people.looks()
    people.looks()
    (opened,) = people.rows("complaint", channel="crm")
    assert (opened["crm_complaint"], opened["customer"], opened["item"], opened["device_model"]) == ("TS-1", CLINIC, PUMP, MODEL)
    assert (opened["harm"], opened["problem_code"], opened["aware_at"] == opened["received_at"]) == ("minor", "A12", True)
    assert people.state("complaint", opened["id"]) == "received"


def test_a_complaint_is_waived_only_for_a_similar_one_that_was_investigated(people: People, markets: None) -> None:
    first, second = complaint(people, lot_no="F1"), complaint(people, lot_no="F1")
    harmless = ANSWERS | {"harm": "none", "reportability": "no", "problem_code": "A12"}
    for id_ in (first, second):
        people.does("peng", "complaint", id_, "triage", **harmless)
    number = people.row("complaint", first)["complaint_no"]
    why = {"similar_complaint": number, "no_investigation_reason": "同型号同问题"}
    assert "已调查" in people.is_refused("shi", "complaint", second, "waive", **why)
    people.does("cheng", "complaint", first, "investigate", sample_returned="no")
    people.does("qian", "complaint", first, "conclude", investigation="接头松动", confirmed="yes", cause_code="component", risk_file_checked="概率未超出")
    people.does("shi", "complaint", second, "waive", **why)
    people.does("qian", "complaint", second, "conclude", cause_code="component")

    # A reply is kept, or it is said why there is none; closing waits for the CAPA decision.
    assert "既无回复也无理由" in people.is_refused("fang", "complaint", second, "reply")
    people.does("fang", "complaint", second, "reply", no_reply_reason="客户匿名")
    assert "未写 CAPA 号" in people.is_refused("shi", "complaint", second, "close", capa_decision="opened")
    people.does("shi", "complaint", second, "close", capa_decision="none")
    assert people.state("complaint", second) == "closed"

    # Harm is always investigated, whatever is similar.
    third = complaint(people, lot_no="F1")
    people.does("peng", "complaint", third, "triage", **harmless | {"harm": "serious", "reportability": "yes"})
    assert "is investigated" in people.is_refused("shi", "complaint", third, "waive", **why)


def test_the_rate_passes_its_limit_and_the_signal_has_its_chart(people: People, markets: None) -> None:
    leaking = ANSWERS | {"problem_code": "A05", "harm": "none", "reportability": "no"}
    for expected in (0, 0, 1, 1):  # three in a month where there was none in a year; the fourth raises no second signal
        people.does("peng", "complaint", complaint(people, lot_no="F2"), "triage", **leaking)
        people.settles()
        assert len(people.rows("complaint_trend", problem_code="A05", lot_no=None)) == expected
    (signal,) = people.rows("complaint_trend", problem_code="A05", lot_no=None)
    assert (signal["observed"], signal["upper_limit"], signal["units"]) == (3, 0, Decimal(230))
    chart = people.rows("complaint_trend_point", complaint_trend=signal["trend_no"])
    assert [p["complaints"] for p in chart] == [0] * 12 + [3]
    assert chart[-1]["rate"] == pytest.approx(Decimal("13.043478"))

    # A CAPA is proposed with the signal as its source; whoever accepts it opens it with its metric.
    people.accepts("qian", "open_capa_of_complaint_trend", signal["id"])
    (capa,) = people.rows("capa", metric="complaint_rate", metric_code="A05")
    assert capa["metric_item"] == PUMP
    sources = {(s["source_entity"], s["source_no"]) for s in people.rows("capa_source", capa=capa["capa_no"])}
    assert sources == {("trend", signal["trend_no"]), ("complaint", signal["complaint"])}

    # Somebody answers for assessing whether a trend report is due.
    assert "take_up_trend" in people.proposed("peng")
    people.accepts("peng", "take_up_trend", signal["id"])
    people.does("peng", "complaint_trend", signal["id"], "assess", risk_probability_exceeded="yes", to_be_reported="no", assessment="高于风险文件假定")
    assert people.state("complaint_trend", signal["id"]) == "assessed"


def test_an_item_is_sold_only_where_an_authorisation_covers_it(people: People, markets: None) -> None:
    assert people.objections(("market_authorised",), item=PUMP, jurisdiction="CN") == []
    assert "没有覆盖它的注册证" in people.objections(("market_authorised",), item=PUMP, jurisdiction="US")[0]
    (certificate,) = people.rows("registration_certificate", jurisdiction="EU")
    people.writes("rao", "registration_certificate", certificate["id"], status="expired")
    assert people.objections(("market_authorised",), item=PUMP, jurisdiction="EU") == ["expired, 有效期至 / until 2099-01-01"]
    people.writes("rao", "registration_certificate", certificate["id"], status="approved")


def test_service_is_screened_and_what_is_a_complaint_opens_one(people: People) -> None:
    id_ = people.opens("fang", "service_order", customer=HOSPITAL, kind="install", symptom="安装验收", item=PUMP)
    people.does("fang", "service_order", id_, "triage", device_model=MODEL, problem_code="A20", warranty="in")
    people.does("fang", "service_order", id_, "assign", engineer="fang")
    people.does("fang", "service_order", id_, "start")
    six = {"serviced_on": "2026-11-20", "work_done": "安装并校验", "test_data": "流速 100 ml/h, 误差 1.2 %"}
    assert "needs serviced_on" in people.is_refused("fang", "service_order", id_, "test")
    assert "无 UDI、序列号、批号" in people.is_refused("fang", "service_order", id_, "test", **six)
    people.does("fang", "service_order", id_, "test", serial_no="B001", lot_no="F2", **six)
    people.does("fang", "service_order", id_, "accept", accepted_by="设备科")
    people.does("qian", "service_order", id_, "close", is_complaint="yes")
    people.settles()
    number = people.row("service_order", id_)["service_no"]
    (opened,) = people.rows("complaint", service_order=number)
    assert opened["aware_at"] == people.row("service_order", id_)["reported_at"]
    (unit,) = people.rows("installed_unit", serial_no="B001")
    assert (unit["status"], unit["customer"], str(unit["serviced_on"])) == ("installed", HOSPITAL, "2026-11-20")


def test_no_more_comes_back_than_was_sent_and_what_falls_short_is_a_complaint(people: People) -> None:
    back = people.opens("fang", "return_authorisation", customer=CLINIC, item=PUMP, lot_no="F1", quantity=11, reason="defect")
    assert "已发 / shipped 10" in people.is_refused("fang", "return_authorisation", back, "authorise")
    people.writes("fang", "return_authorisation", back, quantity=10)
    people.does("fang", "return_authorisation", back, "authorise")
    people.does("wang", "return_authorisation", back, "receive", received_at=datetime.now(UTC), decontaminated="yes", alleges_deficiency="yes")
    people.settles()
    (opened,) = people.rows("complaint", rma=people.row("return_authorisation", back)["rma_no"])
    assert (opened["channel"], opened["sample_returned"]) == ("return", "yes")
    people.does("cheng", "return_authorisation", back, "inspect", findings="泵头裂纹")
    assert "does not go back to stock" in people.is_refused("qian", "return_authorisation", back, "dispose", disposition="restock")
    people.does("qian", "return_authorisation", back, "dispose", disposition="scrap")


def test_a_dispute_preserves_its_records_until_two_persons_lift_the_hold(people: People) -> None:
    record = people.rows("complaint")[0]["complaint_no"]
    id_ = people.opens("xu", "dispute", kind="liability", counterparty="张某", claim="赔偿", amount="120000")
    assert "未列出任何记录" in people.is_refused("xu", "dispute", id_, "preserve")
    people.opens("xu", "dispute_record", dispute=people.row("dispute", id_)["dispute_no"], entity="complaint", record=record)
    people.does("xu", "dispute", id_, "preserve")
    held = {"entity": "complaint", "record": record}
    number = people.row("dispute", id_)["dispute_no"]
    assert people.objections(("no_legal_hold",), **held) == [f"纠纷 / dispute {number}"]
    people.does("xu", "dispute", id_, "negotiate")
    people.does("xu", "dispute", id_, "settle", outcome="和解", settled_on="2026-11-25")
    people.does("ma", "dispute", id_, "close")
    people.settles()

    # Closing frees nothing: the hold is lifted by two persons, who are asked to.
    assert people.objections(("no_legal_hold",), **held) != []
    (hold,) = people.rows("legal_hold", cause_no=number)
    assert [t["role"] for t in people.rows("task") if hold["hold_no"] in t["subject"]] == ["qa_mgr"]
    people.does("shi", "legal_hold", hold["id"], "lift", reason="已和解", lift_basis="和解协议 2026-11-25")
    people.does("ma", "legal_hold", hold["id"], "lift", reason="已和解")
    assert people.objections(("no_legal_hold",), **held) == []




def test_a_recall_is_drilled(people: People) -> None:
    """Stop-ship at once, consignees from the trace, every unit accounted for, closed with signatures, timed."""
    drill = people.opens("qian", "recall", purpose="mock", title="树脂 R1 异常演练", cause="假定树脂 R1 含异物")
    number = people.row("recall", drill)["recall_no"]
    assert "未指定任何批次" in people.is_refused("qian", "recall", drill, "open", evaluation_team="史、彭")
    people.opens("qian", "recall_scope_lot", recall=number, item=RESIN, lot_no="R1")
    assert people.objections(("no_stop_ship",), item=PUMP, lot_no="F1") == []

    # The act that opens the evaluation stops shipping of the resin and of the pumps made of it, before anybody's next act.
    people.does("qian", "recall", drill, "open", evaluation_team="史、彭")
    held = {(h["item"], h["lot_no"]) for h in people.rows("hold", cause_no=number)}
    assert held == {(RESIN, "R1"), (PUMP, "F1")}
    assert number in people.objections(("no_stop_ship",), item=PUMP, lot_no="F1")[0]
    assert people.objections(("no_stop_ship",), item=PUMP, lot_no="F2") == []
    stop = people.rows("hold", cause_no=number)[0]["id"]
    assert "尚未关闭" in people.is_refused("shi", "hold", stop, "lift", lifted_reason="急单")  # nobody frees it past the recall
    row = people.row("recall", drill)
    assert (row["lots_stopped"], row["units_shipped"], row["consignees"]) == (2, 30, 2)
    assert row["release"] is not None
    assert row["stopped_at"] - people.limits(drill)["stop_ship"].started_at < timedelta(minutes=5)
    assert people.limits(drill)["stop_ship"].met_at is not None

    # The board and the head of the company decide, each for themselves; no statutory clock runs, for nobody is told.
    found = {"hazard_evaluation": "演练", "recall_class": "1", "action": "remove", "in_cn": "yes", "in_eu": "no", "in_us": "no"}
    people.writes("shi", "recall", drill, **found)
    assert people.does("ben", "recall", drill, "decide").awaiting == ("exec",)
    people.does("xu", "recall", drill, "decide")
    people.settles()
    assert set(people.limits(drill)) == {"stop_ship"}

    # Consignees come from the trace: twenty to the hospital, of which one came back, ten to the clinic.
    lines = {line["consignee"]: line for line in people.rows("recall_line", recall=number)}
    assert {c: (line["lot_no"], line["quantity_shipped"], line["quantity_returned"]) for c, line in lines.items()} == {
        HOSPITAL: ("F1", 20, 1), CLINIC: ("F1", 10, 0)}
    assert all(line["quantity_outstanding"] is None for line in lines.values())  # counted by people, never worked out

    # It does not end while a unit is unexplained, nor while an end at which tracing breaks off is undecided.
    assert "尚存未点清" in people.is_refused("shi", "recall", drill, "end_mock", drill_conclusion="x")
    people.writes("fang", "recall_line", lines[CLINIC]["id"], quantity_outstanding=10, status="reconciled")
    people.writes("fang", "recall_line", lines[HOSPITAL]["id"], quantity_outstanding=18, status="reconciled")
    refusal = people.is_refused("shi", "recall", drill, "end_mock", drill_conclusion="x")
    assert "不明数量 / unexplained 1" in refusal
    people.writes("fang", "recall_line", lines[HOSPITAL]["id"], quantity_used=1)
    assert "every unresolved end" in people.is_refused("shi", "recall", drill, "end_mock", drill_conclusion="x")
    (end,) = people.rows("recall_unresolved_end", recall=number)
    assert (end["activity"], end["quantity"]) == ("I-LOST", 7)
    people.writes("qian", "recall_unresolved_end", end["id"], decision="outside", evidence="退料单 TL-88:7 kg 退库")

    # A drill notifies nobody; it ends with the signature of the head of quality, and the lots are free again.
    assert "a drill notifies nobody" in people.is_refused("rao", "recall", drill, "notify", plan="P", authority_no="N")
    people.does("shi", "recall", drill, "end_mock", drill_conclusion="2 分钟得出范围,30 台全部核对")
    people.settles()
    assert people.state("recall", drill) == "mock_done"
    assert people.objections(("no_stop_ship",), item=PUMP, lot_no="F1") == []


def test_a_recall_in_earnest(people: People) -> None:
    """The same way in earnest: clocks by class, everybody notified and answering, two persons from beginning to end."""
    people.opens("fang", "installed_unit", item=PUMP, serial_no="A001", lot_no="F1", customer=HOSPITAL)
    people.opens("fang", "installed_unit", item=PUMP, serial_no="B002", lot_no="F2", customer=HOSPITAL)
    recall = people.opens("peng", "recall", title="输液泵 F1 漏液", cause="泵体裂纹")
    number = people.row("recall", recall)["recall_no"]
    people.opens("peng", "recall_scope_lot", recall=number, item=PUMP, lot_no="F1")
    people.does("qian", "recall", recall, "open", evaluation_team="史、彭")
    people.writes("shi", "recall", recall, hazard_evaluation="可能延误给药", recall_class="1", action="remove", in_cn="yes", in_eu="no", in_us="yes")
    people.does("ben", "recall", recall, "decide")
    people.does("xu", "recall", recall, "decide")
    people.settles()
    limits = people.limits(recall)
    assert {"cn_class1_notice", "cn_plan", "us_report"} <= set(limits)
    assert "cn_class2_notice" not in limits
    assert limits["cn_class1_notice"].due_at - limits["cn_class1_notice"].started_at == timedelta(days=1)
    assert {u["serial_no"]: u["status"] for u in people.rows("installed_unit") if u["serial_no"] in ("A001", "B002")} == {"A001": "recalled", "B002": "shipped"}

    told = {"plan": "RCP-1", "authority_no": "NMPA-1"}
    assert "未通知" in people.is_refused("rao", "recall", recall, "notify", **told)
    lines = people.rows("recall_line", recall=number)
    now = datetime.now(UTC)
    for line in lines:
        people.writes("fang", "recall_line", line["id"], status="notified", notified_at=now, method="letter", attempts=1)
    people.does("rao", "recall", recall, "notify", **told)
    assert people.limits(recall)["cn_class1_notice"].met_at is not None
    assert "尚无确认" in people.is_refused("fang", "recall", recall, "first_acknowledgements")
    for line in lines:
        back = line["quantity_shipped"]
        people.writes("fang", "recall_line", line["id"], status="actioned", acknowledged_at=now, quantity_returned=back, quantity_outstanding=0)
    people.does("fang", "recall", recall, "first_acknowledgements")
    people.does("fang", "recall", recall, "all_lines_actioned")
    assert "cn_summary" in people.limits(recall)

    # Below its target it goes back; what ends it is signed by a board that neither notified nor reconciled.
    ends: dict[str, Any] = {"effectiveness": 80, "effectiveness_target": 100, "summary_report": "SR-1"}
    assert "80 % < 100 %" in people.is_refused("bo", "recall", recall, "terminate", **ends)
    people.does("bo", "recall", recall, "terminate", **ends | {"effectiveness": 100})
    people.does("ma", "recall", recall, "close", capa="CAPA-1", disposal_witness="公证处")
    assert people.state("recall", recall) == "closed"
    assert people.objections(("no_stop_ship",), item=PUMP, lot_no="F1") != []  # what was recalled is not shipped again by itself
