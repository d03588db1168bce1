"""Requests for masters as somebody may see them, and what is like them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from medthread.api.golden_rows import GoldenRows, master_named
from medthread.api.services import Services
from medthread.derive.columns import MASKED
from medthread.derive.form import field_meta, pair
from medthread.derive.view import masked_fields
from medthread.governance.masters.approving import Approver, require_unknown
from medthread.governance.masters.coding import example_of
from medthread.governance.masters.impact import Reach
from medthread.governance.masters.request_check import Found, find_alike, golden_of
from medthread.governance.masters.requests import clear_of, locked, own_open, requests, submit
from medthread.model import Coding, Entity
from medthread.model.errors import NotFoundError
from medthread.pipeline.match.waterfall import waterfall
from medthread.trust.access import Actor

SHOWN_MASK = "***"
REQUEST, APPROVE = "masters:request", "masters:approve"


@dataclass(frozen=True)
class Requests:
    """Requests for one kind of master, for somebody: their own, and those of others where nothing of the master is kept from them."""

    given: Services
    actor: Actor
    entity: type[Entity]
    rows: GoldenRows

    @classmethod
    def of(cls, given: Services, actor: Actor, name: str) -> "Requests":
        """Of a master that can be asked for. Raises `NotFoundError` for any other."""
        entity = master_named(given.registry, name)
        if entity.name not in given.masters.codings:
            raise NotFoundError(f"{name!r} is named by several fields and cannot be asked for", hint="take it in from its source")
        return cls(given, actor, entity, GoldenRows(given, given.reader.current(), entity, actor))

    @property
    def coding(self) -> Coding:
        """The form of its codes."""
        return self.given.masters.codings[self.entity.name]

    def form(self) -> dict[str, Any]:
        """What is asked for: every field but the code, as a form needs it."""
        key, masked = self.entity.key()[-1], masked_fields(self.entity, self.actor.clearance)
        fields = [field_meta(self.entity, f, self.given.registry, masked=f.name in masked) for n, f in self.entity.fields.items() if n != key]
        refused = self.given.access.refused_by
        return {
            "label": pair(self.entity.about.label), "owner": self.entity.about.owner, "fields": fields, "code": example_of(self.coding),
            "asks": refused(self.actor, REQUEST) is None, "decides": refused(self.actor, APPROVE) is None,
        }

    def seen(self, golden: Sequence[str]) -> dict[str, str]:
        """What golden records are called that they see."""
        sql, bound = self.rows.summary()
        found = self.rows.snapshot.query(f"select id, name from ({sql}) where id in (select unnest(?))", [*bound, list(golden)]) if golden else []
        return {r["id"]: r["name"] or r["id"] for r in found}

    def listed(self, tx: Connection, **which: Any) -> list[dict[str, Any]]:
        """Newest first, those they may see; with the golden record that came of each."""
        return self.told(requests(tx, entities=[self.entity.name], by=self.actor.name, own=not self.rows.is_all, **which))

    def one(self, tx: Connection, number: int) -> dict[str, Any]:
        """One of them, personal values in clear for who is cleared for them. Raises `NotFoundError`."""
        found = self.listed(tx, only=number)
        if not found:
            raise NotFoundError(f"no request {number}", hint="the list shows those there are")
        masked = masked_fields(self.entity, self.actor.clearance)
        mine = {n for n, f in self.entity.fields.items() if f.is_personal and n not in masked and not self.rows.terms.touch(n) and n in found[0]["values"]}
        clear = clear_of(tx, self.given.workflow, self.entity, locked(tx, number).values) if mine else {}
        return {**found[0], "values": found[0]["values"] | {n: clear[n] for n in mine}}

    def told(self, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """As they are shown: personal and classified values masked; approved ones that a run took in are `taken_over`."""
        golden = golden_of(self.rows.snapshot, self.entity, [r["code"] for r in found if r["code"]])
        ids = [*golden.values(), *(r["golden_id"] for r in found if r["golden_id"]), *(a["golden_id"] for r in found for a in r["answers"] if a["golden_id"])]
        names = self.seen(sorted(set(ids)))
        title = self.rows.title
        told = []
        for row in found:
            came = golden.get(row["code"] or "") or row["golden_id"]
            status = "taken_over" if row["status"] == "approved" and row["code"] in golden else row["status"]
            values = self._shown(row["values"])
            told.append({
                **{n: row[n] for n in ("id", "entity", "reason", "revision", "asked_by", "asker_name", "at", "submitted_at", "decided_by", "decider_name", "decided_at", "decision", "code", "same_as")},
                "status": status, "golden_id": came, "golden_name": names.get(came or ""), "name": values.get(title), "values": values,
                "answers": [{**a, "name": names.get(a["golden_id"] or "")} for a in row["answers"]], "mine": row["asked_by"] == self.actor.name,
            })
        return told

    def _shown(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        masked, fields = masked_fields(self.entity, self.actor.clearance), self.entity.fields
        return {n: values.get(n + MASKED) if f.is_personal else SHOWN_MASK if n in masked or self.rows.terms.touch(n) else values.get(n) for n, f in fields.items() if values.get(n) is not None}

    def alike(self, found: Found, names: Mapping[str, str]) -> dict[str, Any]:
        """What is like it: golden records that they see, with what speaks for each; how many they do not see; other requests."""
        sql, bound = self.rows.summary()
        likes = [(id_, g) for g in found.golden if (id_ := g.golden_id) is not None and id_ in names]
        ids = [id_ for id_, _ in likes]
        seen = {r["id"]: r for r in self.rows.snapshot.query(f"select id, codes, records, sources from ({sql}) where id in (select unnest(?))", [*bound, ids])} if ids else {}
        golden = [
            {"golden_id": id_, "name": names[id_], **{n: seen[id_][n] for n in ("codes", "records", "sources")}, "score": g.score, "sure": g.sure, "exact": g.exact,
             "parts": waterfall(self.entity, g.parts)}
            for id_, g in likes if id_ in seen
        ]
        beside = [
            {"request": b.id, "status": b.status, "code": b.code, "score": b.like.score, "exact": b.like.exact, "parts": waterfall(self.entity, b.like.parts)} for b in found.beside
        ]
        return {"golden": golden, "unseen": len(found.golden) - len(golden), "beside": beside, "rows": [int(n) for n in found.together]}

    def check_of(self, tx: Connection, number: int) -> dict[str, Any]:
        """What is like a request."""
        return self.check(tx, locked(tx, number).values, but=number)

    def check(self, tx: Connection, values: Mapping[str, str | None], *, but: int | None = None) -> dict[str, Any]:
        """What is like values that are asked for."""
        found = find_alike(tx, self.rows.snapshot, self.given.keyring, self.entity, {"": values}, but=but)[""]
        return self.alike(found, self.seen([g.golden_id for g in found.golden if g.golden_id]))

    def submit(self, tx: Connection, number: int) -> None:
        """Hand it over, unless something bears its identifier."""
        row = own_open(tx, by=self.actor.name, id_=number)
        found = find_alike(tx, self.rows.snapshot, self.given.keyring, self.entity, {"": row.values}, but=number)[""]
        require_unknown(self.entity, found, seen=self.seen)
        submit(tx, self.given.workflow, self.entity, by=self.actor.name, id_=number)

    def approver(self) -> Approver:
        """Where it is decided."""
        snapshot = self.rows.snapshot
        return Approver(
            context=self.given.workflow, snapshot=snapshot, reach=Reach(self.given.registry, self.given.native, snapshot), coding=self.coding, by=self.actor.name, seen=self.seen)
