"""The company at work: its people act through the public interface, as anybody could, and leave the rest to whoever looks on.

The terms of the field are agreed; a supplier's lot is inspected and fails; a hospital complains; a recall is drilled. What waits then lies in the inboxes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

from medthread_demo.terms import TERMS, WAITING

SAMPLE = 13
READINGS = ["55.2", "41.5", *["56.1"] * (SAMPLE - 2)]
Say = Callable[[str, str], None]


class Refused(Exception):  # noqa: N818 - what the product answers
    """An act was refused; the message is the product's own."""


@dataclass
class Person:
    """Somebody with an account, at the console's own interface."""

    port: int
    name: str
    password: str
    headers: dict[str, str] = field(default_factory=lambda: {"X-Requested-With": "medthread", "Content-Type": "application/json"})

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[dict[str, Any], str]:
        """One request; gives the answer and its version."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), {**self.headers, **headers})
        answer = connection.getresponse()
        told = json.loads(answer.read() or b"{}")
        cookie = answer.getheader("Set-Cookie")
        connection.close()
        if answer.status >= 300:
            raise Refused(f"{self.name} {method} {path}: {told.get('detail', answer.status)}")
        if cookie:
            self.headers["Cookie"] = cookie.partition(";")[0]
        return told, answer.getheader("ETag") or ""

    def comes_in(self) -> "Person":
        """Sign in."""
        self.ask("POST", "/session", {"username": self.name, "password": self.password})
        return self

    def opens(self, entity: str, **values: Any) -> dict[str, Any]:
        """Write a record; gives it with its id under `_id`."""
        item: dict[str, Any] = self.ask("POST", f"/entities/{entity}", values)[0]["item"]
        return item

    def proposes_terms(self, terms: Mapping[str, dict[str, Any]], *, reason: str) -> str:
        """Propose terms of the glossary as one; gives the proposal."""
        changes = [{"kind": "term", "subject": f"term:{name}", "content": content} for name, content in terms.items()]
        proposal: str = self.ask("POST", "/definition-changes", {"changes": changes, "reason": reason})[0]["proposal"]
        return proposal

    def reads(self, entity: str, id_: str) -> tuple[dict[str, Any], str]:
        """A record and its version."""
        told, version = self.ask("GET", f"/entities/{entity}/{id_}")
        return told["item"], version

    def finds(self, entity: str, condition: str) -> list[dict[str, Any]]:
        """Records under one condition, `field:eq:value`."""
        items: list[dict[str, Any]] = self.ask("GET", f"/entities/{entity}?limit=500&filter={quote(condition)}")[0]["items"]
        return items

    def does(self, entity: str, id_: str, action: str, *, reason: str | None = None, **values: Any) -> dict[str, Any]:
        """Look at what is signed, and sign it."""
        _, version = self.reads(entity, id_)
        path = f"/entities/{entity}/{id_}/acts/{action}"
        shown = self.ask("POST", f"{path}/preview", {"values": values}, **{"If-Match": version})[0]["content_hash"]
        body = {"values": values, "reason": reason, "shown": shown, "password": self.password}
        return self.ask("POST", path, body, **{"If-Match": version})[0]


@dataclass(frozen=True)
class Stage:
    """Where it plays: the server, the password of the demonstration, the lot that is bad, how it is told."""

    port: int
    password: str
    item: str
    lot: str
    say: Say

    def person(self, name: str) -> Person:
        """Somebody, signed in."""
        return Person(self.port, name, self.password).comes_in()


def a_lot_fails(stage: Stage) -> None:
    """Inspected and failed, its family on hold at once, a nonconformance contained and waiting for the board."""
    qc, qc_mgr, qa_mgr, qa, warehouse = (stage.person(n) for n in ("qc", "qc_mgr", "qa_mgr", "qa", "whs"))
    gauge = stage.person("metro").opens("equipment", asset_no="TS-01", name="拉力试验机", kind="gauge")["asset_no"]
    plan = qc_mgr.opens("inspection_plan", item=stage.item, stage="incoming", document="WI-QC-012", aql="1.0")
    qc_mgr.opens("inspection_characteristic", plan=plan["plan_no"], characteristic="抗拉强度", grade="major", lower_limit="50", uom="MPa", requirement_clause="2.3.1")
    qc_mgr.does("inspection_plan", plan["_id"], "submit")
    qa_mgr.does("inspection_plan", plan["_id"], "approve")
    inspection = qc.opens("inspection", plan=plan["plan_no"], stage="incoming", item=stage.item, lot_no=stage.lot, lot_quantity="50",
                          sample_quantity=SAMPLE, accept_no=0, reject_no=1)
    qc.does("inspection", inspection["_id"], "start")
    for sample, value in enumerate(READINGS, start=1):
        qc.opens("inspection_result", inspection=inspection["inspection_no"], characteristic="抗拉强度", sample_no=sample, value=value, gauge=gauge)
    qc.does("inspection", inspection["_id"], "judge_failed", defect_code="strength")
    held = qa.finds("hold", "_state:eq:standing")
    stage.say(f"  来料批 {stage.lot} 检验不合格:{len(held)} 个批次随即冻结", f"  Lot {stage.lot} failed inspection: {len(held)} lots are on hold at once")
    qc_mgr.does("inspection", inspection["_id"], "review")
    (ncr,) = qa.finds("nonconformance", f"lot_no:eq:{stage.lot}")
    warehouse.does("nonconformance", ncr["_id"], "contain", containment="移至不合格区,贴红牌")
    qa.does("nonconformance", ncr["_id"], "investigate", severity="major", delivered=True)
    stage.say(f"  不合格 {ncr['ncr_no']} 已隔离并调查,待 qa 召集 MRB", f"  Nonconformance {ncr['ncr_no']} is contained and investigated; qa convenes the board next")


def a_hospital_complains(stage: Stage) -> None:
    """Triage answers four questions; the authorities' clocks run from when somebody first knew."""
    service, surveillance = stage.person("svc"), stage.person("pms")
    now = datetime.now(UTC)
    question = urlencode({"item": stage.item, "lot": stage.lot, "direction": "down", "limit": 1})
    unit = surveillance.ask("GET", f"/trace?{question}")[0]["units"][0]
    knew = (now - timedelta(hours=30)).isoformat()
    complaint = service.opens("complaint", channel="visit", description="导管断裂,已更换,患者留观", aware_at=knew, received_at=now.isoformat(),
                              complainant="李护士长", phone="13800001111", occurred_in="CN", item=unit["item"], serial_no=unit["number"])
    surveillance.does("complaint", complaint["_id"], "triage", device_model="TUBE-1", udi_state="not_available", problem_code="A14", harm="serious", reportability="yes")
    stage.say(f"  投诉 {complaint['complaint_no']} 已分诊,不良事件时限自知悉时起算", f"  Complaint {complaint['complaint_no']} is triaged; the clocks run from when somebody first knew")


