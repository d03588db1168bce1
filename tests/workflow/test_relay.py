"""Events on their way out: every committed one, in order, as described; and nothing waits for the broker but the relay."""

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from sqlalchemy import insert, select, text

from medthread.derive import asyncapi_of
from medthread.model.errors import StoreError
from medthread.stores.bus import Address, JetStreamPublisher, Message
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import inbound_event, outbox, subscription
from medthread.workflow.outbox import unread
from medthread.workflow.relay import Relay, again_since, behind, carry
from tests.broker import Broker
from tests.waiting import within
from tests.workflow.conftest import Plant
from tests.workflow.test_act import granted

SOURCE = "urn:medthread:test"


class Kept:
    """A publisher that keeps what it is given, and fails when told to."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.failing = False

    def publish(self, messages: Sequence[Message]) -> None:
        if self.failing:
            raise StoreError("the broker is away", hint="wait")
        self.messages += messages

    def close(self) -> None:
        self.failing = True

    @property
    def ids(self) -> list[str]:
        return [m.id for m in self.messages]


def happen(store: Store, *records: str, type_: str = "lot.held", at: datetime | None = None) -> list[str]:
    """Events in one transaction."""
    ids = [str(uuid.uuid4()) for _ in records]
    with store.transaction() as tx:
        for id_, record in zip(ids, records, strict=True):
            tx.execute(insert(outbox).values(id=id_, type=type_, entity="lot", record=record, by="ann", body={"n": record}, **({"at": at} if at else {})))
        tx.execute(text("select pg_notify('medthread_outbox', '')"))
    return ids


def carried(store: Store, publisher: Kept, limit: int = 500) -> int:
    return carry(store, publisher, {}, source=SOURCE, limit=limit)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path).start()
    yield running
    running.end()


def test_what_happened_goes_out_as_it_is_described(plant: Plant) -> None:
    granted(plant)
    publisher = Kept()
    events = plant.context.rulebook.events
    assert carry(plant.store, publisher, events, source=SOURCE) == 1
    sent = json.loads(publisher.messages[0].content)
    described = asyncapi_of(plant.context.registry, plant.context.rulebook, version="1")
    jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/hot_work.granted", "components": described["components"]}, validate_formats=True).validate(sent)
    assert described["channels"]["hot_work.granted"]["address"] == publisher.messages[0].subject
    assert sent["source"] == SOURCE
    assert sent["data"]["state"] == "granted"
    assert not {"ann", "bob", "cai"} & {v for v in sent.values() if isinstance(v, str)}


def test_each_goes_out_once_in_the_order_of_commits(store: Store) -> None:
    publisher = Kept()
    with store.engine.connect() as slow, slow.begin() as open_:
        slow.execute(insert(outbox).values(id="slow", type="lot.held", entity="lot", record="a", by="ann", body={}))
        later = happen(store, "a", "b")
        assert carried(store, publisher) == 0  # what is still open may come before
        open_.commit()
    assert carried(store, publisher, limit=2) == 2
    assert carried(store, publisher, limit=2) == 1
    assert carried(store, publisher) == 0
    assert publisher.ids == ["slow", *later]
    sequences = [json.loads(m.content)["sequence"] for m in publisher.messages]
    assert sequences == sorted(sequences)


def test_a_broker_that_fails_leaves_everything_waiting(store: Store) -> None:
    publisher = Kept()
    ids = happen(store, "a", "b")
    publisher.failing = True
    with pytest.raises(StoreError):
        carried(store, publisher)
    with store.transaction() as tx:
        assert behind(tx).events == 2
    publisher.failing = False
    assert carried(store, publisher) == 2
    assert publisher.ids == ids
    with store.transaction() as tx:
        assert behind(tx).events == 0


def test_nobody_else_waits_while_the_broker_is_waited_for(store: Store) -> None:
    """A relay that kept its transaction open would hold the horizon back for all other subscribers."""
    happen(store, "a")

    class Watching(Kept):
        def publish(self, messages: Sequence[Message]) -> None:
            newer = happen(store, "b")
            with store.transaction() as tx:
                assert newer[0] in [e.id for _, _, e in unread(tx, name="other", limit=10)]
            super().publish(messages)

    assert carried(store, Watching(), limit=1) == 1


def test_a_relay_that_read_from_an_older_place_moves_nothing(store: Store) -> None:
    happen(store, "a")

    class Overtaken(Kept):
        def publish(self, messages: Sequence[Message]) -> None:
            if not self.messages:
                self.messages += messages
                carried(store, self)
            else:
                super().publish(messages)

    with pytest.raises(StoreError, match="moved by somebody else"):
        carried(store, Overtaken())
    assert carried(store, Kept()) == 0


def test_what_came_from_outside_does_not_go_out_again(store: Store) -> None:
    ours, theirs = happen(store, "a", "b")
    with store.transaction() as tx:
        tx.execute(insert(inbound_event).values(source="erp", id="1", type="t", subject="lot/b", outcome="taken", event=theirs))
    publisher = Kept()
    assert carried(store, publisher) == 2
    assert publisher.ids == [ours]


def test_sending_again_goes_back_and_never_forwards(store: Store) -> None:
    now = datetime.now(UTC)
    old = happen(store, "a", at=now - timedelta(days=2))
    new = happen(store, "a", "b", at=now - timedelta(hours=1))
    publisher = Kept()
    assert carried(store, publisher) == 3
    with store.transaction() as tx:
        again_since(tx, now + timedelta(days=1))
        assert behind(tx).events == 0
        again_since(tx, now - timedelta(days=1))
        assert behind(tx).events == 2
    assert carried(store, publisher) == 2
    assert publisher.ids == [*old, *new, *new]
    with store.transaction() as tx:
        again_since(tx, now - timedelta(days=9))
        assert behind(tx).events == 3
        assert behind(tx).oldest is not None


def test_the_relay_is_woken_and_two_do_not_get_in_each_others_way(store: Store, broker: Broker) -> None:
    def relay() -> Relay:
        made = Relay(store, JetStreamPublisher(Address(broker.url), stream="MEDTHREAD", subjects="medthread.>"), {}, source=SOURCE)
        made.start()
        return made

    one, other = relay(), relay()
    ids = [i for n in range(20) for i in happen(store, f"lot {n % 3}")]

    def all_out() -> bool:
        with store.transaction() as tx:
            return behind(tx).events == 0

    assert within(20, all_out)
    assert [h["Nats-Msg-Id"] for _, h, _ in broker.kept("MEDTHREAD")] == ids
    one.stop()
    ids += happen(store, "a")
    assert within(20, all_out)  # the other stood by
    other.stop()
    assert [h["Nats-Msg-Id"] for _, h, _ in broker.kept("MEDTHREAD")] == ids


def test_the_relay_waits_for_a_broker_that_is_away_and_says_so(store: Store, broker: Broker) -> None:
    broker.end()
    relay = Relay(store, JetStreamPublisher(Address(broker.url), stream="MEDTHREAD", subjects="medthread.>"), {}, source=SOURCE)
    ids = happen(store, "a", "b")
    relay.start()
    assert within(20, lambda: relay.alarms)
    assert relay.alarms[0].code == "relay"
    assert "NATS" in relay.alarms[0].label.en
    assert relay.alarms[0].label.zh.startswith("事件未能发出")
    broker.start()
    assert within(60, lambda: not relay.alarms)
    relay.stop()
    assert sorted(h["Nats-Msg-Id"] for _, h, _ in broker.kept("MEDTHREAD")) == sorted(ids)


def test_its_place_is_a_subscription_like_others(store: Store) -> None:
    happen(store, "a")
    carried(store, Kept())
    with store.transaction() as tx:
        assert tx.execute(select(subscription.c.name)).scalars().all() == ["relay"]
