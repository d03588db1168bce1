"""The same persons led by hypothesis, which looks for the shortest way to a fault: short histories of a few records each."""

from collections import Counter
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from medthread.stores.postgres import Store
from medthread.trust.access import Actor
from medthread.workflow import Context
from tests.campaign import Campaign
from tests.commands import command_path
from tests.properties.judging import judge
from tests.properties.people import settle_in, without_guards
from tests.properties.random_run import CHANCES, RandomRun
from tests.waiting import settle

STEPS, SHARE = 40, 100  # commands of a history at most; one history for so many commands of a campaign
seeds = st.integers(0, 2**32 - 1)


class People(RuleBasedStateMachine):
    """One history. Each step has a seed of its own, from which everything in it follows."""

    store: ClassVar[Store]
    context: ClassVar[Context]
    actors: ClassVar[list[Actor]]
    histories: ClassVar[Counter[str]]

    @initialize(seed=seeds)
    def begin(self, seed: int) -> None:
        self.run = RandomRun(self.store, self.context, self.actors, seed=seed)
        self.run.attempt("open")

    @rule(seed=seeds)
    def act(self, seed: int) -> None:
        self.do(seed, "act")

    @rule(seed=seeds, what=st.sampled_from(sorted(set(CHANCES) - {"act"})))
    def also(self, seed: int, what: str) -> None:
        self.do(seed, what)

    def do(self, seed: int, what: str) -> None:
        self.run.rng.seed(seed)
        self.run.attempt(what if self.run.live else "open")

    @rule()
    def follow(self) -> None:
        settle(self.store, self.context)

    def teardown(self) -> None:
        if hasattr(self, "run"):
            settle(self.store, self.context)
            self.histories.update(self.run.ended)
            faults = judge(self.store, self.context, self.run, alone=False)
            del self.run  # else the last history outlives the test
            assert faults == []


def test_no_history_leads_to_a_fault(store: Store, tmp_path: Path, campaign: Campaign) -> None:
    with command_path(store, tmp_path) as shipped:
        People.store, People.context, People.actors, People.histories = store, without_guards(shipped), settle_in(store, seed=1), Counter()
        wanted = settings(
            max_examples=campaign.commands // SHARE, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        run_state_machine_as_test(People, settings=wanted)
        del People.store, People.context, People.actors  # else they outlive the test
    campaign.tell(histories=campaign.commands // SHARE, commands=People.histories.total(), ended=People.histories)
    assert People.histories["done"] > campaign.commands / SHARE