def a_recall_is_drilled(stage: Stage) -> None:
    """Stop-ship at once, consignees from the trace."""
    qa = stage.person("qa")
    drill = qa.opens("recall", purpose="mock", title=f"{stage.lot} 召回演练", cause="假定该来料批含异物")
    qa.opens("recall_scope_lot", recall=drill["recall_no"], item=stage.item, lot_no=stage.lot)
    qa.does("recall", drill["_id"], "open", evaluation_team="qa_mgr、pms")
    row, _ = qa.reads("recall", drill["_id"])
    stage.say(f"  召回演练 {drill['recall_no']}:停发 {row['lots_stopped']} 批,已发 {row['units_shipped']:g} 件,{row['consignees']} 个收货单位",
              f"  Recall drill {drill['recall_no']}: {row['lots_stopped']} lots stopped, {row['units_shipped']:g} units shipped to {row['consignees']} consignees")


def words_are_agreed(stage: Stage) -> None:
    """The steward proposes the terms of the field, the management's representative approves them; one more waits."""
    steward, representative = stage.person("steward"), stage.person("mr")
    agreed = steward.proposes_terms(TERMS, reason="按标准与法规统一术语")
    representative.ask("POST", f"/definition-changes/{agreed}/decision", {"approve": True, "reason": "与所引标准、法规一致"})
    steward.proposes_terms(WAITING, reason="新增包装术语")
    stage.say(f"  {len(TERMS)} 条术语已批准,{len(WAITING)} 条待批准", f"  {len(TERMS)} terms are approved, {len(WAITING)} waits for approval")


CHAPTERS: dict[str, Callable[[Stage], None]] = {c.__name__: c for c in (words_are_agreed, a_lot_fails, a_hospital_complains, a_recall_is_drilled)}
