"""Who reads and writes fields beside the batch path, each from its declaration: processes, guards, watches, decisions, events, sharing rules, rules on whole tables, metrics, exports."""

from collections.abc import Iterable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.governance.lineage.graph import Edge, Gap
from medthread.governance.metrics.book import MetricBook
from medthread.model import Entity, Home, Label, Process, Registry, Rulebook, Transition
from medthread.model.guards import Guard
from medthread.model.rule_file import OF_ROW, DriftOf, Point, QualityRule
from medthread.model.sharing import SharingRule
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.judge.conditions import broken_sql
from medthread.pipeline.lineage import Columns, Direct, Indirect, Source, Target, read_query
from medthread.stores.postgres.tables import metadata

PROCESS, ENTRY, GUARD, WATCH, DECISION, EVENT, SHARING, RULE, EXPORT, METRIC = "process", "entry", "guard", "watch", "decision", "event", "sharing", "rule", "export", "metric"
CANNOT = "its question cannot be read"


def served(entity: type[Entity]) -> str:
    """The table that readers of an entity look at."""
    return f"native.{entity.name}" if entity.about.home is Home.NATIVE else f"golden.{entity.name}"


class Readers:
    """Draws them; `gaps` are what could not be read of their questions, `labels` what people call them."""

    def __init__(self, registry: Registry, shapes: dict[str, Columns]) -> None:
        self._registry, self._shapes = registry, shapes
        self.edges: list[Edge] = []
        self.gaps: list[Gap] = []
        self.labels: dict[str, Label] = {}

    def rulebook(self, book: Rulebook) -> None:
        """Guards and watches with the fields that their questions read, decisions, processes, and events with what they carry."""
        kinds = ((GUARD, book.guards), (WATCH, book.watches), (DECISION, book.decisions), (EVENT, book.events))
        self.labels |= {f"{kind}:{one.name}": one.label for kind, declared in kinds for one in declared.values()}
        self.labels |= {f"{kind}:{p.name}": p.label for kind in (PROCESS, ENTRY) for p in book.processes.values()}
        for guard in book.guards.values():
            self._ask(f"guard:{guard.name}", guard.blocks, over=guard.over, by=GUARD)
        for watch in book.watches.values():
            self._ask(f"watch:{watch.name}", watch.finds, over=watch.over, by=WATCH)
            self._edge(f"watch:{watch.name}", "", f"event:{watch.event}", "", Indirect.CONDITIONAL, EVENT)
        for decision in book.decisions.values():
            for name in decision.guards:
                self._edge(f"guard:{name}", "", f"decision:{decision.name}", "", Indirect.CONDITIONAL, DECISION)
        for entity, process in book.processes.items():
            if entity in self._registry:
                self._process(self._registry[entity], process, book)

    def sharing(self, rules: Iterable[SharingRule]) -> None:
        """What each rule withholds or masks, and what it decides by. A rule of whole records is about the table."""
        for rule in rules:
            self.labels[f"sharing:{rule.name}"] = rule.label
            for entity in filter(rule.data.covers, self._registry.values()):
                table, to = served(entity), f"sharing:{rule.name}"
                fields = [""] if rule.data.is_of_records else [f.name for f in entity.fields.values() if rule.data.holds(entity, f)]
                if fields:
                    fields += [f for f in (entity.about.region, entity.about.plant) if f in entity.fields]
                for field in fields:
                    self._edge(table, field, to, "", Indirect.CONDITIONAL, SHARING)

    def rules(self, rules: Iterable[QualityRule]) -> None:
        """A company's own rules on whole tables; those tried at intake are checks of their entity."""
        for rule in rules:
            if rule.at is not Point.INTAKE:
                self.labels[f"rule:{rule.name}"] = rule.label
                self._rule(rule, f"rule:{rule.name}")

    def metrics(self, book: MetricBook) -> None:
        """What each metric is made of, what narrows it, by which moment it counts, what tells its figures apart; and the metrics that others are made of."""
        for metric in book.metrics.values():
            to = f"metric:{metric.name}"
            self.labels[to] = metric.label
            for other in metric.made_of:
                self._edge(f"metric:{other}", "", to, "", Direct.TRANSFORMATION, METRIC)
            if metric.over is not None:
                measured = {c for m in metric.measures for c in m.columns}
                for column in sorted(measured):
                    self._edge(metric.over, column, to, "", Direct.AGGREGATION, METRIC)
                for column in sorted(book.fields(metric) - measured):
                    self._edge(metric.over, column, to, "", Indirect.FILTER, METRIC)
                for by in metric.dimensions:
                    self._edge(metric.over, by.column, to, "", Indirect.GROUP_BY, METRIC)

    def exports(self) -> None:
        """Lists as files, and changes of masters, each by the route that gives them."""
        for entity in self._registry.values():
            ways = [f"export:/entities/{entity.name}.csv", *([f"export:/masters/{entity.name}/changes"] if entity.about.match else [])]
            for way in ways:
                for field in entity.fields:
                    self._edge(served(entity), field, way, field, Direct.IDENTITY, EXPORT)

    def _process(self, entity: type[Entity], process: Process, book: Rulebook) -> None:
        to = f"process:{process.name}"
        for t in process.transitions:
            self._act(entity, process, t)
            for name in t.guards:
                self._taken(entity, book.guards[name])
                self._edge(f"guard:{name}", "", to, t.action, Indirect.CONDITIONAL, PROCESS)
        for duty in process.duties:
            self._decides(entity, duty.when, to, f"{duty.one}/{duty.other}")
        for clock in process.clocks:
            for field in (clock.since, *(name for name, _ in clock.when)):
                self._decides(entity, field, to, clock.name)
        for opening in process.opens:
            self._decides(entity, opening.field, to, opening.state)

    def _act(self, entity: type[Entity], process: Process, t: Transition) -> None:
        """What an act asks for is read by it, and entered with it; an event carries the record."""
        table = served(entity)
        for field in filter(None, (t.role_in, *t.asks)):
            self._edge(table, field, f"process:{process.name}", t.action, Indirect.CONDITIONAL, PROCESS)
        for field in t.asks:
            self._edge(f"entry:{process.name}", t.action, table, field, Direct.IDENTITY, ENTRY)
        for field in entity.fields if t.emits else ():
            self._edge(table, field, f"event:{t.emits}", field, Direct.IDENTITY, EVENT)

    def _decides(self, entity: type[Entity], field: str | None, to: str, column: str) -> None:
        if field in entity.fields:
            self._edge(served(entity), field or "", to, column, Indirect.CONDITIONAL, PROCESS)

    def _taken(self, entity: type[Entity], guard: Guard) -> None:
        for field in guard.takes:
            if field in entity.fields:
                self._edge(served(entity), field, f"guard:{guard.name}", "", Indirect.CONDITIONAL, GUARD)

    def _rule(self, rule: QualityRule, to: str) -> None:
        check, table, field = rule.check, rule.on.relation, rule.on.field or ""
        if check.kind in OF_ROW:
            self._ask(to, f"select 1 as one from {table} where {broken_sql(rule, self._registry)}", over="release", by=RULE)
        elif check.rows is not None:
            self._ask(to, check.rows, over="release", by=RULE)
        elif check.reconcile is not None:
            for side in (check.reconcile.left, check.reconcile.right):
                self._ask(to, side, over="release", by=RULE)
        elif check.reference is not None:
            self._edge(table, field, to, "", Indirect.CONDITIONAL, RULE)
            self._edge(check.reference.to, check.reference.field, to, "", Indirect.CONDITIONAL, RULE)
        else:
            whole = check.drift is not None and check.drift.of is DriftOf.ROWS
            for one in check.unique or (("",) if whole else (field,)):
                self._edge(table, one, to, "", Indirect.CONDITIONAL, RULE)

    def _ask(self, to: str, sql: str, *, over: str, by: str) -> None:
        """Every field that a question reads decides over its answer."""
        try:
            parsed = sqlglot.parse_one(sql, read="postgres" if over == "records" else "duckdb")
        except (SqlglotError, RecursionError) as error:
            self.gaps.append(Gap(to, "*", f"{CANNOT}: {str(error).splitlines()[0]}"))
            return
        tables = {f"{t.db}.{t.name}" for t in parsed.find_all(exp.Table) if t.db}
        target = read_query(parsed, {t: c for t in tables if (c := self._columns(t))})
        self.gaps += [Gap(to, "*", why) for why in dict.fromkeys((*target.gaps, *(c.gap for c in target.columns if c.gap)))]
        for place in sorted(_read(target)):
            if not place.table.startswith("medthread."):  # the machine's own: cases, steps, signatures
                self.edges.append(Edge(place, Source(to, ""), Indirect.CONDITIONAL, by))

    def _columns(self, table: str) -> Columns:
        if (own := metadata.tables.get(table)) is not None:
            return tuple((c.name, "") for c in own.columns)
        return self._shapes.get(table) or declared_columns(table, self._registry)

    def _edge(self, table: str, column: str, to: str, at: str, how: Direct | Indirect, by: str) -> None:
        self.edges.append(Edge(Source(table, column), Source(to, at), how, by))


def _read(target: Target) -> set[Source]:
    return {s for c in target.columns for s in (*c.values, *(i for i, _ in c.influences))}
