"""What follows in compliance: documents that take effect together, training for those who need it, holds on records."""

from medthread.masters.task import assign
from medthread.model import Event, Mode, Work, reaction


@reaction("change.assessed", domain="compliance", mode=Mode.AUTO, zh="列出受影响文件", en="List the documents that must follow")
def list_documents(event: Event, work: Work) -> None:
    """Those that the change names and that have no revision written for it yet."""
    eco = event.body["eco_no"]
    for line in work.find("change_affected", change_order=eco, kind="document"):
        if not work.find("document", doc_no=line["object_no"], change_order=eco):
            assign(work, event, role="doc", subject=f"编制文件新版本 / new revision: {line['object_no']}", detail=f"{eco}: {line['old_rev']} -> {line['new_rev']}")


@reaction("change.effective", domain="compliance", mode=Mode.AT_ONCE, zh="变更文件同时生效", en="The documents of the change take effect with it")
def put_documents_in_effect(event: Event, work: Work) -> None:
    """All in the change's own transaction: it takes effect with its documents or not at all."""
    for document in work.find("document", change_order=event.body["eco_no"]):
        if document["_state"] in ("approved", "training"):
            values = {"effective_on": work.now.date()}
            if document["_state"] == "approved" and not document["no_training_reason"]:
                values["no_training_reason"] = f"{event.body['eco_no']}: no job must be trained on it · 无须培训的岗位"
            work.act("document", document["id"], "make_effective", reason=f"with {event.body['eco_no']} · 随变更生效", values=values)


@reaction("document.effective", domain="compliance", mode=Mode.AT_ONCE, zh="旧版本同时被取代", en="The old revision is superseded at the same instant")
def supersede_old_revisions(event: Event, work: Work) -> None:
    """Never two effective revisions of one document."""
    for old in work.find("document", doc_no=event.body["doc_no"]):
        if old["_state"] == "effective" and old["id"] != event.record:
            work.act("document", old["id"], "supersede", reason=f"revision {event.body['doc_rev']} took effect · 新版本生效")


@reaction("document.superseded", domain="compliance", mode=Mode.AUTO, zh="旧版本的证据失效,收回旧副本", en="Evidence of the old revision is stale; its copies are recalled")
def recall_old_copies(event: Event, work: Work) -> None:
    """Document control fetches what was handed out."""
    _stale(work, event)
    out = [d["holder"] for d in work.find("document_distribution", doc_no=event.body["doc_no"], doc_rev=event.body["doc_rev"])
           if d["issued_on"] is not None and d["recalled_on"] is None]
    if out:
        assign(work, event, role="doc", subject=f"收回旧版 / recall {event.body['doc_no']} {event.body['doc_rev']}", detail=", ".join(out), days=1)


@reaction("document.obsolete", domain="compliance", mode=Mode.AUTO, zh="检查引用", en="References are checked")
def check_references(event: Event, work: Work) -> None:
    """Evidence is stale; nobody is trained any more on a document without an effective revision."""
    _stale(work, event)
    if any(d["_state"] == "effective" for d in work.find("document", doc_no=event.body["doc_no"])):
        return
    for required in work.find("training_requirement", document=event.body["doc_no"], status="active"):
        work.change("training_requirement", required["id"], {"status": "retired"})


@reaction("recall.decided", domain="compliance", mode=Mode.AUTO, zh="召回相关记录保全", en="The records of the recall are held")
def hold_records(event: Event, work: Work) -> None:
    """Nothing of it is destroyed while it runs; a drill holds nothing."""
    recall = event.body
    if recall["purpose"] == "mock" or work.find("legal_hold", cause_entity="recall", cause_no=recall["recall_no"]):
        return
    lots = work.find("recall_scope_lot", recall=recall["recall_no"])
    told = ", ".join(f"{s['item']} {s['lot_no']}" for s in lots[:100])
    id_ = work.create("legal_hold", {"matter": f"{recall['recall_no']} {recall['title']}", "cause_entity": "recall", "cause_no": recall["recall_no"], "scope": told or None})
    hold_no = work.get("legal_hold", id_)["hold_no"]
    for number, lot in enumerate(lots, 1):
        work.create("legal_hold_scope", {"hold_no": hold_no, "line_no": number, "kind": "lot", "item": lot["item"], "lot_no": lot["lot_no"]})


def _stale(work: Work, event: Event) -> None:
    ref = f"document/{event.body['doc_no']}/{event.body['doc_rev']}"
    for link in work.find("evidence_link", record_ref=ref):
        if link["_state"] in ("collected", "verified"):
            work.act("evidence_link", link["id"], "expire", reason=f"{ref}: {event.type}")
