"""A source is admitted, its certificate runs out and buying stops; a document is released with training; a change takes effect."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from medthread.stores.postgres.tables import outbox
from medthread.stores.serving import LakeReader
from medthread.trust.access import Actor
from medthread.workflow.inbox import inbox
from medthread.workflow.work import Acting
from tests.conftest import Opening
from tests.scenarios import company, resin_buyer
from tests.scenarios.people import People
from tests.scenarios.resin_buyer import CERTIFICATE, MODEL, ON_ITEM, ON_MODEL, OTHER, PUMP, RESIN, TODAY, VENDOR

ROLES = {
    "pei": ("purch",), "pan": ("purch", "qa_mgr"), "mao": ("purch_mgr",), "sun": ("sqe",), "qin": ("qa",), "qiu": ("qa",), "shi": ("qa_mgr",), "shu": ("qa_mgr",),
    "cheng": ("qc",), "deng": ("doc",), "en": ("eng",), "enzo": ("eng",), "em": ("eng_mgr",), "rao": ("ra",), "ma": ("mr",), "po": ("prod_mgr",), "op": ("prod",),
    "ou": ("prod",), "qu": ("qc_mgr",), "wang": ("whs",),
}  # fmt: skip
HASH = "ab" * 32
SITE = "常州二厂"
SOURCE = {"supplier": VENDOR, "item": RESIN, "site": SITE, "item_class": "A", "need": "泵体用树脂"}
MAY_BUY = ("supplier_certificates_valid", "source_approved", "source_not_held", "supplier_open_in_erp")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[People]:
    home = resin_buyer.found(tmp_path_factory.mktemp("resin") / "company")
    with open_beside(home) as installation:
        company.run(installation)
        reader = LakeReader(installation.releases)
        yield People(installation, reader, ROLES)
        reader.close()


def buying(people: People, **values: Any) -> list[str]:
    """What the ERP is told when it asks whether the resin may be bought."""
    return people.objections(MAY_BUY, **{"supplier": VENDOR, "item": RESIN, "site": None} | values)


def released(people: People, doc_no: str, rev: str = "A", **values: Any) -> str:
    """A document that went the whole way without training."""
    id_ = people.opens("qin", "document", doc_no=doc_no, doc_rev=rev, title=doc_no, function="eng", **values)
    people.does("qin", "document", id_, "submit", file_name=f"{doc_no}.pdf", sha256=HASH)
    people.does("en", "document", id_, "review")
    people.does("shi", "document", id_, "approve")
    if "change_order" not in values:
        people.does("deng", "document", id_, "make_effective", effective_on=TODAY, no_training_reason="外来要求,无须培训")
    return id_


@pytest.fixture(scope="module")
def source(people: People) -> str:
    """The resin's source, admitted as far as its trial lots."""
    people.opens("pei", "supplier_certificate", supplier=VENDOR, kind="iso13485", cert_no="MD-5521", issued_on=TODAY - timedelta(days=900),
                 expires_on=TODAY + timedelta(days=6))
    people.opens("pei", "supplier_certificate_scope", supplier=VENDOR, kind="iso13485", cert_no="MD-5521", item=RESIN)
    return people.opens("pan", "supplier_qualification", **SOURCE)


