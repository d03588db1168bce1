"""The judging: the rules of one point over the tables as they stand there, each asked again only when what it reads has changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb

from medthread.model import Gate
from medthread.model.errors import HeldError, MedthreadError
from medthread.model.rule_file import Point, QualityRule
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.context import Context
from medthread.pipeline.judge.cause import traced_to_causes, upstream_of
from medthread.pipeline.judge.question import Answer, Known, ask, reads
from medthread.pipeline.judge.verdict import State, Verdict, keep, latest, measures, said_by, state_of, version_of
from medthread.stores.engines import Input, define, job, no_longer_than
from medthread.stores.lakehouse import ReleaseTable
from medthread.stores.lakehouse.committer import key_of

Tables = Mapping[str, ReleaseTable]


@dataclass(frozen=True)
class Bench:
    """What is judged: the tables as they stand, and in which run."""

    context: Context
    tables: Tables
    run: str

    @property
    def known(self) -> Known:
        """What rules may be asked of."""
        return Known(self.context.registry, {m.table: m for m in self.context.models})

    def input(self, name: str) -> Input:
        """A table's files; one that is not there yet is empty, with the columns that are declared."""
        if name in self.tables and self.tables[name].files:
            return Input(self.tables[name].files)
        return Input((), declared_columns(name, self.context.registry))

    def state(self, rule: QualityRule) -> str:
        """Names the states of all that the rule reads."""
        return key_of([f"{n}@{self.tables[n].snapshot if n in self.tables else None}" for n in reads(rule)])


def judge(context: Context, point: Point, tables: Tables, *, run: str) -> list[Verdict]:
    """The verdicts of a point, kept in a transaction of their own whatever comes of them; those that stand as they were among them."""
    rules = [r for r in context.rules if r.at is point]
    if not rules:
        return []
    bench = Bench(context, tables, run)
    with context.store.transaction() as tx:
        before = latest(tx)
        history = {r.name: measures(tx, r.name, version_of(r), runs=r.check.drift.runs) for r in rules if r.check.drift}
    standing = {r.name: v for r in rules if (v := before.get((r.name, r.on.relation))) and _stands(r, v, bench)}
    asked = [r for r in rules if r.name not in standing]
    made = _asked(bench, asked, history) if asked else []
    with context.store.transaction() as tx:
        keep(tx, traced_to_causes(made, before.values(), upstream_of(context)))
    return [*standing.values(), *made]


def try_rules(context: Context, rules: Sequence[QualityRule], tables: Tables) -> list[Verdict]:
    """The verdicts that rules would get now; nothing is kept. Those of intake are tried on the rows that were taken in before."""
    if not rules:
        return []
    bench = Bench(context, tables, "trial")
    placed = [r.model_copy(update={"on": r.on.model_copy(update={"entity": None, "table": f"standard.{r.on.entity}"})}) if r.at is Point.INTAKE else r for r in rules]
    with context.store.transaction() as tx:
        history = {r.name: measures(tx, r.name, version_of(r), runs=r.check.drift.runs) for r in rules if r.check.drift}
    return _asked(bench, placed, history)


def refuse_broken(rules: Sequence[QualityRule], verdicts: Sequence[Verdict]) -> None:
    """Raises `HeldError` where a blocking rule is broken or could not be asked. All may read how a run ended, so it names no rows."""
    blocking = {r.name: r for r in rules if r.gate is Gate.BLOCK}
    stopped = [(blocking[v.rule], v) for v in verdicts if v.rule in blocking and v.stops]
    if not stopped:
        return
    rule, verdict = stopped[0]
    raise HeldError(
        f"{rule.on.relation}: rule {rule.label.en} stops the release: {verdict.broken:,} of {verdict.checked:,} broken; rules that stop it: {len(stopped)}",
        hint="readers keep what they see; mend the data or the rule; `medthread rule show` names the rows", labels=[rule.label], rules=[r.name for r, _ in stopped],
    )


def _stands(rule: QualityRule, verdict: Verdict, bench: Bench) -> bool:
    """Whether a verdict needs no asking again. The clock changes what is fresh, and what could not be asked may be mended."""
    return verdict.version == version_of(rule) and verdict.inputs == bench.state(rule) and rule.check.fresh_days is None and verdict.state is not State.FAILED


def _asked(bench: Bench, rules: Sequence[QualityRule], history: Mapping[str, Sequence[float]]) -> list[Verdict]:
    found, known = [], bench.known
    with job(memory=bench.context.memory, threads=bench.context.threads) as con:
        define(con, {name: bench.input(name) for name in sorted({n for r in rules for n in reads(r)})})
        for number, rule in enumerate(rules):
            bench.context.progress("release" if rule.at is not Point.TRANSFORMED else "build", number, len(rules), rule.name)
            with_limit = partial(_within, con, bench.context.judging.rule_seconds, partial(ask, con, rule, known, history.get(rule.name, ())))
            found.append(_verdict(bench, rule, with_limit))
    return found


def _within(con: duckdb.DuckDBPyConnection, seconds: float, asking: Callable[[], Answer]) -> Answer:
    with no_longer_than(con, seconds):
        return asking()


def _verdict(bench: Bench, rule: QualityRule, asking: Callable[[], Answer]) -> Verdict:
    """What could not be asked is a verdict too, never silence."""
    said: dict[str, Any]
    try:
        answer = asking()
        state = State.LEARNING if answer.learns else state_of(answer.checked, answer.broken, rule.tolerance)
        said = {"state": state, "checked": answer.checked, "broken": answer.broken, "measure": answer.measure, "sample": answer.sample}
    except (duckdb.Error, MedthreadError) as error:
        said = {"state": State.FAILED, "checked": 0, "broken": 0, "message": str(error).splitlines()[0][:500]}
    entity = rule.on.relation.partition(".")[2]
    return Verdict(
        round=bench.run, asset=rule.on.relation, rule=rule.name, version=version_of(rule), point=rule.at, field=rule.on.field, **said_by(rule),
        entity=entity if entity in bench.context.registry and not rule.on.relation.startswith("marts.") else None, inputs=bench.state(rule), **said,
    )

