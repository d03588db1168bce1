"""What a steward says of golden records, as a decision about the records that they are made of."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from medthread.api.golden_links import require_no_circle
from medthread.api.golden_rows import GoldenRows
from medthread.api.services import Services
from medthread.derive.payload import payload_of
from medthread.governance.masters.deciding import Wanted, ask
from medthread.governance.masters.impact import Impact, Reach
from medthread.governance.masters.outlook import Outlook, outlook
from medthread.governance.quality_index import today_in
from medthread.model import Entity
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from medthread.pipeline.match.crosswalk import XREF_COLUMNS
from medthread.pipeline.match.decisions import LINK, MERGE, SPLIT, VALUE
from medthread.pipeline.match.links import FROM, KIND, PARENT, UNTIL
from medthread.trust.access import Actor
from medthread.trust.rules import broken_rules, column_of, text_of

DECIDE = "masters:decide"
Name = Annotated[str, Field(min_length=1, max_length=300)]


class Link(BaseModel):
    """What a golden record belongs under: the one above it, or none, in which way, from when and until when (exclusive)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    kind: str = Field(min_length=1, max_length=60)
    parent: Name | None = None
    valid_from: date | None = Field(default=None, alias="from")
    valid_until: date | None = Field(default=None, alias="until")


class Said(BaseModel):
    """A decision: golden records that are one; records of a golden record that are another thing, or golden records that are not the same; values that stand; what it belongs under."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["merge", "split", "value", "link"]
    golden: list[Name] = Field(min_length=1, max_length=50, description="golden ids; of a split several mean that they are not the same")
    apart: list[list[Name]] = Field(default=[], max_length=20, description="record ids, side by side; what is left of the golden record is a side too")
    values: dict[str, str | None] = Field(default={}, max_length=100, description="field → value; null leaves it empty")
    until: date | None = Field(default=None, description="of stated values: the first day on which they no longer stand")
    link: Link | None = Field(default=None, description="of a link: what the golden record belongs under")


def wanted_of(given: Services, actor: Actor, entity: type[Entity], said: Said, *, reason: str) -> tuple[Wanted, dict[str, list[str]]]:
    """The decision over record ids, and the records of each golden record that it is about."""
    golden = sorted(set(said.golden))
    if said.kind == LINK:
        return _link(given, actor, entity, said, reason=reason)
    records = _records(given, actor, entity, golden)
    every = [r for of in records.values() for r in of]
    if said.kind == SPLIT:
        sides = _sides(said, golden, records)
    elif said.kind == MERGE:
        sides = [every]
    else:
        if len(golden) != 1:
            raise InvalidError("values are stated of one golden record", hint="name one golden id")
        sides = [every]
    values = _stated(entity, said.values) if said.kind == VALUE else {}
    if said.until is not None and said.until <= today_in(given.workflow.calendar.zone):
        raise InvalidError(f"{said.until} is past", hint="name a later day, or leave it out")
    return Wanted(entity=entity.name, kind=said.kind, sides=sides, golden=golden, values=values, until=said.until, reason=reason), records


def _link(given: Services, actor: Actor, entity: type[Entity], said: Said, *, reason: str) -> tuple[Wanted, dict[str, list[str]]]:
    """The lower and the upper, in this order: the order of `golden` says nothing."""
    link, known = said.link, entity.about.match.links if entity.about.match else ()
    if link is None or len(said.golden) != 1:
        raise InvalidError("a link is about one golden record", hint="name it, and under `link` what it belongs under")
    if link.kind not in {k.name for k in known}:
        raise InvalidError(f"{entity.name} has no links of kind {link.kind!r}", hint=f"there are: {', '.join(k.name for k in known)}")
    if link.valid_from and link.valid_until and link.valid_until <= link.valid_from:
        raise InvalidError("a link ends before it begins", hint="the day of its end is the first on which it no longer holds")
    ids = [*said.golden, *([link.parent] if link.parent else [])]
    if len(set(ids)) < len(ids):
        raise InvalidError("nothing belongs under itself", hint="name another golden record")
    records = _records(given, actor, entity, ids)  # in this order, which `judged` goes by
    values = {KIND: link.kind, PARENT: link.parent, FROM: str(link.valid_from) if link.valid_from else None, UNTIL: str(link.valid_until) if link.valid_until else None}
    return Wanted(entity=entity.name, kind=LINK, sides=[records[i] for i in ids], golden=sorted(ids), values=values, reason=reason), records


def _sides(said: Said, golden: list[str], records: dict[str, list[str]]) -> list[list[str]]:
    """Of several golden records each is a side; of one, the records named, and what is left."""
    if len(golden) > 1:
        return list(records.values())
    members = records[golden[0]]
    named = [r for side in said.apart for r in side]
    if strangers := sorted(set(named) - set(members)):
        raise InvalidError(f"{strangers[0]} is no record of {golden[0]}", hint="look again: it may have been matched anew meanwhile")
    left = [r for r in members if r not in named]
    return [*said.apart, *([left] if left else [])]


def _records(given: Services, actor: Actor, entity: type[Entity], golden: list[str]) -> dict[str, list[str]]:
    """All records of each golden record; whoever does not see all of them does not decide about them."""
    snapshot = given.reader.current()
    rows = GoldenRows(given, snapshot, entity, actor)
    for id_ in golden:
        rows.require(id_)
    found = snapshot.query(
        f"select golden_id, record_id, source from {snapshot.relation(f'golden.{entity.name}_xref', XREF_COLUMNS)} where golden_id in (select unnest(?)) order by 1, 2", [golden]
    )
    if unseen := sorted({r["source"] for r in found} - set(rows.sources)):
        raise ForbiddenError(f"records of {unseen[0]} belong to it", hint="let somebody decide who sees all of its sources", actor=actor.name, action=DECIDE)
    records: dict[str, list[str]] = {id_: [] for id_ in golden}
    for row in found:
        records[row["golden_id"]].append(row["record_id"])
    if missing := next((id_ for id_, of in records.items() if not of), None):
        raise NotFoundError(f"no {entity.name} {missing!r}", hint="it may have been merged meanwhile; search the list by name or code")
    return records


def _stated(entity: type[Entity], values: dict[str, str | None]) -> dict[str, str | None]:
    """Values that their fields can hold and that break none of their rules, each as the lake writes it: a run reads them without asking again."""
    for name in values:
        field = entity.fields.get(name)
        if field is None or field.is_personal or field.mark.key:
            raise InvalidError(f"{entity.name}.{name} cannot be stated", hint="a key or personal data is corrected at its source")
    others = frozenset(n for n in entity.fields if n not in values)
    filled = {n: v for n, v in values.items() if v not in (None, "")}
    try:
        model = payload_of(entity, without=others)  # type: ignore[arg-type] # a class can be a key, whatever its instances are
        typed = model.model_validate(values).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{first['loc'][0]}: {first['msg']}", hint="see the field's page in the dictionary") from error
    about = [c for c in broken_rules(entity, typed) if c.field in filled]
    if about:
        raise InvalidError(f"{about[0].field}: {about[0].label.en}", hint="see the field's rules in the dictionary")
    return {n: text_of(column_of(entity.fields[n], v).to_pylist()[0]) for n, v in typed.items()}


def judged(tx: Connection, given: Services, entity: type[Entity], wanted: Wanted, records: dict[str, list[str]]) -> tuple[Outlook, Impact]:
    """What would come of it, and what hangs on it. Nothing is written."""
    snapshot = given.reader.current()
    every = [r for of in records.values() for r in of]
    codes = sorted({r.partition("|")[2] for r in every})
    if wanted.kind == LINK:
        require_no_circle(snapshot, entity, child=next(iter(records)), parent=wanted.values.get(PARENT))
    impact = Reach(given.registry, given.native, snapshot).impact(tx, entity, golden=list(records), codes=codes)
    return outlook(tx, snapshot, entity, wanted, records=every), impact


def decided(tx: Connection, *, given: Services, entity: type[Entity], wanted: Wanted, records: dict[str, list[str]], by: str) -> tuple[int, str, Impact]:
    """Write it down: its number, whether it is in force or waits for a second person, what hangs on it. Raises `ConflictError` for two legal entities."""
    found, impact = judged(tx, given, entity, wanted, records)
    if found.blocked:
        a, b, _ = found.blocked[0]
        raise ConflictError(f"{a} and {b} have two different valid identifiers", hint="correct the identifier at its source first: two legal entities are never one")
    return *ask(tx, wanted, by=by, impact=impact, second=given.masters.needs_second(impact) or _states_critical(entity, wanted)), impact


def _states_critical(entity: type[Entity], wanted: Wanted) -> bool:
    """Whether a critical value is stated: that takes a second person, however little hangs on the record."""
    return wanted.kind == "value" and any(n in entity.fields and entity.fields[n].mark.critical for n in wanted.values)
