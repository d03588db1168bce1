"""Erasing a person's data: what the law lets go goes everywhere, what a rule keeps stays and is explained (PIPL art. 47).

A field held on consent goes when consent is withdrawn. One held for a contract, employment or a duty stays while the
record that it stands in must be kept; then nothing is done with it but keeping it. In our own records a value goes with
the key that sealed it. A load's key seals many persons' values: of one person they are emptied by rewriting the files,
under new names, and the old files are removed. The log of acts never held a value, signatures hold a mask and an index:
both stay, and prove what they proved.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from medthread.derive.columns import INDEX, MASKED
from medthread.derive.retention import formula, rule_of
from medthread.governance.backup.take import alone
from medthread.governance.masters.requests import forget_person as forget_in_requests
from medthread.governance.privacy.find import QUARANTINE, Found, Person, Record, find
from medthread.governance.retention.due import Look
from medthread.governance.retention.naming import Named
from medthread.governance.retention.propose import CALLED, MAY_DESTROY, of_records
from medthread.model import Entity, Home, LegalBasis, Source
from medthread.model.errors import ConflictError, InvalidError
from medthread.pipeline.context import Context as BatchContext
from medthread.pipeline.correct.decided import forget_person
from medthread.pipeline.release import tell_rewritten
from medthread.stores.engines import job, quote
from medthread.stores.lakehouse.rewrite import Columns, Rewriter, Rewriting, Rewritten
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import erased_index, erasure
from medthread.trust.audit import record
from medthread.trust.seal import is_sealed, key_id_of, unseal
from medthread.workflow import Context, handle
from medthread.workflow.cases import void_pending
from medthread.workflow.guarding import objections
from medthread.workflow.native import sealed_columns

SHORTEST_REASON = 2
ERASED = "***"
FREE = frozenset({LegalBasis.CONSENT})
Batch = Callable[[], BatchContext]


@dataclass(frozen=True)
class Kept:
    """A personal field of a record that stays, and what keeps it."""

    entity: str
    id: str
    field: str
    because: str

    @property
    def objection(self) -> dict[str, str]:
        """As what stands in the way is told everywhere."""
        return {"guard": "kept", "zh": "个人信息须继续保存", "en": "personal data that must be kept", "record": f"{self.entity}/{self.id}", "detail": self.because}


@dataclass
class Plan:
    """What goes and what stays."""

    native: list[Record] = field(default_factory=list)  # with the fields that go
    lake: set[tuple[str, str]] = field(default_factory=set)  # (entity, field) that go in the lake
    kept: list[Kept] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """`entity.field` that go."""
        return sorted({f"{r.entity}.{f}" for r in self.native for f in r.fields} | {f"{e}.{f}" for e, f in self.lake})


@dataclass(frozen=True)
class Erased:
    """What an erasure came to."""

    id: str
    plan: Plan
    outcome: dict[str, Any]


def plan_of(tx: Connection, context: Context, look: Look, found: Found) -> Plan:
    """Judge every field that was found."""
    plan, judge = Plan(), _Judge(tx, context, look, found)
    for one in found.native:
        verdicts = {f: judge.keeps(one, f) for f in one.fields}
        going = tuple(f for f, because in verdicts.items() if because is None)
        plan.native += [Record(one.entity, one.id, going)] if going else []
        plan.kept += [Kept(one.entity, one.id, f, because) for f, because in verdicts.items() if because is not None]
    stays: set[tuple[str, str]] = set()
    for one in found.lake:
        for name in one.fields:
            because = judge.keeps(one, name)
            if because is not None:
                stays.add((one.entity, name))
                plan.kept.append(Kept(one.entity, one.id, name, because))
    # Of a kind of record all of the person's go or none: raw rows do not say which record they told of.
    everywhere = {(e.name, f.name) for e in context.registry.at_home(Home.LAKE, Home.MASTER) for f in e.fields.values() if f.is_personal}
    plan.lake = everywhere - stays
    return plan


class _Judge:
    """Whether a field of a record must be kept; rules are computed once a kind of record."""

    def __init__(self, tx: Connection, context: Context, look: Look, found: Found) -> None:
        self._tx, self._context, self._look = tx, context, look
        self._ids: dict[str, list[str]] = {}
        for one in (*found.native, *found.lake):
            self._ids.setdefault(one.entity, []).append(one.id)
        self._named: dict[str, dict[str, Named]] = {}
        self._today: date = datetime.now(ZoneInfo(context.calendar.zone)).date()
        self._due: dict[str, dict[str, Any]] = {}

    def keeps(self, one: Record, name: str) -> str | None:
        """What keeps it; nothing where it may go."""
        entity = self._context.registry[one.entity]
        purpose = entity.fields[name].mark.purpose
        if purpose is None:
            return "未声明目的与依据,不能判断 / nobody declared what it is held for"
        held = self._held(entity, one)
        if held is not None:
            return held
        if purpose.basis in FREE:
            return None
        due = self._dues(entity).get(one.id)
        if due is None:
            return f"{purpose.zh}:{self._context.registry.kept(entity.name).label.zh} / {purpose.en}: {formula(rule_of(entity, self._context.registry)).en}"
        return None

    def _held(self, entity: type[Entity], one: Record) -> str | None:
        decision = self._context.rulebook.decisions.get(MAY_DESTROY)
        if decision is None:
            return None
        takes = of_records(decision.takes)
        guards = [g for g in decision.guards if set(self._context.rulebook.guards[g].takes) <= {*CALLED, *takes}]
        told = self._names(entity, takes).get(one.id, Named(one.id))
        asked = told.asked(decision.takes, entity=entity.name, record=told.name)
        found = dict.fromkeys(o for values in asked for o in objections(self._tx, self._context, guards, values))
        return "; ".join(f"{o.zh} / {o.en}: {o.record} {o.detail}" for o in found) or None

    def _names(self, entity: type[Entity], takes: tuple[str, ...]) -> dict[str, Named]:
        if entity.name not in self._named:
            self._named[entity.name] = self._look.named(self._tx, entity, self._ids[entity.name], takes)
        return self._named[entity.name]

    def _dues(self, entity: type[Entity]) -> dict[str, Any]:
        if entity.name not in self._due:
            rule = rule_of(entity, self._context.registry)
            found = self._look.due(self._tx, rule, today=self._today) if rule.can_be_due and entity.about.part_of is None else []
            self._due[entity.name] = {d.id: d for d in found}
        return self._due[entity.name]


def erase(context: Context, look: Look, batch: Batch, person: Person, *, by: str, reason: str) -> Erased:
    """Erase what may go. Refused when nothing is held, or nothing of it may go; the refusal says what keeps it."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError("an erasure is asked for with a reason", hint="say who asked, and when")
    store, id_ = batch().store, f"erasure-{uuid.uuid4().hex[:12]}"
    act = {"by": by, "action": "privacy.erase", "object_": person.name}
    with turn(store), alone(store):
        plan = handle(store, **act, act=lambda tx: _begin(tx, context, look, batch(), person, id_=id_, by=by, reason=reason))
        outcome = _carry_out(context, batch(), id_)
    return Erased(id_, plan, outcome)