def test_a_source_of_a_class_a_material_is_admitted_step_by_step(people: People, source: str) -> None:
    # Nothing may be bought from it yet.
    assert buying(people) == [f"不在合格供方名录中 / is no approved source of {RESIN}"]
    people.does("pan", "supplier_qualification", source, "propose")

    # The same source is not proposed twice.
    twin = people.opens("pei", "supplier_qualification", **SOURCE)
    assert "SQ-" in people.is_refused("pei", "supplier_qualification", twin, "propose")

    # Class A takes an audit at the site; a desk approval is refused.
    assert "须现场审核" in people.is_refused("sun", "supplier_qualification", source, "approve_on_desk", survey="已调查")
    people.does("sun", "supplier_qualification", source, "require_audit", survey="体系完备,过程受控")
    due = TODAY + timedelta(days=700)
    assert "没有已报告的供方审核" in people.is_refused("sun", "supplier_qualification", source, "pass_audit", audit_due=due)
    audit_the_supplier(people)
    people.does("sun", "supplier_qualification", source, "pass_audit", audit_due=due)

    # A sample, then three trial lots; two do not do, and a rejected one would stop it.
    no = people.row("supplier_qualification", source)["qualification_no"]
    assert "没有合格样品" in people.is_refused("cheng", "supplier_qualification", source, "pass_sample")
    trial = {"qualification": no, "inspection": "IQC-1", "result": "accepted"}
    people.opens("cheng", "supplier_trial", **trial, kind="sample", lot_no="S1")
    people.does("cheng", "supplier_qualification", source, "pass_sample")
    for lot in ("T1", "T2"):
        people.opens("cheng", "supplier_trial", **trial, kind="trial_lot", lot_no=lot)
    until = TODAY + timedelta(days=365)
    assert "合格试用批 2/3" in people.is_refused("qin", "supplier_qualification", source, "accept_trial_lots", valid_to=until)
    people.opens("cheng", "supplier_trial", **trial, kind="trial_lot", lot_no="T3")
    people.does("qin", "supplier_qualification", source, "accept_trial_lots", valid_to=until)
    assert people.row("supplier_qualification", source)["level"] == "conditional"
    assert buying(people) == []

    # Full approval: not by whoever proposed it, and not without the quality agreement in effect with its change-notice clause.
    assert "propose and approve take different persons" in people.is_refused("pan", "supplier_qualification", source, "approve")
    assert "没有生效且含变更通知条款的协议" in people.is_refused("shi", "supplier_qualification", source, "approve", agreement="QA-V001")
    released(people, "QA-V001", kind="agreement", change_notice_clause=True)
    people.does("shi", "supplier_qualification", source, "approve", agreement="QA-V001")
    entry = people.row("supplier_qualification", source)
    assert (entry["level"], entry["evaluated_at"] is not None) == ("full", True)


def audit_the_supplier(people: People) -> None:
    """An audit with one critical finding, which stands in the way until it is verified."""
    id_ = people.opens("sun", "audit", kind="supplier", scope="树脂造粒与放行", criteria="ISO 13485:2016 7.4", supplier=VENDOR, starts_on=TODAY)
    audit = people.row("audit", id_)["audit_no"]
    people.opens("sun", "audit_team", audit=audit, member="qin")
    people.does("shi", "audit", id_, "prepare")
    people.does("sun", "audit", id_, "start")
    finding = people.opens("sun", "audit_finding", audit=audit, finding_no=1, grade="critical", clause="7.5.6", statement="造粒温度未确认",
                           evidence="记录缺失", owner="mao", due_on=TODAY)
    assert "尚未发出" in people.is_refused("sun", "audit", id_, "report", report="RPT-1", conclusion="有条件", ends_on=TODAY)
    people.does("sun", "audit_finding", finding, "issue")
    people.does("sun", "audit", id_, "report", report="RPT-1", conclusion="有条件", ends_on=TODAY)
    people.does("mao", "audit_finding", finding, "respond", correction="已补做确认", cause="新线未纳入")
    source = people.rows("supplier_qualification", site=SITE)[0]["id"]
    assert "致命发现尚未关闭" in people.is_refused("sun", "supplier_qualification", source, "pass_audit", audit_due=TODAY)
    assert "names no CAPA" in people.is_refused("qin", "audit_finding", finding, "verify", verified_by_evidence="确认报告")
    people.does("qin", "audit_finding", finding, "verify", verified_by_evidence="确认报告 PV-12", capa="CAPA-2026-00007")


def test_a_certificate_runs_out_and_buying_stops_until_the_source_is_freed(people: People, source: str) -> None:
    # Six days before its end purchasing is reminded, once.
    held = people.rows("supplier_certificate", cert_no="MD-5521")[0]["id"]
    for _ in range(2):
        people.looks()
    (task,) = people.rows("task", record_ref=f"supplier_certificate/{held}")
    assert (task["role"], "MD-5521" in task["subject"]) == ("purch", True)

    # It runs out. The refusal names the certificate, and the source is held by the system.
    people.writes("pei", "supplier_certificate", held, expires_on=TODAY - timedelta(days=1))
    assert buying(people)[0].startswith(f"iso13485 MD-5521 已于 {TODAY - timedelta(days=1)} 到期")
    people.looks()
    entry = people.row("supplier_qualification", source)
    assert people.state("supplier_qualification", source) == "on_hold"
    assert (entry["held_for"], entry["held_because"]) == ("certificate", "iso13485 MD-5521")
    assert any("已冻结:certificate iso13485 MD-5521" in o for o in buying(people))
    (orders,) = people.rows("task", record_ref=f"supplier_qualification/{source}", role="purch")
    assert orders["detail"].startswith("PO-77/1")

    # The hold is not lifted while the cause stands, nor by whoever proposed the source.
    freed = {"lift_evidence": "换发新证", "valid_to": TODAY + timedelta(days=365)}
    assert "到期" in people.is_refused("shi", "supplier_qualification", source, "lift_hold", reason="x", **freed)
    people.opens("pei", "supplier_certificate", supplier=VENDOR, kind="iso13485", cert_no="MD-7743", issued_on=TODAY, expires_on=TODAY + timedelta(days=1000))
    assert "没有有效证照覆盖该物料" in people.is_refused("shi", "supplier_qualification", source, "lift_hold", reason="x", **freed)
    people.opens("pei", "supplier_certificate_scope", supplier=VENDOR, kind="iso13485", cert_no="MD-7743", item=RESIN)
    assert "different persons" in people.is_refused("pan", "supplier_qualification", source, "lift_hold", reason="x", **freed)
    people.does("shi", "supplier_qualification", source, "lift_hold", reason="新证已核验", **freed)
    assert buying(people) == []
    assert people.row("supplier_qualification", source)["held_for"] is None


