"""Whatever fifty persons with delegations do, no case is half written, no state is outside its definition, no duty is broken."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from medthread.model.process import SYSTEM
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import process_case, process_step
from tests.campaign import Campaign
from tests.commands import command_path
from tests.properties.judging import judge
from tests.properties.people import settle_in, without_guards
from tests.properties.random_run import RandomRun
from tests.waiting import settle

SEED = 20261127
LONG = 10_000
CHAPTERS = 5  # judged after each, so that a long run tells early
TWELVE = {
    "adverse_event", "batch_release", "capa", "change_control", "complaint", "deviation", "document_release", "equipment_calibration",
    "equipment_maintenance", "nonconformance", "recall", "supplier_qualification"}


def told(campaign: Campaign, store: Store, run: RandomRun) -> Counter[str]:
    """Put the figures into the summary; gives the acts done by process."""
    with store.transaction() as tx:
        moves = Counter(dict(tx.execute(select(process_case.c.process, func.count()).join(
            process_step, (process_step.c.entity == process_case.c.entity) & (process_step.c.record == process_case.c.record)).group_by(process_case.c.process)).all()))
        taken = set(tx.execute(select(process_step.c.entity, process_step.c.action).where(process_step.c.to_state.is_not(None)).distinct()).all())
        cases, closed = tx.execute(select(func.count(), func.count(process_case.c.closed_at)).select_from(process_case)).one()
        lent = tx.execute(select(func.count(process_step.c.on_behalf_of)).where(process_step.c.role != SYSTEM)).scalar_one()
        system = tx.execute(select(func.count()).select_from(process_step).where(process_step.c.role == SYSTEM)).scalar_one()
    declared = sum(len({t.action for t in p.transitions}) for p in run.context.rulebook.processes.values())
    campaign.tell(
        commands=run.commands.total(), by_kind=run.commands, ended=run.ended, cases_opened=cases, cases_closed=closed, acts_by_persons=run.acknowledged.total(),
        acts_on_behalf_of_others=lent, acts_of_the_system=system, acts_by_process=moves, transitions_taken=f"{len(taken)} of {declared}")
    return moves


@pytest.mark.parametrize("how", ["guarded", "unguarded"])
def test_whatever_people_do_the_record_holds(store: Store, tmp_path: Path, campaign: Campaign, how: str) -> None:
    """Half of the commands each way."""
    with command_path(store, tmp_path) as shipped:
        context, commands = shipped if how == "guarded" else without_guards(shipped), campaign.commands // 2
        run = RandomRun(store, context, settle_in(store, seed=SEED), seed=SEED)
        for n in range(1, commands + 1):
            run.command()
            campaign.progress(n, commands)
            if n % (commands // CHAPTERS) == 0:
                settle(store, context)
                assert judge(store, context, run) == []
        moves = told(campaign, store, run)
        assert run.ended["done"] > commands / 10  # a run in which all is refused shows nothing
        assert not run.ended["internal"]
        every = {p.name for p in context.rulebook.processes.values()}
        assert every >= TWELVE
        if how == "unguarded":  # each of them moved: of a short run, the twelve that everybody knows
            assert not (every if commands > LONG else TWELVE) - set(moves)