def _begin(tx: Connection, context: Context, look: Look, batch: BatchContext, person: Person, *, id_: str, by: str, reason: str) -> Plan:
    found = find(tx, context, batch, person)
    if found.is_empty:
        raise ConflictError("nothing is held of this person", hint="try other ways in which the name or number is written")
    plan = plan_of(tx, context, look, found)
    lake = bool(found.rows or found.lake) and bool(plan.lake)
    if not plan.native and not lake:
        words = "; ".join(f"{k.entity}/{k.id}.{k.field}: {k.because}" for k in plan.kept[:5])
        raise ConflictError(f"nothing may be erased yet: {words}", hint="it is kept and not used for anything else until the rule lets it go", because=[k.objection for k in plan.kept])
    for one in plan.native:
        _erase_record(tx, context, one, by=by)
    kept = [vars(k) for k in plan.kept]
    tx.execute(insert(erasure).values(id=id_, status="executing", indices=sorted(person.indices), fields=sorted(f"{e}.{f}" for e, f in plan.lake), kept=kept, reason=reason, asked_by=by))
    if not plan.kept:
        tx.execute(upsert(erased_index).on_conflict_do_nothing(), [{"value_index": i, "erasure": id_} for i in sorted(person.indices)])
    record(tx, actor=by, action="privacy.erase", object_=person.name, reason=reason,
           detail={"erasure": id_, "records": len(plan.native), "fields": sorted({f"{r.entity}.{f}" for r in plan.native for f in r.fields}), "kept": len(plan.kept)})
    return plan


