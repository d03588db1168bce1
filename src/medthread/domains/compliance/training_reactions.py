"""Training assigned to whoever holds a job that needs it, again when a revision, a failure or time calls for it."""

from calendar import monthrange
from datetime import date, timedelta

from medthread.model import Decision, Event, Mode, Reaction, Work, reaction
from medthread.model.events import Row

MAY_WORK = Decision(
    name="may_work",
    zh="此人可以执行该工序吗",
    en="May this person do this operation?",
    takes=("person", "operation"),
    guards=("operator_trained",),
)
UNTRAINED_STOPPED = Reaction(
    name="untrained_operator_refused", on="training.overdue", domain="manufacturing", mode=Mode.BLOCK, guard="operator_trained",
    zh="未培训人员不能开始或签署工序", en="The untrained can neither start nor sign the operation",
)


@reaction("document.approved", domain="compliance", mode=Mode.AUTO, zh="向在岗人员指派培训", en="Training is assigned to whoever holds the job")
def assign_training(event: Event, work: Work) -> None:
    """For every requirement that names the document: a new revision is trained anew."""
    for required in work.find("training_requirement", document=event.body["doc_no"], status="active"):
        for holder in work.find("job_assignment", job=required["job"]):
            if _holds(holder, work.now.date()):
                _again(work, required, person=holder["person"], revision=str(event.body["doc_rev"]))


@reaction("training.assigned", domain="compliance", mode=Mode.AUTO, zh="按发布日起算培训期限", en="Due dates run from the publication")
def set_due_dates(event: Event, work: Work) -> None:
    """What was assigned at approval is due from when the revision was published for training."""
    for training in work.find("training_record", document=event.body["doc_no"], doc_rev=event.body["doc_rev"]):
        if training["_state"] == "assigned":
            required = _requirement(work, training)
            work.change("training_record", training["id"], {"due_on": event.at.date() + timedelta(days=required["due_days"])})


@reaction("training.passed", domain="compliance", mode=Mode.AT_ONCE, zh="计算培训有效期", en="Until when it holds")
def set_validity(event: Event, work: Work) -> None:
    """Where the requirement says for how long."""
    training = work.get("training_record", event.record)
    months = _requirement(work, training)["valid_months"]
    if months is not None:
        work.change("training_record", event.record, {"expires_on": _after(training["done_on"] or work.now.date(), months)})


@reaction("training.failed", domain="compliance", mode=Mode.AT_ONCE, zh="指派补训", en="Another attempt is assigned")
def repeat_training(event: Event, work: Work) -> None:
    """A repeat is a new record."""
    training = work.get("training_record", event.record)
    _again(work, _requirement(work, training), person=training["person"], revision=training["doc_rev"])


@reaction("training.expired", domain="compliance", mode=Mode.AUTO, zh="过期并重新指派", en="It no longer holds and is assigned again")
def renew_training(event: Event, work: Work) -> None:
    """For those who still hold the job, on the revision in effect."""
    training = work.get("training_record", event.record)
    if training["_state"] != "passed":
        return
    work.act("training_record", event.record, "expire", reason=f"valid until {training['expires_on']} · 有效期已过")
    required = _requirement(work, training)
    if required["status"] == "active" and any(_holds(j, work.now.date()) for j in work.find("job_assignment", person=training["person"], job=training["job"])):
        effective = [d["doc_rev"] for d in work.find("document", doc_no=training["document"]) if d["_state"] == "effective"]
        _again(work, required, person=training["person"], revision=effective[0] if effective else training["doc_rev"])


def _again(work: Work, required: Row, *, person: str, revision: str | None) -> None:
    """The next attempt, unless one on the same revision waits or is passed."""
    before = work.find("training_record", person=person, job=required["job"], subject=required["subject"])
    if any(t["doc_rev"] == revision and t["_state"] in ("assigned", "done", "passed", "waived") for t in before):
        return
    attempt = max((t["attempt"] for t in before), default=0) + 1
    work.create("training_record", {
        "person": person, "job": required["job"], "subject": required["subject"], "attempt": attempt, "document": required["document"],
        "doc_rev": revision, "due_on": work.now.date() + timedelta(days=required["due_days"])})


def _requirement(work: Work, training: Row) -> Row:
    return work.find("training_requirement", job=training["job"], subject=training["subject"])[0]


def _holds(holder: Row, today: date) -> bool:
    return holder["started_on"] <= today and (holder["ended_on"] is None or holder["ended_on"] > today)


def _after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, monthrange(day.year + years, month + 1)[1]))
