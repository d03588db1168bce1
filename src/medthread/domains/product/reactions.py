"""What follows in product: impact forms, change requests from elsewhere, risks opened again, authorisations kept up."""

from datetime import date, timedelta

from medthread.domains.product.change_impact import FUNCTIONS
from medthread.masters.task import assign
from medthread.model import Event, Mode, Work, reaction

RENEWAL_BEFORE = timedelta(days=183)  # a Chinese registration is renewed on an application six months before it ends
PARENTS = """
    select distinct b.item, b.bom_rev from golden.bom_line as b where b.component = $item or b.component__code = $item order by b.item limit 100"""
CERTIFICATES = """
    select distinct m.certificate_no from golden.device_model as m
    where m.certificate_no is not null and (m.item = $item or m.item__code = $item)"""


@reaction("change.requested", domain="product", mode=Mode.AT_ONCE, zh="向各职能发出影响评估", en="Impact forms go to the functions")
def ask_functions(event: Event, work: Work) -> None:
    """One line an aspect, each for the function that answers for it."""
    for aspect, function in FUNCTIONS.items():
        work.create("change_impact", {"change_order": event.body["eco_no"], "aspect": aspect, "function": function})


@reaction("change.rejected", domain="product", mode=Mode.AT_ONCE, zh="撤回影响评估", en="Impact forms are withdrawn")
def withdraw_forms(event: Event, work: Work) -> None:
    """Nobody is asked about a change that will not be."""
    for line in work.find("change_impact", change_order=event.body["eco_no"]):
        if line["_state"] != "dropped":
            work.act("change_impact", line["id"], "drop", reason="the change was rejected · 变更未获批准")


@reaction("change.effective", domain="product", mode=Mode.PROPOSE, role="ra", zh="核对 UDI-DI 新版本并更新登记", en="Check for a new UDI-DI version; update the register")
def follow_udi(event: Event, work: Work) -> None:
    """Where the assessment said that the register's record or the identifier itself changes."""
    if event.body["udi_trigger"] not in (None, "none"):
        assign(work, event, role="ra", subject=f"更新 UDI 登记 / update the UDI register: {event.body['eco_no']}", detail=str(event.body["udi_trigger"]))


@reaction("change.regulatory_approved", domain="product", mode=Mode.AUTO, zh="记入注册证变更史", en="Goes into the history of the authorisation")
def note_on_certificate(event: Event, work: Work) -> None:
    """For every authorisation that covers an affected item, in the jurisdictions that the change names."""
    eco, named = str(event.body["eco_no"]), str(event.body["jurisdictions"] or "")
    covered = {c["certificate_no"] for i in work.find("change_affected", change_order=eco, kind="item")
               for c in work.released(CERTIFICATES, {"item": i["item"] or i["object_no"]})}
    for number in sorted(covered):
        for found in work.find("registration_certificate", certificate_no=number):
            if named and found["jurisdiction"] not in named:
                continue
            place = {"jurisdiction": found["jurisdiction"], "certificate_no": number}
            if not work.find("certificate_change", **place, change_order=eco):
                line = len(work.find("certificate_change", **place)) + 1
                work.create("certificate_change", place | {
                    "line_no": line, "change_order": eco, "approval_no": event.body["approval_no"], "approved_on": work.now.date(), "summary": event.body["title"]})


@reaction("supplier.change_notice", domain="product", mode=Mode.PROPOSE, role="eng", zh="由供方通知提出变更申请", en="A change request from the supplier's notice")
def request_from_notice(event: Event, work: Work) -> None:
    """The notice's item is what it touches first."""
    notice = event.body
    _request(work, title=f"供方变更 / supplier change {notice['notice_no']}", origin="supplier", ref=str(notice["notice_no"]),
             reason=str(notice["description"]), item=notice["item"])


@reaction("supplier.disqualified", domain="product", mode=Mode.PROPOSE, role="eng", zh="检查各清单的替代来源", en="Look for another source on every structure")
def find_other_source(event: Event, work: Work) -> None:
    """Which parents use the item, for whoever must find another source."""
    _alternatives(event, work)


@reaction("supplier.exited", domain="product", mode=Mode.PROPOSE, role="eng", zh="检查替代来源", en="Look for another source")
def replace_source(event: Event, work: Work) -> None:
    """Which parents use the item, for whoever must find another source."""
    _alternatives(event, work)


