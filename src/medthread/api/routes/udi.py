"""Reading a device identifier: what it says, and whether it is right."""

from dataclasses import asdict
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from medthread.api.identity import Given, Reader
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.methods.udi import Judgement, Verdict, judge
from medthread.stores.postgres.tables import unknown_carrier
from medthread.trust.audit import record

router = Subject("udi", "UDI 判读", "UDI judgement", owner="regulatory").router()


class Scanned(BaseModel):
    """A carrier's text as it was scanned or typed."""

    text: str = Field(max_length=4000)


@router.post("/udi/judge", summary="判读 UDI 载体 · Judge a UDI carrier")
def judged(scanned: Scanned, given: Given, actor: Reader) -> dict[str, Any]:
    """The verdict with its findings. The text itself is never changed; one that nobody can read waits for a person.

    判读结论与各项发现。原文从不改动;无法判读的留给人处理。
    """
    judgement = judge(scanned.text)
    if judgement.verdict is Verdict.UNKNOWN and scanned.text.strip():
        _queue(given, judgement, by=actor.name)
    said = asdict(judgement)
    for part in (*said["elements"], *said["findings"]):
        part["label"] = {"zh": part["label"].zh, "en": part["label"].en}
    return said


def _queue(given: Services, judgement: Judgement, *, by: str) -> None:
    text = judgement.text.replace("\0", "\\x00")
    again = {"times": unknown_carrier.c.times + 1, "last_at": func.clock_timestamp()}
    id_ = sha256(text.encode()).hexdigest()
    made = insert(unknown_carrier).values(id=id_, text=text, issuer=judgement.issuer.value, first_by=by)
    with given.store.transaction() as tx:
        tx.execute(made.on_conflict_do_update(index_elements=["id"], set_=again))
        # The text stands in the queue; a row of the log is kept for decades and holds what identifies it.
        record(tx, actor=by, action="udi.queue", object_="unknown_carrier", detail={"sha256": id_, "length": len(text)})


@router.get("/udi/unknown", summary="列出未识别的载体 · List carriers that were not understood")
def unknown(given: Given, _: Reader) -> dict[str, Any]:
    """Carriers that nobody could read yet, the latest first.

    尚无人能判读的载体,最近的在前。
    """
    with given.store.transaction() as tx:
        rows = tx.execute(select(unknown_carrier).order_by(unknown_carrier.c.last_at.desc()).limit(200)).all()
    return {"items": [{n: getattr(r, n) for n in ("id", "text", "issuer", "times", "first_by", "last_at")} for r in rows]}
