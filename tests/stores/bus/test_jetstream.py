"""The adapter against a real server: acknowledged, in order, once within the window; every failure an error that says what to do."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medthread.model.errors import StoreError
from medthread.stores.bus import Address, Delivery, JetStreamInlet, JetStreamPublisher, Message
from tests.broker import Broker
from tests.stores.bus.certificates import certificate

MEDIA = "application/cloudevents+json"
Make = Callable[..., JetStreamPublisher]


@pytest.fixture
def publisher() -> Iterator[Make]:
    made: list[JetStreamPublisher] = []

    def make(url: str, ca: Path | None = None) -> JetStreamPublisher:
        made.append(JetStreamPublisher(Address(url, ca), stream="MEDTHREAD", subjects="medthread.>"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def messages(*numbers: int, keys: int = 3) -> list[Message]:
    return [Message("medthread.lot.held", f"id-{n}", f"lot/{n % keys}", f'{{"n":{n}}}'.encode(), MEDIA) for n in numbers]


def numbers(broker: Broker) -> list[int]:
    return [int(content.partition(b":")[2][:-1]) for _, _, content in broker.kept("MEDTHREAD")]


def test_everything_is_kept_in_order_for_each_key(broker: Broker, publisher: Make) -> None:
    publisher(broker.url).publish(messages(*range(600)))
    found = numbers(broker)
    assert sorted(found) == list(range(600))
    for key in range(3):
        mine = [n for n in found if n % 3 == key]
        assert mine == sorted(mine)
    subject, headers, _ = broker.kept("MEDTHREAD")[0]
    assert subject == "medthread.lot.held"
    assert headers["Content-Type"] == MEDIA
    assert headers["Nats-Msg-Id"].startswith("id-")


def test_one_id_is_kept_once(broker: Broker, publisher: Make) -> None:
    publisher(broker.url).publish(messages(1, 2))
    publisher(broker.url).publish(messages(1, 2, 3))
    assert sorted(numbers(broker)) == [1, 2, 3]


def test_a_server_that_was_killed_and_came_back_is_found_again(broker: Broker, publisher: Make) -> None:
    mine = publisher(broker.url)
    mine.publish(messages(1))
    broker.end()
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(StoreError, match="NATS at nats://127"):
            mine.publish(messages(2))
    assert time.monotonic() - began < 15
    broker.start()
    mine.publish(messages(2))
    broker.end(signal.SIGTERM)
    broker.start()
    mine_again: list[StoreError] = []
    for _ in range(3):  # the first may find the connection that broke
        try:
            mine.publish(messages(3))
            break
        except StoreError as error:
            mine_again.append(error)
    assert len(mine_again) < 2
    assert numbers(broker) == [1, 2, 3]


def test_no_server_no_jetstream_no_right_and_too_much_are_told(tmp_path: Path, broker: Broker, publisher: Make) -> None:
    with pytest.raises(StoreError, match=r"NATS at nats://127\.0\.0\.1:1: .*Connect call failed") as refused:
        publisher("nats://ann:secret@127.0.0.1:1").publish(messages(1))
    assert "secret" not in str(refused.value)
    plain = Broker(tmp_path, "-m", "0").start()
    locked = Broker(tmp_path, "--user", "ann", "--pass", "right", "-js", "-sd", str(tmp_path / "locked")).start()
    try:
        with pytest.raises(StoreError) as refused:
            publisher(plain.url).publish(messages(1))
        assert "JetStream" in refused.value.hint
        with pytest.raises(StoreError, match="uthorization"):
            publisher(locked.url.replace("//", "//ann:wrong@")).publish(messages(1))
        publisher(locked.url.replace("//", "//ann:right@")).publish(messages(1))
    finally:
        plain.end()
        locked.end()
    with pytest.raises(StoreError, match="larger") as refused:
        publisher(broker.url).publish([Message("medthread.a", "x", "x", b"x" * 2_000_000, MEDIA)])
    assert "max_payload" in refused.value.hint


def test_an_encrypted_server_is_who_its_authority_says(tmp_path: Path, publisher: Make) -> None:
    ours, key = certificate(tmp_path, "ours")
    theirs, _ = certificate(tmp_path, "theirs")
    running = Broker(tmp_path, "--tls", "--tlscert", str(ours), "--tlskey", str(key), "-js", "-sd", str(tmp_path / "tls")).start()
    url = running.url.replace("nats://", "tls://")
    try:
        publisher(url, ours).publish(messages(1))
        with pytest.raises(StoreError, match="certificate verify failed"):
            publisher(url, theirs).publish(messages(2))
    finally:
        running.end()


def test_what_is_not_acknowledged_comes_again(broker: Broker) -> None:
    broker.put("ERP", "erp.calibrated", [b"1", b"2", b"3"])
    address = Address(broker.url)
    one = JetStreamInlet(address, stream="ERP", consumer="medthread", again_after=1.0)
    first = one.fetch(2)
    assert [d.content for d in first] == [b"1", b"2"]
    assert [d.place for d in first] == ["ERP:1", "ERP:2"]
    one.done(first[:1])
    one.close()
    other = JetStreamInlet(address, stream="ERP", consumer="medthread", again_after=1.0)
    seen: list[Delivery] = []
    until = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < until:
        seen += other.fetch(5)
    assert sorted(d.content for d in seen) == [b"2", b"3"]
    other.done(seen)
    assert other.fetch(5) == []
    other.close()


def test_a_stream_that_is_not_there_is_told(broker: Broker) -> None:
    inlet = JetStreamInlet(Address(broker.url), stream="NONE", consumer="medthread")
    with pytest.raises(StoreError, match="stream not found"):
        inlet.fetch(1)
    inlet.close()