@reaction("certificate.expiring", domain="product", mode=Mode.PROPOSE, role="ra", zh="启动注册证延续", en="Begin the renewal")
def begin_renewal(event: Event, work: Work) -> None:
    """In China the application is made six months before the authorisation ends; the task is due by then."""
    found = work.get("registration_certificate", event.record)
    work.change("registration_certificate", event.record, {"status": "renewing"})
    until = date.fromisoformat(str(event.body["expires_on"])) - RENEWAL_BEFORE
    assign(work, event, role="ra", subject=f"注册证延续 / renew {found['certificate_no']}", days=max((until - work.now.date()).days, 1), detail=str(found["product"]))


@reaction("complaint.trend_exceeded", domain="product", mode=Mode.PROPOSE, role="eng", zh="重新打开风险项", en="Open the risk again: observed above assumed")
def reopen_risks(event: Event, work: Work) -> None:
    """Risks of the model, of the same problem where they name one; a model without any is for somebody to look at."""
    signal = event.body
    risks = [r for r in work.find("risk_item", device_model=signal["device_model"]) if r["problem_code"] in (None, signal["problem_code"])]
    standing = [r for r in risks if r["_state"] in ("controlled", "residual_accepted")]
    for risk in standing:
        work.change("risk_item", risk["id"], {"signal": signal["trend_no"]})
        work.act("risk_item", risk["id"], "reopen", reason=f"{signal['trend_no']}: {signal['observed']} observed, limit {signal['upper_limit']} · 观测值超限")
    if not standing:
        assign(work, event, role="eng", subject=f"风险文档无对应项 / no risk item answers to {signal['trend_no']}", detail=f"{signal['device_model']} {signal['problem_code']}")


@reaction("ae.evaluated", domain="product", mode=Mode.PROPOSE, role="eng", zh="提出说明书或设计变更", en="A change of the instructions or the design")
def request_from_event(event: Event, work: Work) -> None:
    """From what the evaluation found."""
    found = event.body
    _request(work, title=f"不良事件 / adverse event {found['ae_no']}", origin="adverse_event", ref=str(found["ae_no"]),
             reason=str(found["risk_benefit"] or found["cause_code"] or found["ae_no"]), item=found["item"])


@reaction("complaint.concluded", domain="product", mode=Mode.PROPOSE, role="eng", zh="核对风险文件", en="Compare with the risk file")
def compare_risk_file(event: Event, work: Work) -> None:
    """A task for engineering, with what the complaint found."""
    told = event.body
    assign(work, event, role="eng", subject=f"风险文件核对 / risk file: {told['complaint_no']}", detail=f"{told['device_model']} {told['problem_code']} {told['cause_code']}")


@reaction("capa.plan_approved", domain="product", mode=Mode.PROPOSE, role="eng", zh="提出关联的变更申请", en="A change request that carries the plan out")
def request_from_capa(event: Event, work: Work) -> None:
    """The CAPA names the change that it waits for."""
    plan = event.body
    eco = _request(work, title=f"CAPA {plan['capa_no']}", origin="capa", ref=str(plan["capa_no"]), reason=str(plan["root_cause"] or plan["problem"]),
                   item=plan["metric_item"])
    work.change("capa", event.record, {"change_request": eco})


@reaction("capa.closed", domain="product", mode=Mode.PROPOSE, role="eng", zh="复核风险文件", en="Look at the risk file again")
def review_risk_file(event: Event, work: Work) -> None:
    """What was found and what was done may change a probability."""
    assign(work, event, role="eng", subject=f"风险文件复核 / risk file: {event.body['capa_no']}", detail=str(event.body["problem"]))


def _request(work: Work, *, title: str, origin: str, ref: str, reason: str, item: object) -> str:
    """A change in draft, with its request; whoever accepted it is the one who asks. Gives its number."""
    eco = work.get("change_order", work.create("change_order", {"title": title}))["eco_no"]
    work.create("change_request", {"change_order": eco, "origin": origin, "origin_ref": ref, "reason": reason, "proposal": "待评估 / to be assessed"})
    if item:
        work.create("change_affected", {"change_order": eco, "line_no": 1, "kind": "item", "object_no": str(item), "item": str(item)})
    return str(eco)


def _alternatives(event: Event, work: Work) -> None:
    used = work.released(PARENTS, {"item": event.body["item"]})
    assign(work, event, role="eng", subject=f"寻找替代来源 / another source for {event.body['item']}", detail="; ".join(f"{b['item']} {b['bom_rev']}" for b in used))