def test_a_published_grade_d_holds_the_source_at_once(people: People, source: str) -> None:
    id_ = people.opens("sun", "supplier_evaluation", supplier=VENDOR, period="2025", lots_received=10, lots_rejected=6)
    people.does("sun", "supplier_evaluation", id_, "review", score=30, grade="D")
    assert buying(people) == []
    people.does("mao", "supplier_evaluation", id_, "publish", action="restrict")
    assert any("已冻结:grade" in o for o in buying(people))
    freed = {"lift_evidence": "复评", "valid_to": TODAY + timedelta(days=365)}
    assert "评价为 D 级" in people.is_refused("shi", "supplier_qualification", source, "lift_hold", reason="x", **freed)
    people.does("pei", "supplier_evaluation", id_, "dispute", reason="三批属运输损坏")
    people.does("sun", "supplier_evaluation", id_, "review", grade="C", score=62)
    people.does("mao", "supplier_evaluation", id_, "publish", action="improve")
    people.does("shi", "supplier_qualification", source, "lift_hold", reason="复评为 C 级", **freed)
    assert buying(people) == []


def test_a_supplier_that_the_erp_has_blocked_is_not_bought_from(people: People) -> None:
    assert "山东德源塑料有限公司 blocked" in buying(people, supplier=OTHER)


@pytest.fixture(scope="module")
def jobs(people: People) -> None:
    """Two moulders, who may not mould untrained."""
    for person in ("op", "ou"):
        people.opens("po", "job_assignment", person=person, job="注塑工", started_on=TODAY - timedelta(days=100))
    people.opens("qin", "training_requirement", job="注塑工", subject="注塑作业", document="WI-MOULD", operation="注塑", blocks_work=True, method="read", valid_months=12)


def trained(people: People, who: str, rev: str) -> None:
    (record,) = people.rows("training_record", person=who, doc_rev=rev)
    people.does(who, "training_record", record["id"], "acknowledge", done_on=TODAY)
    people.does("po", "training_record", record["id"], "pass")


def test_a_document_is_effective_when_those_who_work_by_it_are_trained(people: People, jobs: None) -> None:
    id_ = people.opens("po", "document", doc_no="WI-MOULD", doc_rev="A", title="注塑作业指导书", kind="work_instruction", function="eng")
    assert "needs file_name, sha256" in people.is_refused("po", "document", id_, "submit")
    people.does("po", "document", id_, "submit", file_name="wi.pdf", sha256=HASH)

    # Reviewed by its function, approved by quality, never by its author.
    assert "尚无审核签名" in people.is_refused("shi", "document", id_, "approve")
    assert "may not review" in people.is_refused("qin", "document", id_, "review")
    people.does("en", "document", id_, "review")
    people.does("shi", "document", id_, "approve")

    # Training was assigned to both moulders; the document waits for them.
    people.settles()
    assert {r["person"] for r in people.rows("training_record", subject="注塑作业")} == {"op", "ou"}
    assert "须先培训" in people.is_refused("deng", "document", id_, "make_effective", effective_on=TODAY, no_training_reason="-")
    assert "未列发放对象" in people.is_refused("deng", "document", id_, "publish_for_training")
    people.opens("deng", "document_distribution", doc_no="WI-MOULD", doc_rev="A", holder="注塑车间", copies=1, issued_on=TODAY)
    people.does("deng", "document", id_, "publish_for_training")
    trained(people, "op", "A")
    refused = people.is_refused("deng", "document", id_, "make_effective", effective_on=TODAY)
    assert "ou 尚未培训合格" in refused
    assert "op 尚未" not in refused

    # Nobody says of another that they have read it, and nobody judges themselves.
    (waiting,) = people.rows("training_record", person="ou")
    assert "须由本人确认" in people.is_refused("op", "training_record", waiting["id"], "acknowledge", done_on=TODAY)
    assert people.objections(("operator_trained",), person="ou", operation="注塑") == ["ou 没有有效培训:注塑作业 / holds no valid training"]
    trained(people, "ou", "A")
    people.does("deng", "document", id_, "make_effective", effective_on=TODAY)
    assert people.objections(("operator_trained",), person="ou", operation="注塑") == []
    assert people.row("training_record", waiting["id"])["expires_on"].year == TODAY.year + 1

    # It is not retired while a job is trained on it.
    assert "培训要求仍引用" in people.is_refused("shi", "document", id_, "retire", reason="x", retention_class="sop")