def _erase_record(tx: Connection, context: Context, one: Record, *, by: str) -> None:
    """Destroy the key of the record's values; those that stay are sealed again under a new one."""
    entity, table = context.registry[one.entity], context.tables[one.entity]
    row = dict(tx.execute(select(table).where(table.c.id == one.id).with_for_update()).one()._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    sealed = [f.name for f in entity.fields.values() if f.is_personal]
    staying = {n: _opened(tx, context, row[n]) for n in sealed if n not in one.fields}
    context.keyring.destroy_subject(tx, f"{one.entity}/{one.id}")
    columns = sealed_columns(tx, context, entity, {n: v for n, v in staying.items() if v is not None}, id_=one.id)
    for name in one.fields:
        going = [name, name + MASKED, name + INDEX] if name in sealed else []
        columns |= dict.fromkeys(going, None) if going else {name: ERASED if entity.fields[name].required else None}
    fresh = {"_revision": row["_revision"] + 1, "_updated_by": by, "_updated_at": func.clock_timestamp()}
    tx.execute(update(table).where(table.c.id == one.id).values(**columns, **fresh))
    void_pending(tx, entity=one.entity, record=one.id)
    told = dict.fromkeys(one.fields, ERASED)
    record(tx, actor=by, action="privacy.erase_record", object_=f"{one.entity}/{one.id}", before=told, after=dict.fromkeys(one.fields))


def _opened(tx: Connection, context: Context, value: str | None) -> str | None:
    if value is None or not is_sealed(value):
        return value
    return unseal(value, key=context.keyring.find(tx, key_id_of(value)))


def finish_pending(context: Context, batch: Batch) -> list[str]:
    """Carry out what was begun and cut short; gives the ids."""
    store = batch().store
    with store.transaction() as tx:
        ids = list(tx.execute(select(erasure.c.id).where(erasure.c.status == "executing").order_by(erasure.c.at)).scalars())
    if ids:
        with turn(store), alone(store):
            for id_ in ids:
                _carry_out(context, batch(), id_)
    return ids


def _carry_out(context: Context, batch: BatchContext, id_: str) -> dict[str, Any]:
    """The part that no transaction holds together: the lake, and the master key. Asked again, what was done is not done again."""
    with batch.store.transaction() as tx:
        row = tx.execute(select(erasure).where(erasure.c.id == id_)).one()
    going = {tuple(f.split(".", 1)) for f in row.fields}
    done = _empty_lake(batch, frozenset(row.indices), going, key=id_)
    with batch.store.transaction() as tx:
        forget_person(tx, row.indices)
        forget_in_requests(tx, context.registry.values(), row.indices)
        wrapped = context.keyring.rotate(tx)
    with batch.store.transaction() as tx:
        context.keyring.settle(tx)
        outcome = {"rows": done.rows, "files_written": done.written, "files_removed": done.removed, "keys_wrapped_anew": wrapped}
        tx.execute(update(erasure).where(erasure.c.id == id_).values(status="done", outcome=outcome, finished_at=func.clock_timestamp()))
        record(tx, actor=row.asked_by, action="privacy.erased", object_=f"erasure/{id_}", detail=outcome)
    return outcome


def _empty_lake(batch: BatchContext, indices: frozenset[str], going: set[tuple[str, ...]], *, key: str) -> Rewritten:
    """Empty the person's values in every file of every layer; raw columns only where nothing that they feed must stay."""
    done = Rewritten()
    with job(memory=batch.memory, threads=1) as con:
        con.register("person", pa.table({"i": pa.array(sorted(indices), pa.string())}))
        blanked = _blanker(batch.sources, going, indices)
        con.create_function("without_person", blanked, ["varchar", "varchar", "varchar"], "varchar")
        rewriter = Rewriter(batch.store, batch.lake, con, tell_rewritten(batch, key=f"erasure/{key}"))
        for change in _changes(batch, going, indices):
            rewriter.rewrite(change, key=key, done=done)
    return done


def _changes(batch: BatchContext, going: set[tuple[str, ...]], indices: frozenset[str]) -> list[Rewriting]:
    found: list[Rewriting] = []
    for table in sorted(batch.committer.heads()):
        layer, _, name = table.partition(".")
        if layer in ("standard", "golden"):
            names = frozenset(f for e, f in going if e == name)
            found += [_emptying(table, lambda columns, names=names: {c for c in names if c + INDEX in columns})] if names else []  # type: ignore[misc] # a default binds the names
        elif layer == "raw":
            stays = staying_columns(batch.sources, name, going)
            found.append(_emptying(table, lambda columns, stays=stays: {c.removesuffix(INDEX) for c in columns if c.endswith(INDEX)} - stays))  # type: ignore[misc] # as above
    mentions = " or ".join(f"contains(raw, '{i}')" for i in sorted(indices))
    changed = 'without_person(raw, source, "table")'
    found.append(Rewriting(QUARANTINE, lambda _: f"({mentions}) and {changed} is distinct from raw", lambda _: {"raw": changed}))
    return found


def _emptying(table: str, which: Callable[[Columns], set[str]]) -> Rewriting:
    def touched(columns: Columns) -> str:
        return " or ".join(f"{quote(c + INDEX)} in (select i from person)" for c in sorted(which(columns))) or "false"

    def put(columns: Columns) -> dict[str, str]:
        made: dict[str, str] = {}
        for name in sorted(which(columns)):
            hers = f"coalesce({quote(name + INDEX)} in (select i from person), false)"
            made |= {c: f"case when {hers} then null else {quote(c)} end" for c in (name, name + MASKED, name + INDEX)}
        return made

    return Rewriting(table, touched, put)


def staying_columns(sources: tuple[Source, ...], raw: str, going: set[tuple[str, ...]]) -> set[str]:
    """Raw columns that feed a field which must stay; columns that no mapping knows feed none."""
    for source in sources:
        for table, mapping in source.tables.items():
            if raw == f"{source.name}_{table}":
                return {c for feed in mapping.feeds for n, f in feed.fields.items() if (feed.entity, n) not in going for c in f.columns}
    return set()


def _blanker(sources: tuple[Source, ...], going: set[tuple[str, ...]], indices: frozenset[str]) -> Callable[[str, str, str], str]:
    """A held row without the person's values: its raw columns are in it as JSON."""

    def blank(raw: str, source: str, table: str) -> str:
        try:
            row = json.loads(raw)
        except ValueError:
            return raw
        if not isinstance(row, dict):
            return raw
        stays = staying_columns(sources, f"{source}_{table}", going)
        hers = [c.removesuffix(INDEX) for c, v in row.items() if c.endswith(INDEX) and v in indices and c.removesuffix(INDEX) not in stays]
        if not hers:
            return raw
        gone = {c + s for c in hers for s in ("", MASKED, INDEX)}
        return json.dumps({k: None if k in gone else v for k, v in row.items()}, ensure_ascii=False)

    return blank
