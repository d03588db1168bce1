"""What other domains do is filed as evidence against the clause it answers, and put before top management where it must be."""

from medthread.masters.task import assign
from medthread.methods.canonical import hash_of
from medthread.model import Event, Mode, Work, reaction

REPORTING, RECALLING, GAUGES = "8.2.3", "8.3.3", "7.6"  # ISO 13485:2016
SOURCE, EDITION = "ISO 13485", "2016"


@reaction("ae.reported", domain="compliance", mode=Mode.AUTO, zh="回执归档", en="The receipt is filed")
def file_report(event: Event, work: Work) -> None:
    """With the authority's number."""
    _file(work, event, clause=REPORTING, key="ae_no", note=event.body["regulator_no"])


@reaction("ae.followed_up", domain="compliance", mode=Mode.AUTO, zh="跟踪报告归档", en="The follow-up is filed")
def file_follow_up(event: Event, work: Work) -> None:
    """As the report itself."""
    _file(work, event, clause=REPORTING, key="ae_no", note=event.body["regulator_no"])


@reaction("ae.closed", domain="compliance", mode=Mode.AUTO, zh="证据归档", en="The evidence is kept")
def file_closure(event: Event, work: Work) -> None:
    """The whole of it, as it was closed."""
    _file(work, event, clause=REPORTING, key="ae_no", note=event.body["control_reference"])


@reaction("recall.closed", domain="compliance", mode=Mode.AUTO, zh="冻结证据包", en="The evidence is frozen")
def file_recall(event: Event, work: Work) -> None:
    """The record as it was closed, by its hash."""
    _file(work, event, clause=RECALLING, key="recall_no", note=event.body["summary_report"])


@reaction("recall.mock_done", domain="compliance", mode=Mode.AUTO, zh="演练证据", en="Evidence of the drill")
def file_drill(event: Event, work: Work) -> None:
    """What the drill showed, and how long it took to know the scope."""
    _file(work, event, clause=RECALLING, key="recall_no", note=event.body["drill_conclusion"])


@reaction("calibration.lookback_closed", domain="compliance", mode=Mode.AUTO, zh="追溯结论归档", en="The look-back is kept")
def file_look_back(event: Event, work: Work) -> None:
    """What was decided about every lot that the gauge had judged."""
    _file(work, event, clause=GAUGES, key="cal_no", note=event.body["conclusion"])


@reaction("capa.not_effective", domain="compliance", mode=Mode.AUTO, zh="列入管理评审", en="Goes before the management review")
def review_failed_capa(event: Event, work: Work) -> None:
    """An action that did not help is top management's to know of (ISO 13485:2016, 5.6.2)."""
    _put_on_agenda(work, event, subject=f"{event.body['capa_no']} 无效 / was not effective")


@reaction("capa.reopened", domain="compliance", mode=Mode.AUTO, zh="列入管理评审", en="Goes before the management review")
def review_reopened_capa(event: Event, work: Work) -> None:
    """So is one that begins anew."""
    _put_on_agenda(work, event, subject=f"{event.body['capa_no']} 重新打开 / was opened again")


@reaction("capa.plan_approved", domain="compliance", mode=Mode.PROPOSE, role="doc", zh="修订文件并安排培训", en="Documents and training that the plan changes")
def revise_documents(event: Event, work: Work) -> None:
    """Document control writes the revisions; their approval assigns the training."""
    assign(work, event, role="doc", subject=f"按 CAPA 修订文件与培训 / documents and training: {event.body['capa_no']}", detail=str(event.body["root_cause"] or ""))


def _file(work: Work, event: Event, *, clause: str, key: str, note: object) -> None:
    ref = f"{event.entity}/{event.body[key]}"
    work.create("evidence_link", {
        "source": SOURCE, "edition": EDITION, "clause": clause, "record_ref": ref, "as_of": event.at, "record_hash": hash_of(dict(event.body)),
        "note": None if note is None else str(note)})


def _put_on_agenda(work: Work, event: Event, *, subject: str) -> None:
    ref = f"capa/{event.body['capa_no']}"
    if not any(i["_state"] == "on_agenda" and i["subject"] == subject for i in work.find("management_review_item", record_ref=ref)):
        work.create("management_review_item", {"input": "capa", "subject": subject, "record_ref": ref})
