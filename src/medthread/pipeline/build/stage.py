"""The stage: golden tables of lake entities, records that models read, then models in their order, each under a fingerprint of its inputs.

Models are made beside what is there and asked what is expected of them; all take their places, or, when one may not be
seen, none.
"""

from collections.abc import Iterable, Sequence

from medthread.model import Home
from medthread.model.errors import HeldError
from medthread.pipeline.build.built import Built
from medthread.pipeline.build.case import try_cases
from medthread.pipeline.build.golden_table import GoldenTable
from medthread.pipeline.build.model import PREFIX, Model, in_order
from medthread.pipeline.build.models import Workshop
from medthread.pipeline.build.plan import plan
from medthread.pipeline.build.records import bring_up_records
from medthread.pipeline.build.versions import in_force, put_in_force
from medthread.pipeline.context import Context
from medthread.trust.audit import record


def build(context: Context, *, by: str, reason: str | None = None) -> int:
    """Bring golden tables and models up to date; gives the rows written. Texts that were not in force are from here on."""
    entities = context.registry.at_home(Home.LAKE)
    models = in_order(context.models)
    steps, written = len(entities) + 2 * len(models), 0
    for number, entity in enumerate(entities):
        context.progress("build", number, steps, entity.name)
        written += GoldenTable(context, entity).bring_up()
    written += bring_up_records(context, models)
    refuse_failing(context, models)
    workshop = Workshop(context)
    for number, model in enumerate(models, start=len(entities)):
        context.progress("build", number, steps, model.name)
        workshop.make(model)
    for number, model in enumerate(models, start=len(entities) + len(models)):
        context.progress("build", number, steps, model.name)
        workshop.ask(model)
    refuse_held(workshop.made.values())
    enforce(context, models, by=by, reason=reason)
    written += sum(workshop.commit(model) for model in models)
    context.progress("build", steps, steps)
    return written


def enforce(context: Context, models: Sequence[Model], *, by: str, reason: str | None) -> None:
    """Write down which texts come into force, and as what kind of change."""
    with context.store.transaction() as tx:
        before = {name: v.text for name, v in in_force(tx).items()}
    if before == {m.name: m.text for m in models}:
        return
    verdicts = plan(context, models).verdicts
    with context.store.transaction() as tx:
        for name in put_in_force(tx, models, verdicts=verdicts, by=by, reason=reason):
            record(tx, actor=by, action="model.apply", object_=f"model/{name}", reason=reason, detail={"verdict": verdicts.get(name)})


def refuse_failing(context: Context, models: Sequence[Model]) -> None:
    """Raises `HeldError` where a case of a model whose text is new does not hold."""
    with context.store.transaction() as tx:
        texts = {name: v.text for name, v in in_force(tx).items()}
    failing = [t for t in try_cases([m for m in models if texts.get(m.name) != m.text], models, context.registry) if not t.holds]
    if failing:
        raise HeldError(
            f"{failing[0].model}: a case does not hold: {failing[0].label.en}; cases that do not hold: {len(failing)}",
            hint="`medthread model test` shows the rows that are missing or too many; mend the model or the case", labels=[failing[0].label],
            models=[t.model for t in failing],
        )


def refuse_held(tables: Iterable[Built]) -> None:
    """Raises `HeldError` where a table does not meet what is expected of it. All may read how a run ended, so it names no rows."""
    held = [(made, finding) for made in tables for finding in made.held]
    if held:
        made, finding = held[0]
        raise HeldError(
            f"{made.table}: {finding.failed:,} rows do not meet {finding.condition}; held back in all: {len(held)}",
            hint="readers keep what they see; mend the model or what feeds it, or let the test warn only; `medthread model show` names the rows",
            models=[m.table.removeprefix(PREFIX) for m, _ in held],
        )