@pytest.fixture(scope="module")
def authorisation(people: People) -> str:
    """The pump's, which ends in less than a year."""
    return people.opens("rao", "registration_certificate", jurisdiction="CN", certificate_no=CERTIFICATE, product="一次性输液泵", approved_on="2024-01-01",
                        expires_on=TODAY + timedelta(days=360), status="approved")


IMPACT = {"impact": "minor", "assessment": "已评估"}
ANSWERING = {"eng": "en", "ra": "rao", "qa": "qin", "purch": "pei", "prod_mgr": "po"}


def waiting(people: People, who: str) -> set[str]:
    """The aspects that wait for somebody in their inbox."""
    with people.store.transaction() as tx:
        tasks = inbox(tx, people.context, Actor(who, who.title(), ROLES[who]))["tasks"]
    return {t["title"] for t in tasks if t["entity"] == "change_impact"}


def opened_change(people: People) -> tuple[str, str]:
    id_ = people.opens("en", "change_order", title="树脂牌号变更")
    return id_, people.row("change_order", id_)["eco_no"]


def test_an_engineering_change_takes_effect_with_its_documents_and_trained_people(people: People, jobs: None, authorisation: str) -> None:
    id_, eco = opened_change(people)
    assert "没有变更申请" in people.is_refused("en", "change_order", id_, "submit")
    people.opens("en", "change_request", change_order=eco, origin="supplier", reason="原牌号停产", proposal="改用 PC-2")
    people.opens("en", "change_affected", change_order=eco, line_no=1, kind="item", object_no=RESIN, item=RESIN, old_rev="A", new_rev="B")
    people.opens("en", "change_affected", change_order=eco, line_no=2, kind="document", object_no="WI-MOULD", old_rev="A", new_rev="B")
    people.opens("en", "change_affected", change_order=eco, line_no=3, kind="item", object_no=PUMP, item=PUMP, disposition="none")
    people.does("en", "change_order", id_, "submit")
    people.does("qin", "change_order", id_, "accept", change_class="moderate")

    # Every function has its own lines, and answers no other's.
    lines = people.rows("change_impact", change_order=eco)
    assert len(lines) == 11
    registration = next(i for i in lines if i["aspect"] == "registration")
    assert waiting(people, "rao") == {"registration", "udi"}
    assert waiting(people, "en") == {"safety", "risk_file"}
    assert "en may not answer" in people.is_refused("en", "change_impact", registration["id"], "answer", **IMPACT)
    for line in lines:
        if line["aspect"] not in ("registration", "risk_file"):
            people.does(ANSWERING[line["function"]], "change_impact", line["id"], "answer", **IMPACT)
    route = {"regulatory_route": "filing_change", "udi_trigger": "new_version"}
    refused = people.is_refused("qin", "change_order", id_, "assess", **route)
    assert "/registration" in refused
    assert "/risk_file" in refused
    people.does("rao", "change_impact", registration["id"], "answer", **IMPACT)
    risk = next(i for i in lines if i["aspect"] == "risk_file")
    people.does("en", "change_impact", risk["id"], "answer", impact="major", assessment="溶出物未知")

    # One function sees a major impact: then the change is major, and the management representative signs too.
    assert "评为重大影响" in people.is_refused("qin", "change_order", id_, "assess", **route)
    people.does("qin", "change_order", id_, "assess", change_class="major", **route)
    assert "管理者代表尚未签署" in people.is_refused("em", "change_order", id_, "approve")
    people.does("ma", "change_order", id_, "endorse")
    assert people.does("em", "change_order", id_, "approve").awaiting == ("qa_mgr",)
    people.does("shi", "change_order", id_, "approve")
    assert "已是 approved" in people.is_refused("en", "change_impact", risk["id"], "reopen", reason="x")

    implement(people, id_, eco)
    follow(people, id_, eco)


