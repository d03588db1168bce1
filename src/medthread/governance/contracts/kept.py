"""Contracts that were given out: a version whenever a release changes what is promised, with what differs and whom it breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from medthread.derive.contract.words import Json
from medthread.governance.contracts.made import Contract, digest_of
from medthread.methods.contracts import (
    BOTH,
    KINDS,
    Difference,
    Verdict,
    compare,
    next_version,
    worst,
)
from medthread.methods.contracts.version import FIRST
from medthread.model.errors import NotFoundError
from medthread.stores.postgres.tables import contract_version, release


@dataclass(frozen=True)
class GivenOut:
    """A version as it was given out; without content from when the subject was gone."""

    subject: str
    number: int
    version: str
    release: str
    verdict: Verdict | None
    digest: str
    content: Json | None
    differences: tuple[Difference, ...]
    at: datetime


def promised(tx: Connection) -> dict[str, GivenOut]:
    """Of every subject the newest version."""
    newest = select(contract_version).ext(distinct_on(contract_version.c.subject)).order_by(contract_version.c.subject, contract_version.c.number.desc())
    return {r.subject: _read(r) for r in tx.execute(newest)}


def versions(tx: Connection, subject: str) -> list[GivenOut]:
    """All versions of a subject, newest first."""
    query = select(contract_version).where(contract_version.c.subject == subject).order_by(contract_version.c.number.desc())
    return [_read(r) for r in tx.execute(query)]


def version_of(tx: Connection, subject: str, version: str) -> GivenOut:
    """One version of a subject. Raises `NotFoundError` where there is none."""
    found = next((v for v in versions(tx, subject) if v.version == version), None)
    if found is None:
        raise NotFoundError(f"the contract of {subject} has no version {version}", hint="its page lists the versions that were given out")
    return found


def promised_by(tx: Connection, release_id: str) -> dict[str, GivenOut]:
    """What a release promised: of every subject the newest version that was given out by then. Raises `NotFoundError` for a release that there is not."""
    at = tx.execute(select(release.c.created_at).where(release.c.id == release_id)).scalar_one_or_none()
    if at is None:
        raise NotFoundError(f"no release {release_id!r}", hint="GET /api/v1/releases lists them")
    t = contract_version
    newest = (
        select(t).ext(distinct_on(t.c.subject)).join(release, release.c.id == t.c.release).where(release.c.created_at <= at).order_by(t.c.subject, t.c.number.desc())
    )
    return {r.subject: _read(r) for r in tx.execute(newest) if r.content is not None}


def differences(before: GivenOut | None, now: Contract) -> tuple[Difference, ...]:
    """What would differ from what was promised last; nothing of a contract that is given out for the first time."""
    if before is None or before.content is None or before.digest == now.digest:
        return ()
    return tuple(compare(before.content, now.content, sides=now.sides))


def give_out(tx: Connection, release_id: str, now: Mapping[str, Contract]) -> list[GivenOut]:
    """Keep a version of every contract that says something else than the last one, and of every subject that is gone; gives those with something to tell."""
    before = promised(tx)
    rows = [row for subject, contract in now.items() if (row := _fresh(before.get(subject), contract)) is not None]
    rows += [_gone(one) for subject, one in before.items() if one.content is not None and subject not in now]
    if not rows:
        return []
    made = tx.execute(insert(contract_version).returning(contract_version), [r | {"release": release_id} for r in rows])
    return [_read(r) for r in made]


def _fresh(before: GivenOut | None, now: Contract) -> Json | None:
    if before is None:
        return _row(now.subject, 1, FIRST, None, now.numbered(FIRST), ())
    if before.digest == now.digest:
        return None
    if before.content is None:  # it was gone, and is there again
        version = next_version(before.version, Verdict.COMPATIBLE)
        return _row(now.subject, before.number + 1, version, Verdict.COMPATIBLE, now.numbered(version), ())
    found = differences(before, now)
    verdict = worst(d.verdict for d in found)
    version = next_version(before.version, verdict)
    return _row(now.subject, before.number + 1, version, verdict, now.numbered(version), found)


def _gone(before: GivenOut) -> Json:
    told = Difference("object.removed", f"schema.{before.subject.rpartition('.')[2]}", KINDS["object.removed"].verdict(BOTH), before.subject, None)
    return _row(before.subject, before.number + 1, next_version(before.version, told.verdict), told.verdict, None, (told,))


def _row(subject: str, number: int, version: str, verdict: Verdict | None, content: Json | None, found: Sequence[Difference]) -> Json:
    return {
        "subject": subject, "number": number, "version": version, "verdict": verdict.value if verdict else None, "digest": digest_of(content) if content else "gone", "content": content,
        "differences": [{"kind": d.kind, "at": d.at, "verdict": d.verdict.value, "before": d.before, "after": d.after} for d in found],
    }


def _read(row: Row[Any]) -> GivenOut:
    found = tuple(Difference(d["kind"], d["at"], Verdict(d["verdict"]), d["before"], d["after"]) for d in row.differences)
    return GivenOut(row.subject, row.number, row.version, row.release, Verdict(row.verdict) if row.verdict else None, row.digest, row.content, found, row.at)
