"""A run: the stages in their order over one batch of loads.

Every stage is safe to repeat: loads have ids from their content, commits have keys, files are written whole
or not at all. A run that was killed anywhere is finished by the next one, which first takes up the open batch.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from medthread.model.errors import MedthreadError
from medthread.model.rule_file import Point
from medthread.pipeline.build.stage import build
from medthread.pipeline.collect import Collected, collect, forget_taken
from medthread.pipeline.context import Context
from medthread.pipeline.correct import overtake, put_in, repeated, waiting
from medthread.pipeline.ingest import Arrival, arrivals, feeding_sources, ingest, register, reopen, reopened
from medthread.pipeline.judge import forget_verdicts, judge, refuse_broken
from medthread.pipeline.match.stage import match_masters
from medthread.pipeline.progress import STAGES, Progress
from medthread.pipeline.release import release
from medthread.pipeline.standardise import standardise
from medthread.stores.lakehouse import Releases
from medthread.stores.lakehouse.turn import turn
from medthread.stores.postgres.tables import batch as batches
from medthread.stores.postgres.tables import load, run

IndexTrace = Callable[[Context], str | None]


@dataclass
class Outcome:
    """What a run did: seconds per stage, rows written, the release it published."""

    id: str
    seconds: dict[str, float] = field(default_factory=dict)
    rows_written: int = 0
    release: str | None = None
    loads: int = 0
    collected: list[Collected] = field(default_factory=list)

    @property
    def unanswered(self) -> list[Collected]:
        """Tables of sources that could not be read."""
        return [c for c in self.collected if c.error is not None]


class _Recorder:
    """Writes progress into the run's row, a few times a second at most, and passes it on."""

    def __init__(self, context: Context, run_id: str, stages: Sequence[str]) -> None:
        self._context = context
        self._run = run_id
        self._next = context.progress
        self._last = 0.0
        self.stages: dict[str, dict[str, object]] = {
            s: {"name": s, "done": 0, "total": 0, "seconds": 0.0, "status": "waiting"} for s in stages
        }

    def __call__(self, stage: str, done: int, total: int, what: str = "") -> None:
        self.stages[stage] |= {"done": done, "total": total, "what": what, "status": "running"}
        self._next(stage, done, total, what)
        if time.monotonic() - self._last > 0.3:  # noqa: PLR2004 - seconds between writes
            self.write()

    def write(self) -> None:
        self._last = time.monotonic()
        with self._context.store.transaction() as tx:
            tx.execute(update(run).where(run.c.id == self._run).values(stages=list(self.stages.values())))


def run_pipeline(
    context: Context, *, by: str, index_trace: IndexTrace, only: str | None = None, asks: bool = True, patience: float | None = None,
    run_id: str | None = None,
) -> Outcome:
    """Take in what has arrived and bring it to readers.

    With `asks`, sources with an address are asked first for what is new, and waited for `patience` seconds, or as long as it takes.
    """

    def act(told: Context, outcome: Outcome, recorder: _Recorder) -> None:
        _take_in(told, outcome, recorder, only=only, by=by, asks=asks, patience=patience)
        _bring_to_readers(told, outcome, recorder, by=by, index_trace=index_trace)

    return _recorded(context, act, by=by, stages=STAGES, run_id=run_id)


def take_in(context: Context, *, by: str, only: str | None = None) -> Outcome:
    """Take in what has arrived, as far as the standard layer; readers see it after the next whole run."""

    def act(told: Context, outcome: Outcome, recorder: _Recorder) -> None:
        _take_in(told, outcome, recorder, only=only, by=by)

    return _recorded(context, act, by=by, stages=STAGES[: STAGES.index("standardise") + 1], run_id=None)


def apply_models(
    context: Context, *, by: str, index_trace: IndexTrace, reason: str | None, run_id: str | None = None
) -> Outcome:
    """Make what changed models need, and nothing else, and bring it to readers."""

    def act(told: Context, outcome: Outcome, recorder: _Recorder) -> None:
        _timed(outcome, recorder, "build", partial(build, told, by=by, reason=reason))
        _timed(outcome, recorder, "build", partial(_judge_heads, told, outcome, Point.TRANSFORMED))
        _timed(outcome, recorder, "release", partial(_publish, told, outcome, by=by, index_trace=index_trace))

    return _recorded(context, act, by=by, stages=STAGES[STAGES.index("build") :], run_id=run_id)


def _recorded(
    context: Context, act: Callable[[Context, Outcome, _Recorder], None], *, by: str, stages: Sequence[str], run_id: str | None
) -> Outcome:
    """Do it under a run of its own, whose row tells how it goes and how it ended."""
    outcome = Outcome(run_id or f"run-{uuid.uuid7() if hasattr(uuid, 'uuid7') else uuid.uuid4()}")
    with context.store.transaction() as tx:
        tx.execute(insert(run).values(id=outcome.id, status="running", started_by=by).on_conflict_do_nothing())
    recorder = _Recorder(context, outcome.id, stages)
    try:
        with turn(context.store):
            act(replace(context, progress=recorder), outcome, recorder)
    except BaseException as error:
        _finish(context, outcome, recorder, status="failed", message=str(error))
        raise
    _finish(context, outcome, recorder, status="done", message=None)
    return outcome