def implement(people: People, id_: str, eco: str) -> None:
    """Verification, the authority, documents, training, stock, suppliers."""
    # A major change is not spared its verification, whose protocol is approved first.
    assert "等级为 major" in people.is_refused("qin", "change_order", id_, "skip_verification", no_verification_reason="x")
    assert "没有已批准的版本" in people.is_refused("en", "change_order", id_, "start_verification", protocol="VP-1")
    released(people, "VP-1", kind="protocol")
    people.does("en", "change_order", id_, "start_verification", protocol="VP-1")

    # It takes a filing, so the way past the authority is closed.
    assert "须先取得注册或备案" in people.is_refused("qin", "change_order", id_, "pass_verification", verification_report="VR-1")
    people.does("rao", "change_order", id_, "submit_to_authority", verification_report="VR-1", submission_no="CQ-1")
    people.does("rao", "change_order", id_, "receive_approval", approval_no="国械备 2026-9")
    people.settles()
    (noted,) = people.rows("certificate_change", certificate_no=CERTIFICATE)
    assert (noted["change_order"], noted["approval_no"]) == (eco, "国械备 2026-9")

    # Effectivity waits for the document, for training, for old stock and for the supplier.
    effect = {"effectivity": "date", "effective_from": TODAY}
    refused = people.is_refused("deng", "change_order", id_, "make_effective", **effect)
    for missing in ("没有为此变更编制的新版本", "未决定库存处置", "未记录通知供方的日期"):
        assert missing in refused
    draft = people.opens("po", "document", doc_no="WI-MOULD", doc_rev="B", title="注塑作业指导书", kind="work_instruction", function="eng", supersedes="A", change_order=eco)
    people.does("po", "document", draft, "submit", file_name="wi-b.pdf", sha256=HASH)
    people.does("enzo", "document", draft, "review")
    people.does("shu", "document", draft, "approve")
    people.settles()
    people.opens("deng", "document_distribution", doc_no="WI-MOULD", doc_rev="B", holder="注塑车间", copies=1)
    people.does("deng", "document", draft, "publish_for_training")
    stock = next(a for a in people.rows("change_affected", change_order=eco) if a["object_no"] == RESIN)
    people.writes("wang", "change_affected", stock["id"], disposition="scrap", disposed_on=TODAY)
    people.writes("pei", "change_order", id_, supplier_told_on=TODAY)
    trained(people, "op", "B")
    assert "training_record/ou" in people.is_refused("deng", "change_order", id_, "make_effective", **effect)
    trained(people, "ou", "B")

    # The document waits for the change, and takes effect with it; the old revision is superseded at the same instant.
    assert "change_order/" in people.is_refused("deng", "document", draft, "make_effective", effective_on=TODAY)
    people.does("deng", "change_order", id_, "make_effective", **effect)
    states = {d["doc_rev"]: people.state("document", d["id"]) for d in people.rows("document", doc_no="WI-MOULD")}
    assert states == {"A": "superseded", "B": "effective"}


def follow(people: People, id_: str, eco: str) -> None:
    """What the change leaves to do, for whom."""
    people.settles()
    recalled = people.rows("task", role="doc")
    assert any("WI-MOULD A" in t["subject"] and t["detail"] == "注塑车间" for t in recalled)
    people.accepts("rao", "follow_udi", id_)
    assert [t["detail"] for t in people.rows("task", role="ra", record_ref=f"change_order/{id_}")] == ["new_version"]
    people.accepts("pei", "follow_change", id_)
    assert any(RESIN in t["subject"] for t in people.rows("task", role="whs", record_ref=f"change_order/{id_}"))
    assert any(t["detail"].startswith("PO-77/1") for t in people.rows("task", role="purch", record_ref=f"change_order/{id_}"))
    assert "needs check_after" in people.is_refused("shi", "change_order", id_, "close")
    people.does("shi", "change_order", id_, "close", check_after="首批三件合格")
    assert people.state("change_order", id_) == "closed"


