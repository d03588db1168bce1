"""Issues of the handbook: drafted with everything they say, signed chapter by chapter, put in force; what is in force stays as it is.

A draft holds its content from the beginning: what is signed is what was shown, by its hash, and what changes meanwhile
comes with the next version. The database refuses to rewrite an issue.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from medthread.governance.handbook.content import Content, changes_between
from medthread.governance.handbook.setting import HandbookSetting
from medthread.methods.canonical import hash_of
from medthread.model.errors import ConflictError, ForbiddenError, NotFoundError, StoreError
from medthread.stores.postgres.tables import account, handbook_issue, handbook_signature, signature
from medthread.trust.access import Actor
from medthread.trust.audit import record
from medthread.trust.signatures import Signer, Signing, sign, stands

DRAFT, IN_FORCE, SUPERSEDED, WITHDRAWN = "draft", "in_force", "superseded", "withdrawn"
WHOLE = "*"
ENTITY = "handbook"
CHECKED, APPROVED = "reviewed", "approved"


@dataclass(frozen=True)
class Issue:
    """An issue with its signatures."""

    row: Mapping[str, Any]
    signatures: tuple[Mapping[str, Any], ...]

    @property
    def content(self) -> Content:
        """All that it says."""
        return dict(self.row["content"])

    @property
    def id(self) -> str:
        """Its number and version."""
        return str(self.row["id"])

    @property
    def chapters(self) -> list[Content]:
        """Its chapters."""
        return list(self.content["chapters"])

    @property
    def missing(self) -> list[str]:
        """The chapters that nobody has signed yet."""
        signed = {s["chapter"] for s in self.signatures}
        return [c["name"] for c in self.chapters if c["name"] not in signed]

    @property
    def shown(self) -> Content:
        """What is signed of the whole: which document, of when, with what hash."""
        return {n: str(self.row[n]) for n in ("id", "number", "version", "as_of", "release", "content_hash")}

    def shown_of(self, chapter: str) -> Content:
        """What is signed of a chapter: of which document, with what hash."""
        found = next((c for c in self.chapters if c["name"] == chapter), None)
        if found is None:
            raise NotFoundError(f"{self.id} has no chapter {chapter!r}", hint=f"chapters: {', '.join(c['name'] for c in self.chapters)}")
        return {**self.shown, "chapter": chapter, "label": found["label"], "chapter_hash": found["hash"]}


@dataclass(frozen=True, kw_only=True)
class Proven:
    """What a signer gives: the hash of what they saw, how they proved that it is them, and why they sign."""

    shown: str
    factors: Sequence[str]
    reason: str | None = None


@dataclass(frozen=True)
class Issues:
    """The issues of an installation's handbook."""

    setting: HandbookSetting
    signer: Signer
    zone: str

    def draft(self, tx: Connection, *, by: str, content: Callable[[], Content], reason: str) -> str:
        """Make the next version as a draft, with what changed since the one in force; gives its id."""
        t, number = handbook_issue, self.setting.number
        mine = t.c.number == number
        open_ = tx.execute(select(t.c.id).where(mine, t.c.state == DRAFT)).scalar_one_or_none()
        if open_ is not None:
            raise ConflictError(f"{open_} is a draft still", hint="have it signed and put in force, or withdraw it, before another is made")
        last = tx.execute(select(func.max(t.c.version)).where(mine)).scalar_one() or 0
        before = tx.execute(select(t).where(mine, t.c.state == IN_FORCE)).one_or_none()
        made = content()
        version = last + 1
        whole = {**made, "number": number, "version": version, "since": before.id if before else None, "changes": changes_between(before.content if before else None, made)}
        id_ = f"{number}-V{version}"
        row = {"id": id_, "number": number, "version": version, "state": DRAFT, "as_of": date.fromisoformat(made["as_of"]), "release": made["release"], "content": whole,
               "content_hash": hash_of(whole), "prepared_by": by, "reason": reason}
        tx.execute(insert(t).values(**row))
        record(tx, actor=by, action="handbook.draft", object_=f"handbook/{id_}", reason=reason, after={"content_hash": row["content_hash"], "as_of": row["as_of"], "release": row["release"]})
        return id_

    def issue(self, tx: Connection, id_: str, *, lock: bool = False) -> Issue:
        """An issue. Raises `StoreError` where its content is not what its hash says."""
        query = select(handbook_issue, account.c.printed_name.label("prepared_name")).outerjoin(account, account.c.name == handbook_issue.c.prepared_by).where(handbook_issue.c.id == id_)
        row = tx.execute(query.with_for_update(of=handbook_issue) if lock else query).one_or_none()
        if row is None:
            raise NotFoundError(f"no issue {id_!r} of the handbook", hint="GET /api/v1/handbook lists them")
        if hash_of(row.content) != row.content_hash:
            raise StoreError(f"{id_} is not what was issued: its content does not meet its hash", hint="restore it from a backup; `medthread audit verify` tells what else was changed")
        return Issue(dict(row._mapping), tuple(self._signed(tx, id_)))  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns

    def listed(self, tx: Connection) -> list[dict[str, Any]]:
        """Every issue, the newest first, without its content."""
        t, s = handbook_issue, handbook_signature
        signed = select(s.c.issue, func.count().label("signed")).where(s.c.chapter != WHOLE).group_by(s.c.issue).subquery()
        columns = [c for c in t.c if c.name != "content"]
        query = select(*columns, func.jsonb_array_length(t.c.content["chapters"]).label("chapters"), func.jsonb_array_length(t.c.content["changes"]).label("changes"),
                       func.coalesce(signed.c.signed, 0).label("signed"), account.c.printed_name.label("prepared_name"))
        query = query.outerjoin(signed, signed.c.issue == t.c.id).outerjoin(account, account.c.name == t.c.prepared_by)
        return [dict(r._mapping) for r in tx.execute(query.order_by(t.c.at.desc(), t.c.version.desc()))]  # noqa: SLF001 - SQLAlchemy's way

    def sign(self, tx: Connection, *, actor: Actor, id_: str, chapter: str, proven: Proven) -> str:
        """Sign a chapter as one who answers for it; gives the signature's id."""
        issue = self.issue(tx, id_, lock=True)
        self._is_draft(issue)
        content = issue.shown_of(chapter)
        role = self._role(actor, self.setting.signs(chapter), chapter)
        if chapter not in issue.missing:
            raise ConflictError(f"the chapter {chapter} of {id_} is signed", hint="each chapter is signed once")
        return self._sign(tx, issue, actor, proven, chapter=chapter, content=content, role=role)

    def put_in_force(self, tx: Connection, *, actor: Actor, id_: str, proven: Proven) -> str:
        """Approve the whole and put it in force; the one before is superseded. Whoever made the draft does not."""
        issue = self.issue(tx, id_, lock=True)
        self._is_draft(issue)
        if issue.missing:
            raise ConflictError(f"{id_}: chapters are not signed yet: {', '.join(issue.missing)}", hint="whoever answers for them signs them first")
        if issue.row["prepared_by"] == actor.name:
            raise ForbiddenError(f"{actor.name} prepared it: who prepares does not approve", hint="let somebody else put it in force", actor=actor.name, action="handbook:issue")
        role = self._role(actor, self.setting.issued_by, WHOLE)
        signed = self._sign(tx, issue, actor, proven, chapter=WHOLE, content=issue.shown, role=role)
        t, now = handbook_issue, datetime.now(UTC)
        tx.execute(update(t).where(t.c.number == issue.row["number"], t.c.state == IN_FORCE).values(state=SUPERSEDED, ended_at=now, ended_by=actor.name))
        tx.execute(update(t).where(t.c.id == id_).values(state=IN_FORCE, in_force_at=now))
        record(tx, actor=actor.name, action="handbook.issue", object_=f"handbook/{id_}", reason=proven.reason, after={"content_hash": issue.row["content_hash"]})
        return signed

    def withdraw(self, tx: Connection, *, actor: Actor, id_: str, reason: str) -> None:
        """End a draft: its number is not given again."""
        self._is_draft(self.issue(tx, id_, lock=True))
        tx.execute(update(handbook_issue).where(handbook_issue.c.id == id_).values(state=WITHDRAWN, ended_at=func.now(), ended_by=actor.name))
        record(tx, actor=actor.name, action="handbook.withdraw", object_=f"handbook/{id_}", reason=reason)

    def may_sign(self, actor: Actor, chapter: str) -> bool:
        """Whether somebody answers for a chapter."""
        return bool(set(actor.roles) & set(self.setting.issued_by if chapter == WHOLE else self.setting.signs(chapter)))

    def _is_draft(self, issue: Issue) -> None:
        if issue.row["state"] != DRAFT:
            raise ConflictError(f"{issue.id} is {issue.row['state']}", hint="an issue that is not a draft stays as it is; make the next version")

    def _role(self, actor: Actor, roles: Sequence[str], chapter: str) -> str:
        role = next((r for r in roles if r in actor.roles), None)
        if role is None:
            raise ForbiddenError(f"{actor.name} does not answer for {chapter}", hint=f"{', '.join(roles)} may sign it", actor=actor.name, action="handbook:sign")
        return role

    def _sign(self, tx: Connection, issue: Issue, actor: Actor, proven: Proven, *, chapter: str, content: Content, role: str) -> str:
        if proven.shown != hash_of(content):
            raise ConflictError("what you were shown is not what would be signed", hint="open it again and look at what it says now")
        made = sign(tx, self.signer, Signing(
            signer=actor.name, printed_name=actor.printed_name, on_behalf_of=None, signed_at=datetime.now(UTC), zone=self.zone, meaning=APPROVED if chapter == WHOLE else CHECKED,
            reason=proven.reason, entity=ENTITY, record=issue.id, revision=issue.row["version"], action=f"sign {chapter}", content=content, factors=tuple(proven.factors)))
        tx.execute(insert(handbook_signature).values(issue=issue.id, chapter=chapter, signature=made, role=role))
        record(tx, actor=actor.name, action="handbook.sign", object_=f"handbook/{issue.id}", reason=proven.reason, detail={"chapter": chapter, "signature": made, "role": role})
        return made

    def _signed(self, tx: Connection, id_: str) -> list[dict[str, Any]]:
        s, kept = handbook_signature, signature
        columns = (s.c.chapter, s.c.role, s.c.signature, kept.c.signer, kept.c.printed_name, kept.c.signed_at, kept.c.zone, kept.c.meaning, kept.c.reason, kept.c.content_hash)
        rows = tx.execute(select(*columns).join(kept, kept.c.id == s.c.signature).where(s.c.issue == id_).order_by(kept.c.signed_at)).all()
        return [{**r._mapping, "stands": stands(tx, r.signature)} for r in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
