"""Events of other systems: taken once each with what follows, or refused with a reason, whatever the text is."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from medthread.model import Mode, Reaction
from medthread.model.errors import InvalidError
from medthread.stores.bus import Address, Delivery, JetStreamInlet
from medthread.stores.postgres.tables import audit_event, inbound_event, outbox
from medthread.workflow.inbound import Receiver, counts, read, take
from medthread.workflow.react import drain
from tests.broker import Broker
from tests.methods.compatibility.test_properties import calm
from tests.waiting import within
from tests.workflow.conftest import Plant
from tests.workflow.test_react import places
from tests.workflow.test_relay import Kept, carried

ACCEPTS = ("hot_work.granted",)


def event(id_: str = "1", **changes: Any) -> dict[str, Any]:
    given = {"specversion": "1.0", "id": id_, "source": "urn:erp", "type": "hot_work.granted", "subject": "hot_work/x", "time": "2026-03-01T08:00:00Z",
             "data": {"permit_no": id_}, **changes}
    return {k: v for k, v in given.items() if v is not ...}


def take_in(plant: Plant, content: Any, place: str = "ERP:1") -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    with plant.store.transaction() as tx:
        return take(tx, plant.context, Delivery(place, text, None), ACCEPTS)


def rows(plant: Plant, table: Any) -> list[Any]:
    with plant.store.transaction() as tx:
        return list(tx.execute(select(table)).all())


def test_an_event_is_taken_once_with_all_that_follows(plant: Plant) -> None:
    assert take_in(plant, event()) == "taken"
    assert places(plant) == ["watch"]
    assert take_in(plant, event()) == "repeated"
    assert take_in(plant, event(source="urn:mes")) == "refused"  # another source's own event; its effect is there already
    assert places(plant) == ["watch"]
    assert drain(plant.store, plant.context) == 1
    assert places(plant) == ["told", "watch"]
    ours = rows(plant, outbox)
    assert [(r.type, r.entity, r.record, r.by) for r in ours] == [("hot_work.granted", "hot_work", "x", "bus")]
    assert ours[0].at.isoformat() == "2026-03-01T08:00:00+00:00"
    publisher = Kept()
    assert carried(plant.store, publisher) == 1
    assert publisher.messages == []
    with plant.store.transaction() as tx:
        assert counts(tx) == {"taken": 1, "refused": 1}


def test_our_own_name_for_a_kind_is_understood(plant: Plant) -> None:
    assert take_in(plant, event(type="medthread.hot_work.granted", data=..., time=...)) == "refused"  # its reaction needs the number
    assert take_in(plant, event("2", type="medthread.hot_work.granted", time=...)) == "taken"


REFUSED: dict[str, tuple[Any, str]] = {
    "no JSON": (b"{", "no JSON"), "not UTF-8": (b'{"a": "\xff"}', "no JSON"), "a list": ([1], "no CloudEvent"), "no version": (event(specversion=...), "no CloudEvent"),
    "another version": (event(specversion="0.3"), "no CloudEvent"), "no id": (event(id=...), "id is no text"), "an empty id": (event(id=""), "id is no text"),
    "a number for an id": (event(id=7), "id is no text"), "a long source": (event(source="x" * 501), "source is no text"), "no type": (event(type=...), "type is no text"),
    "no subject": (event(subject=...), "subject is no text"), "a list of facts": (event(data=[1]), "data is no object"), "no time": (event(time="soon"), "time is"),
    "a time of a number": (event(time=5), "time is"), "a time nowhere": (event(time="2026-03-01T08:00:00"), "names no zone"), "a NUL": (event(data={"a": "\0"}), "characters"),
    "half a pair": (b'{"specversion": "1.0", "id": "\\ud800"}', "characters"), "too large": (event(data={"a": "x" * 300_000}), "bytes"),
    "nested deeply": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "bytes"), "nested": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "no JSON"),
    "a kind nobody accepts": (event(type="lot.released"), "not accepted"), "a kind nobody knows": (event(type="x"), "not accepted"),
    "no such entity": (event(subject="unicorn/x"), "no entity"), "no record": (event(subject="hot_work"), "names no record"),
    "facts that a reaction misses": (event(data={}), "cannot do with the facts"),
}


def test_what_is_wrong_is_refused_written_down_and_changes_nothing(plant: Plant) -> None:
    for n, (name, (content, reason)) in enumerate(REFUSED.items(), start=1):
        given = {**content, "id": name} if isinstance(content, dict) and content.get("id") == "1" else content
        assert take_in(plant, given, f"ERP:{n}") == "refused", name
        assert take_in(plant, given, f"ERP:{n}") == "repeated", name
        kept = rows(plant, inbound_event)
        assert len(kept) == n
        assert {k.outcome for k in kept} == {"refused"}
        assert [k for k in kept if reason in k.reason], name
    assert rows(plant, outbox) == []
    assert places(plant) == []
    told = select(func.count()).select_from(audit_event).where(audit_event.c.action == "event.take", audit_event.c.outcome == "refused")
    with plant.store.transaction() as tx:
        assert tx.execute(told).scalar_one() == len(REFUSED)


def test_a_reaction_soon_after_that_cannot_do_with_the_facts_waits_and_the_others_go_on(plant: Plant) -> None:
    """One event with facts missing must not stop the reactions to all others."""
    soon = {n: replace(r, mode=Mode.AUTO, name=n) for n, r in plant.context.rulebook.reactions.items() if r.mode is Mode.AT_ONCE}
    later = replace(plant.context, rulebook=replace(plant.context.rulebook, reactions=soon))
    with plant.store.transaction() as tx:
        assert take(tx, later, Delivery("ERP:1", json.dumps(event(data={})).encode(), None), ACCEPTS) == "taken"
        assert take(tx, later, Delivery("ERP:2", json.dumps(event("2")).encode(), None), ACCEPTS) == "taken"
    assert drain(plant.store, later) == 2
    assert places(plant) == ["watch"]
    for name in soon:
        Reaction.declared.pop(name, None)


@calm
@given(st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["specversion", "id", "source", "type", "subject", "time", "data"]) | st.text(max_size=3), inner),
    max_leaves=12).map(lambda v: json.dumps(v).encode()))
def test_no_text_breaks_the_reading(content: bytes) -> None:
    with contextlib.suppress(InvalidError):
        assert read(content).at.tzinfo is not None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path).start()
    yield running
    running.end()


def receiver(plant: Plant, broker: Broker) -> Receiver:
    inlet = JetStreamInlet(Address(broker.url), stream="ERP", consumer="medthread", again_after=1.0)
    return Receiver(plant.store, plant.context, inlet, ACCEPTS)


def test_from_the_broker_into_the_records(plant: Plant, broker: Broker) -> None:
    texts = [json.dumps(event(str(n))).encode() for n in range(30)]
    broker.put("ERP", "erp.hot_work", [*texts, *texts[::3], b"rubbish"])
    running = receiver(plant, broker)
    running.start()
    assert within(20, lambda: len(rows(plant, inbound_event)) == 31)
    running.stop()
    assert len(plant.all("gas_reading")) == 30
    with plant.store.transaction() as tx:
        assert counts(tx) == {"taken": 30, "refused": 1}


def test_what_was_taken_and_not_acknowledged_is_not_done_twice(plant: Plant, broker: Broker) -> None:
    broker.put("ERP", "erp.hot_work", [json.dumps(event(str(n))).encode() for n in range(5)])
    died = JetStreamInlet(Address(broker.url), stream="ERP", consumer="medthread", again_after=1.0)
    for delivery in died.fetch(3):
        with plant.store.transaction() as tx:
            assert take(tx, plant.context, delivery, ACCEPTS) == "taken"
    died.close()  # before it could acknowledge
    running = receiver(plant, broker)
    running.start()
    assert within(20, lambda: len(rows(plant, inbound_event)) == 5)
    running.stop()
    assert len(plant.all("gas_reading")) == 5


def test_a_broker_that_is_away_is_an_alarm(plant: Plant, broker: Broker) -> None:
    broker.end()
    running = receiver(plant, broker)
    running.start()
    assert within(20, lambda: running.alarms)
    assert running.alarms[0].code == "inbound"
    broker.start()
    broker.put("ERP", "erp.hot_work", [json.dumps(event()).encode()])
    assert within(60, lambda: rows(plant, inbound_event))
    assert within(20, lambda: not running.alarms)
    running.stop()