def test_a_rejected_request_asks_nobody(people: People) -> None:
    id_, eco = opened_change(people)
    people.opens("en", "change_request", change_order=eco, origin="cost", reason="降本", proposal="换料")
    people.opens("en", "change_affected", change_order=eco, line_no=1, kind="item", object_no=PUMP)
    people.does("en", "change_order", id_, "submit")
    people.does("em", "change_order", id_, "reject", reason="无收益")
    assert {people.state("change_impact", i["id"]) for i in people.rows("change_impact", change_order=eco)} == {"dropped"}


def test_a_suppliers_notice_becomes_a_change_request_once_somebody_agrees(people: People) -> None:
    id_ = people.opens("pei", "supplier_change_notice", supplier=VENDOR, item=RESIN, kind="material", description="抗氧剂更换")
    people.does("sun", "supplier_change_notice", id_, "forward")
    people.settles()
    people.accepts("en", "request_from_notice", id_)
    notice = people.row("supplier_change_notice", id_)["notice_no"]
    (request,) = people.rows("change_request", origin_ref=notice)
    assert (request["origin"], request["requester"]) == ("supplier", "en")
    (touched,) = people.rows("change_affected", change_order=request["change_order"])
    assert touched["item"] == RESIN


def happens(people: People, event: str, entity: str, id_: str) -> None:
    """An act of another domain is heard of, with the record as it stands."""
    with people.store.transaction() as tx:
        body = {k: v for k, v in people.row(entity, id_).items() if not k.startswith("_")}
        Acting(tx, people.context, by="system", now=datetime.now(UTC)).emit(event, entity=entity, record=id_, body=body)
    people.settles()


@pytest.fixture(scope="module")
def plan(people: People) -> str:
    """How resin is inspected on receipt."""
    id_ = people.opens("qu", "inspection_plan", item=RESIN, stage="incoming", document="WI-QC-1", aql="1.0", level="II")
    no = str(people.row("inspection_plan", id_)["plan_no"])
    people.opens("qu", "inspection_characteristic", plan=no, characteristic="颜色", grade="major")
    people.does("qu", "inspection_plan", id_, "submit")
    people.does("shi", "inspection_plan", id_, "approve")
    return no


def test_a_failed_receipt_is_moved_counted_and_held_against_its_supplier(people: People, source: str, plan: str) -> None:
    # A receipt fails. The warehouse sets it apart, and the supplier's quarter is counted: one of two lots, 300 of 400 kg.
    id_ = people.opens("cheng", "inspection", plan=plan, stage="incoming", item=RESIN, lot_no="R2", lot_quantity=300, severity="normal", sample_quantity=1,
                       accept_no=0, reject_no=1)
    people.does("cheng", "inspection", id_, "start")
    people.opens("cheng", "inspection_result", inspection=people.row("inspection", id_)["inspection_no"], characteristic="颜色", sample_no=1, value_code="nonconforming")
    people.does("cheng", "inspection", id_, "judge_failed", defect_code="material")
    people.settles()
    assert [t["role"] for t in people.rows("task", record_ref=f"inspection/{id_}")] == ["whs"]
    (counted,) = [e for e in people.rows("supplier_evaluation") if e["period"].startswith(str(TODAY.year))]
    assert (counted["lots_received"], counted["lots_rejected"], int(counted["ppm"])) == (2, 1, 750_000)

    # The nonconformance is critical: the source is held, naming it; purchasing is asked to ask the supplier.
    ncr = people.opens("cheng", "nonconformance", source="incoming", item=RESIN, lot_no="R2", defect_code="material", description="色差", supplier=VENDOR, severity="critical")
    no = people.row("nonconformance", ncr)["ncr_no"]
    happens(people, "nc.investigating", "nonconformance", ncr)
    assert any(no in o for o in buying(people))
    people.accepts("pei", "ask_supplier", ncr)

    # The board sends it back: one corrective action, answered by the supplier and accepted by somebody else.
    people.opens("cheng", "nonconformance_disposition", nonconformance=no, line_no=1, item=RESIN, lot_no="R2", disposition="return", quantity=300)
    happens(people, "nc.dispositioned", "nonconformance", ncr)
    people.accepts("sun", "ask_for_corrective_action", ncr)
    assert {t["subject"].split(" /")[0] for t in people.rows("task", record_ref=f"nonconformance/{ncr}")} == {"向供方索取资料", "退供方"}
    (action,) = people.rows("supplier_corrective_action", origin=no)
    people.does("sun", "supplier_corrective_action", action["id"], "issue")
    freed = {"lift_evidence": "已整改", "valid_to": TODAY + timedelta(days=365)}
    refused = people.is_refused("shi", "supplier_qualification", source, "lift_hold", reason="x", **freed)
    assert action["scar_no"] in refused
    assert f"nonconformance/{no}" in refused
    people.does("sun", "supplier_corrective_action", action["id"], "record_answer", cause="色母批次", action="加测色差")
    people.does("qin", "supplier_corrective_action", action["id"], "accept", verification="三批复验合格")
    assert action["scar_no"] not in people.is_refused("shi", "supplier_qualification", source, "lift_hold", reason="x", **freed)


