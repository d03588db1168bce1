"""Two thousand commands by fifty persons with delegations leave no half case, no state outside the definition, no broken duty."""

import os
from pathlib import Path

import pytest

from medthread.stores.postgres import Store
from tests.commands import command_path
from tests.properties.random_run import RandomRun

COMMANDS = int(os.environ.get("MEDTHREAD_RANDOM_COMMANDS", "2000"))


@pytest.mark.parametrize("seed", [20261125])
def test_whatever_people_do_the_record_holds(store: Store, tmp_path: Path, seed: int) -> None:
    with command_path(store, tmp_path) as context:
        run = RandomRun(store, context, seed=seed)
        for _ in range(COMMANDS):
            run.command()
        assert not list(run.judge())
        assert run.ended["done"] > COMMANDS / 10  # a run in which all is refused shows nothing
        assert not run.ended["internal"]