def _finish(context: Context, outcome: Outcome, recorder: _Recorder, *, status: str, message: str | None) -> None:
    recorder.write()
    values = {"status": status, "message": message, "finished_at": datetime.now(UTC)}
    with context.store.transaction() as tx:
        tx.execute(update(run).where(run.c.id == outcome.id).values(**values))


def _timed(outcome: Outcome, recorder: _Recorder, stage: str, act: Callable[[], int]) -> None:
    started = time.perf_counter()
    try:
        outcome.rows_written += act()
    except MedthreadError as error:
        recorder.stages[stage] |= {"status": "failed", "models": sorted(set(error.attributes.get("models", ())))}
        raise
    spent = time.perf_counter() - started
    outcome.seconds[stage] = outcome.seconds.get(stage, 0.0) + spent
    recorder.stages[stage] |= {"seconds": round(outcome.seconds[stage], 3), "status": "done"}


def _take_in(
    context: Context, outcome: Outcome, recorder: _Recorder, *, only: str | None, by: str, asks: bool = True, patience: float | None = None
) -> None:
    started = time.perf_counter()
    outcome.collected = collect(context, feeding_sources(context, only), by=by, patience=patience, asks=asks)
    found = {a.load_id: a for a in arrivals(feeding_sources(context, only), context.inbox, context.landing)}
    open_ = deque(_open_batches(context, found, only))
    outcome.seconds["ingest"] = time.perf_counter() - started
    outcome.loads = sum(1 for _ in found)
    while open_:
        batch = open_.popleft()
        _timed(outcome, recorder, "ingest", partial(ingest, context, batch, found))
        _timed(outcome, recorder, "standardise", partial(standardise, context, batch))
        if (follows := repeated(context, batch, overtaken=overtake(context, batch))) is not None and follows not in open_:
            open_.append(follows)
        _close(context, batch)
    forget_taken(context)


def _bring_to_readers(context: Context, outcome: Outcome, recorder: _Recorder, *, by: str, index_trace: IndexTrace) -> None:
    _timed(outcome, recorder, "match", partial(match_masters, context))
    _timed(outcome, recorder, "build", partial(build, context, by=by))
    _timed(outcome, recorder, "build", partial(_judge_heads, context, outcome, Point.TRANSFORMED))
    _timed(outcome, recorder, "release", partial(_publish, context, outcome, by=by, index_trace=index_trace))


def _publish(context: Context, outcome: Outcome, *, by: str, index_trace: IndexTrace) -> int:
    _judge_heads(context, outcome, Point.RELEASE)
    for part in context.at_release:
        part.judge(context, run=outcome.id)
    outcome.release = release(context, by=by, trace_index=index_trace(context))
    if context.publishes:
        judge_served(context, run=outcome.id)
    with context.store.transaction() as tx:
        forget_verdicts(tx, days=context.judging.verdict_days)
    return 0


def _judge_heads(context: Context, outcome: Outcome, point: Point) -> int:
    """Tables as they stand; a blocking rule that one breaks ends the run, and readers keep what they see."""
    if any(r.at is point for r in context.rules):
        refuse_broken(context.rules, judge(context, point, Releases(context.store).heads(), run=outcome.id))
    return 0


def judge_served(context: Context, *, run: str) -> None:
    """The tables that readers see, after they were published."""
    current = Releases(context.store).current() if any(r.at is Point.SERVING for r in context.rules) else None
    if current is not None:
        judge(context, Point.SERVING, current.tables, run=run)


def _open_batches(context: Context, found: dict[str, Arrival], only: str | None) -> list[str]:
    """Batches still open from a run that did not end, then one for what is new, corrected or worth another try."""
    again = reopened(context, found)
    corrected = waiting(context, [s.name for s in feeding_sources(context, only)])
    fresh = f"B{uuid.uuid4().hex[:16]}"
    with context.store.transaction() as tx:
        unfinished = list(
            tx.execute(select(batches.c.id).where(batches.c.stage != "done").order_by(batches.c.at)).scalars()
        )
        known = set(tx.execute(select(load.c.id)).scalars())
        if not (set(found) - known or again or corrected):
            return unfinished
        tx.execute(insert(batches).values(id=fresh, stage="open", at=func.clock_timestamp()))
        put_in(tx, corrected, fresh)  # before what arrived: what a source says now is newer
    register(context, list(found.values()), fresh)
    reopen(context, again, fresh)
    return [*unfinished, fresh]


def _close(context: Context, batch: str) -> None:
    with context.store.transaction() as tx:
        tx.execute(update(batches).where(batches.c.id == batch).values(stage="done"))


__all__ = ["IndexTrace", "Outcome", "Progress", "judge_served", "run_pipeline", "take_in"]