def test_a_corrective_and_preventive_action_becomes_a_change_and_its_failure_top_managements_matter(people: People) -> None:
    id_ = people.opens("qin", "capa", kind="corrective", problem="色差反复", root_cause="色母批间差", metric_item=RESIN)
    no = people.row("capa", id_)["capa_no"]
    happens(people, "capa.plan_approved", "capa", id_)
    people.accepts("en", "request_from_capa", id_)
    (request,) = people.rows("change_request", origin_ref=no)
    assert people.row("capa", id_)["change_request"] == request["change_order"]
    happens(people, "capa.not_effective", "capa", id_)
    (matter,) = people.rows("management_review_item", record_ref=f"capa/{no}")
    people.does("ma", "management_review_item", matter["id"], "decide", decision="更换色母供方")
    assert people.state("management_review_item", matter["id"]) == "on_agenda"  # the head of the company signs too


def test_what_was_reported_is_filed_as_evidence_that_its_collector_cannot_verify(people: People) -> None:
    id_ = people.opens("rao", "recall", title="输液泵召回演练", cause="演练", purpose="mock", drill_conclusion="四分钟得出范围")
    happens(people, "recall.mock_done", "recall", id_)
    no = people.row("recall", id_)["recall_no"]
    (filed,) = people.rows("evidence_link", record_ref=f"recall/{no}")
    assert (filed["clause"], filed["note"], filed["record_hash"][:7]) == ("8.3.3", "四分钟得出范围", "sha256:")
    people.does("qin", "evidence_link", filed["id"], "verify")
    mine = people.opens("qin", "evidence_link", source="ISO 13485", edition="2016", clause="7.4.1", record_ref="supplier/V001")
    assert "由 qin 采集" in people.is_refused("qin", "evidence_link", mine, "verify")

    # A recall in earnest holds its records; the drill did not.
    happens(people, "recall.decided", "recall", id_)
    assert people.rows("legal_hold", cause_no=no) == []
    real = people.opens("rao", "recall", title="输液泵召回", cause="流速失控")
    people.opens("rao", "recall_scope_lot", recall=people.row("recall", real)["recall_no"], item=PUMP, lot_no="F1")
    happens(people, "recall.decided", "recall", real)
    (hold,) = people.rows("legal_hold", cause_no=people.row("recall", real)["recall_no"])
    assert hold["scope"] == f"{PUMP} F1"


def test_a_model_whose_identifier_is_not_the_items_is_found_once(people: People) -> None:
    people.looks()
    people.looks()
    with people.store.transaction() as tx:
        told = tx.execute(select(outbox.c.body).where(outbox.c.type == "udi.mismatch")).scalars().all()
    assert [(b["udi_di"], b["other"]) for b in told] == [(ON_MODEL, ON_ITEM)]


def test_training_that_ran_out_is_assigned_again_and_stops_the_work(people: People, jobs: None) -> None:
    (passed,) = [r for r in people.rows("training_record", person="ou") if people.state("training_record", r["id"]) == "passed" and r["doc_rev"] == "B"]
    people.ages("training_record", passed["id"], expires_on=TODAY - timedelta(days=1))
    assert people.objections(("operator_trained",), person="ou", operation="注塑")
    people.looks()
    assert people.state("training_record", passed["id"]) == "expired"
    (again,) = [r for r in people.rows("training_record", person="ou") if people.state("training_record", r["id"]) == "assigned"]
    assert (again["attempt"], again["doc_rev"]) == (passed["attempt"] + 1, "B")

    # A failure is another attempt, not another try at the same.
    people.does("ou", "training_record", again["id"], "acknowledge", done_on=TODAY)
    people.does("po", "training_record", again["id"], "fail", reason="问答不合格")
    assert [people.state("training_record", r["id"]) for r in people.rows("training_record", person="ou")][-2:] == ["failed", "assigned"]


