"""The relay, its subscriber and the broker killed with -9 in a loop: no event is lost, none has two effects, those of a record stay in order."""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, func, select

from medthread.derive import tables_of
from medthread.stores.postgres import Store
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import inbound_event, outbox
from medthread.workflow.relay import behind
from tests.broker import Broker
from tests.campaign import Campaign
from tests.reliability.lives import Lives
from tests.reliability.programs import STREAM
from tests.reliability.writers import Writers, own_store
from tests.waiting import within
from tests.workflow.permit import own_registry


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path).start()
    yield running
    running.end()


@pytest.fixture
def stores(cluster: Cluster) -> Iterator[tuple[Store, Store]]:
    """The databases of the producer and of the subscriber."""
    with own_store(cluster, "producer") as producer, own_store(cluster, "subscriber") as subscriber:
        yield producer, subscriber


def count(store: Store, table: Any) -> int:
    with store.transaction() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def all_out(store: Store) -> bool:
    with store.transaction() as tx:
        return behind(tx).events == 0


def test_no_event_is_lost_doubled_or_out_of_order(stores: tuple[Store, Store], broker: Broker, tmp_path: Path, campaign: Campaign) -> None:
    """The relay is killed each time; every other time the subscriber or the broker with it, a little later."""
    producer, subscriber = stores
    rng, writers = random.Random(7), Writers(producer)
    with (
        Lives("tests.reliability.programs:relay", producer.url, broker.url, log=tmp_path / "relay.log") as relay,
        Lives("tests.reliability.programs:receive", subscriber.url, broker.url, str(tmp_path), log=tmp_path / "receive.log") as receiver,
        writers,
    ):
        relay.begin()
        receiver.begin()
        killed = Counter({"relay": campaign.kills})
        for n in range(campaign.kills):
            time.sleep(rng.uniform(0.05, 0.3))
            relay.end()
            along = ("", "subscriber", "", "broker")[n % 4]
            if along == "subscriber":
                receiver.end()
                receiver.begin()
            elif along == "broker":
                broker.end(signal.SIGKILL)
                time.sleep(rng.uniform(0, 0.2))
                broker.start()
            killed.update([along] if along else [])
            relay.begin()
            campaign.progress(n + 1, campaign.kills)
        writers.stop()
        written = count(producer, outbox)
        assert written > campaign.kills
        assert within(120, lambda: all_out(producer))
        assert within(120, lambda: count(subscriber, inbound_event) == written)
    twice = whole_and_in_order(producer, broker, written)
    each_had_one_effect(subscriber, written)
    campaign.tell(kills=killed, events_written=written, in_the_broker_twice=twice, with_their_one_effect=count(subscriber, inbound_event))


def whole_and_in_order(producer: Store, broker: Broker, written: int) -> int:
    """How many it has twice. What the broker has, taken once by its id, is what happened, for each record in the order in which it was committed."""
    kept: dict[str, dict[str, Any]] = {}
    messages = broker.kept(STREAM)
    for _, _, content in messages:
        event = json.loads(content)
        kept.setdefault(event["id"], event)
    assert len(kept) == written
    with producer.transaction() as tx:
        happened = tx.execute(select(outbox.c.id, outbox.c.record).order_by(outbox.c.xid, outbox.c.seq)).all()
    for record in {h.record for h in happened}:
        assert [e["id"] for e in kept.values() if e["subject"] == f"hot_work/{record}"] == [h.id for h in happened if h.record == record]
    return len(messages) - written


def each_had_one_effect(subscriber: Store, written: int) -> None:
    registry = own_registry()
    effects = tables_of(registry, MetaData())["gas_reading"]
    with subscriber.transaction() as tx:
        outcomes = dict(tx.execute(select(inbound_event.c.outcome, func.count()).group_by(inbound_event.c.outcome)).all())
        places = tx.execute(select(effects.c.place)).scalars().all()
    assert outcomes == {"taken": written}
    assert len(places) == len(set(places)) == written
    assert count(subscriber, outbox) == written
