"""The worker that does what follows from events, killed with -9 in a loop: each event has its effect, and has it once."""

import random
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import MetaData, func, select

from medthread.derive import tables_of
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import outbox, proposal, reaction_failure
from medthread.workflow.outbox import unread
from medthread.workflow.react import SUBSCRIBER
from tests.campaign import Campaign
from tests.reliability.lives import Lives
from tests.reliability.writers import Writers, own_store
from tests.waiting import within
from tests.workflow.permit import own_registry


def test_what_follows_from_events_is_done_once(cluster: Cluster, tmp_path: Path, campaign: Campaign) -> None:
    effects = tables_of(own_registry(), MetaData())["gas_reading"]
    with own_store(cluster, "reactions") as store:
        rng, writers = random.Random(11), Writers(store)
        with Lives("tests.reliability.programs:reactions", store.url, str(tmp_path), log=tmp_path / "worker.log") as worker, writers:
            worker.begin()
            for n in range(1, campaign.kills + 1):
                time.sleep(rng.uniform(0.05, 0.4))
                worker.end()
                worker.begin()
                campaign.progress(n, campaign.kills)
            writers.stop()

            def nothing_waits() -> bool:
                with store.transaction() as tx:
                    return not unread(tx, name=SUBSCRIBER, limit=1)

            assert within(60, nothing_waits)
        with store.transaction() as tx:
            written = tx.execute(select(outbox.c.body["permit_no"].astext)).scalars().all()
            told = Counter(tx.execute(select(effects.c.place)).scalars())
            proposed = tx.execute(select(func.count()).select_from(proposal)).scalar_one()
            assert not tx.execute(select(reaction_failure)).all()
    wanted = {f"told {n}" for n in written}
    lost, twice = len(wanted - set(told)), told.total() - len(told)
    campaign.tell(kills=campaign.kills, events_written=len(written), lost=lost, effects_twice=twice)
    assert len(written) > campaign.kills
    assert (lost, twice, set(told) - wanted, proposed) == (0, 0, set(), len(written))