def test_nobody_audits_the_function_they_belong_to(people: People, jobs: None) -> None:
    people.opens("qin", "organisation", code="MOULD", name="注塑车间", kind="department")
    people.opens("po", "job_assignment", person="qin", job="工艺质量", organisation="MOULD", started_on=TODAY)
    id_ = people.opens("sun", "audit", kind="internal", scope="注塑", criteria="ISO 13485:2016 7.5", auditee="MOULD", starts_on=TODAY)
    people.opens("sun", "audit_team", audit=people.row("audit", id_)["audit_no"], member="qin")
    assert "qin 属于受审部门" in people.is_refused("shi", "audit", id_, "prepare")


def test_a_source_is_given_up_and_engineering_looks_for_another(people: People, source: str) -> None:
    people.does("mao", "supplier_qualification", source, "exit", reason="转产", last_lot="R2 够用三个月")
    people.settles()
    people.accepts("en", "replace_source", source)
    (task,) = people.rows("task", role="eng", record_ref=f"supplier_qualification/{source}")
    assert task["detail"].endswith(" A")
    assert buying(people) == [f"不在合格供方名录中 / is no approved source of {RESIN}"]


def test_an_authorisation_near_its_end_is_proposed_for_renewal_and_lots_are_put_first(people: People, authorisation: str) -> None:
    people.looks()
    found = people.row("registration_certificate", authorisation)
    people.accepts("rao", "begin_renewal", authorisation)
    assert people.row("registration_certificate", authorisation)["status"] == "renewing"
    (task,) = people.rows("task", record_ref=f"registration_certificate/{authorisation}")
    assert task["due_on"] == found["expires_on"] - timedelta(days=183)
    first = [t for t in people.rows("task", role="whs") if t["event"] == "lot.expiring"]
    assert [("R1" in t["subject"], t["due_on"]) for t in first] == [(True, (datetime.now(UTC) + timedelta(days=30)).date())]


def test_stock_by_movements_stands_beside_the_erps_own_figure(people: People) -> None:
    rows = people.context.released.rows("select lot_no, computed, erp_on_hand, difference from marts.stock_position order by lot_no", {})
    assert [(r["lot_no"], int(r["computed"]), int(r["erp_on_hand"]), int(r["difference"])) for r in rows] == [("R1", 45, 40, -5), ("R2", 900, 900, 0)]


def test_a_risk_is_controlled_accepted_and_opened_again_by_the_field(people: People) -> None:
    id_ = people.opens("en", "risk_item", device_model=MODEL, hazard="过量输注", sequence="阀卡滞", hazardous_situation="流速失控", harm="心衰")
    no = people.row("risk_item", id_)["risk_no"]
    people.does("en", "risk_item", id_, "analyse", severity=5, probability=3)
    residual = {"residual_severity": 5, "residual_probability": 2}
    assert "没有控制措施" in people.is_refused("en", "risk_item", id_, "control", **residual)
    people.opens("en", "risk_control", risk=no, line_no=1, kind="protective", measure="机械限流", element_no="DO-1", verification="DV-1")
    assert "未落实或未验证" in people.is_refused("en", "risk_item", id_, "control", **residual)
    project = people.row("design_project", people.opens("em", "design_project", name="泵二代", device_model=MODEL))["project_no"]
    for element, kind in (("DO-1", "output"), ("DV-1", "verification")):
        made = people.opens("en", "design_element", element_no=element, element_rev=1, project=project, kind=kind, text=element)
        if kind == "verification":
            assert "缺结论" in people.is_refused("enzo", "design_element", made, "review")
            people.writes("en", "design_element", made, result="pass", sample_rationale="n=59, 95/95")
        people.does("enzo", "design_element", made, "review")
        people.does("em", "design_element", made, "approve")
    people.does("en", "risk_item", id_, "control", **residual)

    # Ten is above what needs no reason; the benefit is weighed before two sign.
    assert "剩余风险 10 > 4" in people.is_refused("em", "risk_item", id_, "accept_residual")
    people.writes("en", "risk_item", id_, benefit_risk="获益大于剩余风险")
    people.does("em", "risk_item", id_, "accept_residual")
    people.does("shi", "risk_item", id_, "accept_residual")
    assert people.state("risk_item", id_) == "residual_accepted"
