"""The story as people live through it in the console: each chapter is signed by its own persons, and refused where it must be."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from medthread.stores.serving import LakeReader
from tests.browser.desk import Desk
from tests.browser.serving import serving_console
from tests.conftest import Opening
from tests.registry import registry
from tests.scenarios import company, pump_maker
from tests.scenarios.house import CERTIFICATE, DI, HOUSING, PASSWORD, PUMP, RESIN, House, open_house
from tests.scenarios.people import PASSWORD as THEIRS
from tests.scenarios.people import People
from tests.scenarios.pump_maker import MODEL
from tests.scenarios.test_story_quality import FAMILY, SAMPLE, batch, gauge, inspection, plan
from tests.scenarios.test_story_service import ANSWERS, ROLES, complaint

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("lived") / "company", open_beside) as opened:
        yield opened


@pytest.fixture(scope="module")
def maker(house: House) -> Iterator[str]:
    with serving_console(house.installation) as (_, address):
        yield address


@pytest.fixture
def desk(page: Page, maker: str) -> Desk:
    return Desk(page, maker, PASSWORD)


def test_a_resin_fails_is_held_and_scrapped_by_three_persons_after_its_concession_was_refused(house: House, desk: Desk) -> None:
    bad = inspection(house, RESIN, "R-1", plan(house, RESIN, "incoming", registered=True), gauge(house, "TS-01"), ["55", "41.5", *["56"] * (SAMPLE - 2)])
    desk.does("lin", "inspection", bad["id"], "judge_failed", defect_code="强度")
    page = desk.opens("qian", "entities/hold?view=list")
    for _, lot in FAMILY:  # on hold before anybody's next look
        expect(page.get_by_role("main").get_by_role("row").filter(has_text=lot).first).to_be_visible()

    (ncr,) = house.find("nonconformance")
    no, id_ = ncr["ncr_no"], ncr["id"]
    desk.does("chen", "nonconformance", id_, "contain", containment="移至不合格区,贴红牌")
    house.act("qian", "nonconformance", id_, "investigate", severity="major", delivered=True)
    desk.does("qian", "nonconformance", id_, "convene", facts_and_risk="强度低于注册的产品技术要求")
    for line, lot in enumerate(house.find("nonconformance_lot", nonconformance=no), start=1):
        kind = "use_as_is" if lot["lot_no"] == "H-1" else "scrap"
        house.create("qian", "nonconformance_disposition", nonconformance=no, line_no=line, item=lot["item"], lot_no=lot["lot_no"], disposition=kind, quantity=lot["quantity"])
    desk.is_refused("wu", "nonconformance", id_, "decide", "60", mrb_minutes="原样使用 H-1")

    asked = house.opened("qian", "concession", nonconformance=no, item=HOUSING, lot_no="H-1", justification="强度余量足够", regulatory_ok=True,
                         risk_assessment="RA-2026-014", max_quantity="60", valid_to="2030-01-01")
    house.act("qian", "concession", asked["id"], "submit")
    desk.is_refused("wu", "concession", asked["id"], "approve", "2.3.1", "41.5")
    desk.does("zhou", "concession", asked["id"], "refuse", reason="产品技术要求不满足")

    # Three functions, three persons; whoever comes later finds what is signed already and cannot sign anything else.
    (as_is,) = house.find("nonconformance_disposition", nonconformance=no, lot_no="H-1")
    house.mend("qian", "nonconformance_disposition", as_is["id"], disposition="scrap")
    assert "还须" in desk.does("wu", "nonconformance", id_, "decide", mrb_minutes="全部报废")
    second = desk.begins("zhou", "nonconformance", id_, "decide")
    expect(second.get_by_label("MRB 纪要", exact=True)).to_have_value("全部报废")
    expect(second.get_by_label("MRB 纪要", exact=True)).to_be_disabled()
    assert "还须" in desk.does("zhou", "nonconformance", id_, "decide")
    assert "还须" not in desk.does("zheng", "nonconformance", id_, "decide")

    desk.does("chen", "nonconformance", id_, "execute")
    for line in house.find("nonconformance_disposition", nonconformance=no):
        house.mend("chen", "nonconformance_disposition", line["id"], executed_on="2026-03-01", witness="孙质")
    desk.does("lin", "nonconformance", id_, "verify_again")
    house.act("qian", "nonconformance", id_, "close", capa_decision="not_needed", capa_reason="单一来料批")
    house.settle()
    assert [h["lot_no"] for h in house.find("hold") if h["state"] == "standing"] == []
    page = desk.opens("qian", f"entities/nonconformance/{id_}")
    expect(page.get_by_role("list", name="流程状态").locator("[aria-current=step]")).to_have_text("已关闭")
    page.get_by_role("tab", name=re.compile("^签名与步骤")).click()
    expect(page.get_by_role("region", name="签名", exact=True).get_by_role("row").filter(has_text="MRB 决定")).to_have_count(3)


def test_a_batch_is_released_in_two_steps_and_the_second_refused_until_authorisation_and_label_are_right(house: House, desk: Desk) -> None:
    plan(house, PUMP, "final")
    record = batch(house)["id"]
    house.act("zheng", "batch_record", record, "complete", quantity_made="30")
    house.act("zheng", "batch_record", record, "review_production", exceptions_explained="首次扭矩超限,重装后合格")
    house.act("gao", "batch_record", record, "complete_tests", test_report="FQC-2026-9")
    desk.does("wei", "batch_record", record, "release_production")
    certificate = house.create("zhu", "registration_certificate", jurisdiction="CN", certificate_no=CERTIFICATE, product="输注泵", approved_on="2020-01-01",
                               expires_on="2025-01-01", status="approved")
    house.mend("zheng", "batch_record", record, jurisdiction="CN", certificate_no=CERTIFICATE, expires_on="2030-12-31", release_certificate="FX-9")
    desk.is_refused("jiang", "batch_record", record, "release_to_market", "2025-01-01", printed_di=DI)
    house.mend("zhu", "registration_certificate", certificate, expires_on=date(2031, 1, 1))
    desk.is_refused("jiang", "batch_record", record, "release_to_market", "06912345678910", printed_di="06912345678910")
    assert "上市" in desk.does("jiang", "batch_record", record, "release_to_market", printed_di=DI)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[People]:
    with open_beside(pump_maker.found(tmp_path_factory.mktemp("sold") / "company")) as installation:
        company.run(installation)
        reader = LakeReader(installation.releases)
        made = People(installation, reader, ROLES)
        for jurisdiction, number in (("CN", "国械注准20243140001"), ("EU", "CE 123456")):
            made.opens("rao", "registration_certificate", jurisdiction=jurisdiction, certificate_no=number, product="一次性输液泵",
                       approved_on="2024-01-01", expires_on="2099-01-01", status="approved")
            made.opens("rao", "certificate_scope", jurisdiction=jurisdiction, certificate_no=number, device_model=MODEL, item=pump_maker.PUMP)
        yield made
        reader.close()


@pytest.fixture
def counter(page: Page, people: People) -> Iterator[Desk]:
    with serving_console(people.installation) as (_, address):
        yield Desk(page, address, THEIRS)


def test_a_hospital_complains_the_clocks_run_and_the_rate_proposes_a_capa(people: People, counter: Desk) -> None:
    heard = complaint(people, complainant="李护士长", phone="13812345678")
    counter.does("peng", "complaint", heard, "triage", device_model=MODEL, udi_state="无法取得", problem_code="输注或流量", harm="严重", reportability="应评估上报")
    people.settles()
    (china,) = people.rows("adverse_event", jurisdiction="CN")
    page = counter.opens("peng", f"entities/adverse_event/{china['id']}?tab=limits")
    page.get_by_role("tab", name=re.compile("^时限")).click()
    expect(page.get_by_role("tabpanel").get_by_role("row").filter(has_text="法定").first).to_be_visible()

    leaking = ANSWERS | {"problem_code": "A05", "harm": "none", "reportability": "no"}
    for _ in range(3):
        people.does("peng", "complaint", complaint(people, lot_no="F2"), "triage", **leaking)
        people.settles()
    page = counter.opens("qian", "inbox")
    row = page.get_by_role("row").filter(has_text="CAPA").first
    row.get_by_role("button", name="接受").click()
    page.get_by_role("dialog").get_by_label("原因").fill("趋势超限")
    page.get_by_role("dialog").get_by_role("button", name="接受").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    people.settles()
    (capa,) = people.rows("capa", metric="complaint_rate")
    page = counter.opens("qian", f"entities/capa/{capa['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(capa["capa_no"])


def test_a_recall_is_drilled_and_ends_when_every_unit_is_explained(people: People, counter: Desk) -> None:
    drill = people.opens("qian", "recall", purpose="mock", title="树脂 R1 异常演练", cause="假定树脂 R1 含异物")
    number = people.row("recall", drill)["recall_no"]
    counter.is_refused("qian", "recall", drill, "open", "未指定任何批次", evaluation_team="史、彭")
    people.opens("qian", "recall_scope_lot", recall=number, item=pump_maker.RESIN, lot_no="R1")
    counter.does("qian", "recall", drill, "open", evaluation_team="史、彭")
    assert people.row("recall", drill)["lots_stopped"] == 2
    people.writes("shi", "recall", drill, hazard_evaluation="演练", recall_class="1", action="remove", in_cn="yes", in_eu="no", in_us="no")
    assert "还须" in counter.does("ben", "recall", drill, "decide")
    counter.does("xu", "recall", drill, "decide")
    people.settles()
    page = counter.opens("shi", f"entities/recall/{drill}")
    page.get_by_role("tab", name=f"{registry()['recall_line'].about.zh} 2", exact=True).click()
    expect(page.get_by_role("tabpanel")).to_contain_text(pump_maker.HOSPITAL)
    counter.is_refused("shi", "recall", drill, "end_mock", "尚存", drill_conclusion="x")
    lines = {line["consignee"]: line["id"] for line in people.rows("recall_line", recall=number)}
    people.writes("fang", "recall_line", lines[pump_maker.CLINIC], quantity_outstanding=10, status="reconciled")
    people.writes("fang", "recall_line", lines[pump_maker.HOSPITAL], quantity_outstanding=18, quantity_used=1, status="reconciled")
    (end,) = people.rows("recall_unresolved_end", recall=number)
    people.writes("qian", "recall_unresolved_end", end["id"], decision="outside", evidence="退料单 TL-88:7 kg 退库")
    counter.does("shi", "recall", drill, "end_mock", drill_conclusion="2 分钟得出范围,30 台全部核对")
    assert people.state("recall", drill) == "mock_done"
