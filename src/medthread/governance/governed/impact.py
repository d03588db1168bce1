"""What a proposal would do, reckoned from the data there is: nothing of it is written or stopped."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from medthread.derive.retention import rule_of
from medthread.governance.governed import mappings, periods, rules
from medthread.governance.governed.force import Force
from medthread.governance.governed.words import MAPPING, RETENTION, RULE, Content, name_of
from medthread.governance.lineage import Graph
from medthread.governance.quality_parts import Part, Parts, divided
from medthread.governance.retention import Look
from medthread.governance.review.desk import Seen, State, Wanted, desk
from medthread.governance.rule_library import listed as library
from medthread.governance.sources import TableProbe, probe_source
from medthread.model import Gate
from medthread.model.rule_file import Point, QualityRule
from medthread.pipeline.context import Context
from medthread.pipeline.judge import Verdict, latest, try_rules
from medthread.pipeline.judge.verdict import state_of
from medthread.pipeline.lineage import Source as Column
from medthread.stores.lakehouse import ReleaseTable
from medthread.stores.serving import LakeReader

MOST_READERS = 200


@dataclass(frozen=True)
class Figure:
    """One figure before and after; `of` is what it is of, where the subject has several."""

    name: str
    before: Any
    after: Any
    of: str = ""


@dataclass(frozen=True)
class Impact:
    """What one change would do: its figures, whether it takes something from somebody, and the tables, models and readers downstream."""

    subject: str
    narrows: bool
    figures: tuple[Figure, ...]
    readers: tuple[str, ...]
    more: int = 0  # readers beyond those that are listed


@dataclass(frozen=True)
class Sight:
    """What figures are reckoned from. `before` is in force, `after` would be."""

    context: Context
    before: Force
    after: Force
    tables: Mapping[str, ReleaseTable]
    graph: Graph
    look: Look
    today: date

    @property
    def reader(self) -> LakeReader:
        """What readers see."""
        return self.look.reader


def impact_of(sight: Sight, tx: Connection, subject: str, *, narrows: bool, counts: bool = True) -> Impact:
    """What a change of one subject would do. Without `counts` nothing is reckoned from rows: what a rule counts tells of values."""
    kind, name = subject.partition(":")[0], name_of(subject)
    figures = FIGURES.get(kind, _of_threshold)(sight, tx, name) if counts else ()
    readers = sorted(_readers(sight.graph, _touched(sight, kind, name)))
    return Impact(subject, narrows, tuple(figures), tuple(readers[:MOST_READERS]), max(0, len(readers) - MOST_READERS))


def _figure(name: str, sides: Iterable[Any], *, of: str = "") -> Figure:
    before, after = sides
    return Figure(name, before, after, of)


def _of_rule(sight: Sight, tx: Connection, name: str) -> Iterator[Figure]:
    """Rows of now that break it, and what becomes of them, by the rule as it is and as it would be."""
    was, is_ = (next((r for r in f.rules if r.name == name), None) for f in (sight.before, sight.after))
    if was is None and is_ is None:
        yield from _of_declared(sight, tx, name)
        return
    verdicts = [_tried(sight, r) for r in (was, is_)]
    for figure in ("checked", "broken"):
        yield _figure(figure, (getattr(v, figure) if v else None for v in verdicts))
    sides = list(zip((was, is_), verdicts, strict=True))
    yield _figure("held", (_held(r, v) for r, v in sides))
    yield _figure("stops", (r is not None and v is not None and r.gate is Gate.BLOCK and v.stops for r, v in sides))
    yield _figure("state", (v.state.value if v else None for v in verdicts))


def _tried(sight: Sight, rule: QualityRule | None) -> Verdict | None:
    return None if rule is None else try_rules(replace(sight.context, rules=(rule,)), [rule], sight.tables)[0]


def _held(rule: QualityRule | None, verdict: Verdict | None) -> int:
    return verdict.broken if rule is not None and verdict is not None and rule.at is Point.INTAKE and rule.gate is Gate.QUARANTINE else 0


def _of_declared(sight: Sight, tx: Connection, name: str) -> Iterator[Figure]:
    """Of a rule that the software declares, how its last verdicts would stand."""
    found = [v for (rule, _), v in latest(tx).items() if rule == name]
    sides = [next((r for r in library(f.registry, f.rules) if r.id == name), None) for f in (sight.before, sight.after)]
    borne = [r.tolerance if r else 0.0 for r in sides]
    yield _figure("tolerance", borne)
    yield _figure("severity", (r.severity.value if r else None for r in sides))
    for verdict in found:
        states = [state_of(verdict.checked, verdict.broken - verdict.corrected, b).value for b in borne]
        yield _figure("state", states, of=verdict.asset)


def _of_mapping(sight: Sight, tx: Connection, name: str) -> Iterator[Figure]:  # noqa: ARG001 - what all kinds are asked
    """Tables and fields of a source held against a few hundred of its rows, by both mappings; what is the same is left out."""
    source = mappings.place_of(name).source
    probes = [_probed(sight, f, source) for f in (sight.before, sight.after)]
    for table in sorted({t for p in probes for t in p}):
        sides = [p.get(table) for p in probes]
        told = [(_columns(s), _fields(s)) for s in sides]
        protected = [_protected(f, source, table) for f in (sight.before, sight.after)]
        if told[0] == told[1] and protected[0] == protected[1]:
            continue
        yield _figure("sealed", (p and p[0] for p in protected), of=table)
        yield _figure("ignored", (p and p[1] for p in protected), of=table)
        yield _figure("fits", (s.fits if s else None for s in sides), of=table)
        yield _figure("missing", (c for c, _ in told), of=table)
        for field in sorted({f for _, fields in told for f in fields}):
            shares = [fields.get(field) for _, fields in told]
            if shares[0] != shares[1]:
                yield _figure("fitting", shares, of=f"{table}: {field}")


def _protected(force: Force, name: str, table: str) -> tuple[str, str] | None:
    """Which columns are sealed because somebody says so, and which are known and free of personal data; all that nobody names are sealed too."""
    source = next((s for s in force.sources if s.name == name and table in s.tables), None)
    if source is None:
        return None
    personal = {e.name: frozenset(f.name for f in e.fields.values() if f.is_personal) for e in force.registry.values()}
    return ", ".join(sorted(source.personal_columns(table, personal))), ", ".join(source.tables[table].ignore)


def _probed(sight: Sight, force: Force, source: str) -> dict[str, TableProbe]:
    if all(s.name != source for s in force.sources):
        return {}
    return {t.table: t for t in probe_source(replace(sight.context, sources=force.sources), source)}


def _columns(probe: TableProbe | None) -> str | None:
    return None if probe is None else probe.error.message if probe.error is not None else ", ".join(probe.missing)


def _fields(probe: TableProbe | None) -> dict[str, str]:
    """Of each field its columns, and how many values of how many fit."""
    fields = probe.fields if probe else ()
    return {f"{f.entity}.{f.field}": f"{', '.join(f.columns)}: {'–' if f.fitting is None else f'{f.fitting} / {f.values}'}" for f in fields}


def _of_period(sight: Sight, tx: Connection, name: str) -> Iterator[Figure]:
    """What of a kind of record is due, and when the next will be, by the period as it is and as it would be."""
    sides = []
    for force in (sight.before, sight.after):
        look = Look(force.registry, sight.look.tables, sight.look.reader)
        sides.append(look.outlook(tx, rule_of(force.registry[name], force.registry), today=sight.today))
    for figure in ("records", "due", "first_due_on", "next_due_on", "endless"):
        yield _figure(figure, (s[figure] for s in sides))
    for language, word in (("zh", "rule_zh"), ("en", "rule_en")):
        yield _figure(word, (periods.as_words(f.registry.kept(name))[language] for f in (sight.before, sight.after)))


def _of_threshold(sight: Sight, tx: Connection, name: str) -> Iterator[Figure]:
    """What a threshold decides about today."""
    forces = (sight.before, sight.after)
    if name.startswith("quality.target"):
        for part in (Part.DOMAIN, Part.ENTITY):
            sides = [divided(sight.context.store, Parts(f.registry, f.rules, f.sources, f.targets), part, days=1, zone=sight.context.zone)["items"] for f in forces]
            yield _figure("below", (sum(i["meets"] is False for i in items) for items in sides), of=part.value)
    elif name == "quality.review_within":
        yield _figure("overdue", (_overdue(sight, tx, f) for f in forces))
    elif name == "quality.corrects_from":
        yield _figure("mending", (sum(r.correct is not None and r.confidence >= f.terms.corrects_from for r in f.rules) for f in forces))


def _overdue(sight: Sight, tx: Connection, force: Force) -> int:
    late = force.terms.overdue_before(datetime.now(UTC))
    if late is None or not sight.reader.published():
        return 0
    with desk(sight.reader.current(), tx, seen=Seen(tuple(s.name for s in force.sources))) as held:
        return held.count_before(Wanted(state=(State.OPEN,)), late)


def _touched(sight: Sight, kind: str, name: str) -> set[Column]:
    """The columns that a change is about."""
    if kind == RULE:
        return {c for f in (sight.before, sight.after) for c in _guarded(f, name)}
    if kind == MAPPING:
        sides = [dict(_filled(f, name)) for f in (sight.before, sight.after)]
        return {Column(f"golden.{e}", n) for e, n in {*sides[0], *sides[1]} if sides[0].get((e, n)) != sides[1].get((e, n))}
    return set()


def _guarded(force: Force, name: str) -> Iterator[Column]:
    rule = next((r for r in force.rules if r.name == name), None)
    if rule is not None:
        yield Column(rule.on.relation, rule.on.field or "")
    elif (check := rules.declared_check(force.base.registry, name)) is not None:
        yield Column(f"golden.{check.entity}", check.field or "")


def _filled(force: Force, name: str) -> Iterator[tuple[tuple[str, str], Content]]:
    source = next((s for s in force.sources if s.name == mappings.place_of(name).source), None)
    for table in source.tables.values() if source else ():
        for feed in table.feeds:
            for field, mapped in feed.fields.items():
                yield (feed.entity, field), mapped.model_dump()


def _readers(graph: Graph, columns: Iterable[Column]) -> set[str]:
    """Tables, models, processes, exports, rules and outside jobs that columns lead to."""
    places: Sequence[Column] = [c for c in columns if c in graph or not c.column]
    return {step.edge.end.table for c in places for step in graph.walk(c, "down")} - {c.table for c in places}


FIGURES: Mapping[str, Callable[[Sight, Connection, str], Iterable[Figure]]] = {RULE: _of_rule, MAPPING: _of_mapping, RETENTION: _of_period}
