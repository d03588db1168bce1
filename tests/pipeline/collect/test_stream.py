"""Micro-batches from real brokers: on the disk before they are acknowledged, held back, and a broker that went away is waited for."""

import json
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from medthread.model.errors import ConfigurationError, StoreError
from medthread.pipeline.collect.stream import Batch, Limits, Listener, News, durable_of, land_batch
from medthread.pipeline.landing import Landing
from medthread.stores.bus import Delivery, Inlet, open_inlet
from tests.broker import Broker
from tests.mosquitto import Mosquitto

QUICK = Limits(seconds=0.2)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    (tmp_path / "nats").mkdir()
    running = Broker(tmp_path / "nats").start()
    yield running
    running.end()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    running = Mosquitto(tmp_path / "mqtt").start()
    yield running
    running.end()


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def opened(broker: Broker | Mosquitto, subject: str) -> Inlet:
    return open_inlet(broker.url, secret=None, subject=subject, durable=durable_of("mes", "lot"))


def rows(landing: Landing) -> list[dict[str, str]]:
    return [json.loads(line) for path in landing.waiting("mes", "lot") for line in path.read_text(encoding="utf-8").splitlines()]


def lots(*numbers: int) -> list[bytes]:
    return [b'{"lot_no": "L%d"}' % n for n in numbers]


def test_messages_of_a_subject_land_and_do_not_come_again(broker: Broker, landing: Landing) -> None:
    broker.put("MES", "mes.lot.started", lots(*range(700)))
    broker.put("MES", "mes.machine", [b"{}"])
    inlet = opened(broker, "mes.lot.>")
    batch = land_batch(inlet, landing, "mes", "lot", limits=Limits())
    assert (batch.messages, batch.poisoned, batch.files) == (700, 0, tuple(landing.waiting("mes", "lot")))
    found = rows(landing)
    assert [r["lot_no"] for r in found] == [f"L{n}" for n in range(700)]
    assert {r["_subject"] for r in found} == {"mes.lot.started"}
    assert found[0]["_message_id"] == "MES:1"
    assert found[0]["_sent_at"] < found[-1]["_sent_at"]
    inlet.close()
    again = opened(broker, "mes.lot.>")
    assert land_batch(again, landing, "mes", "lot", limits=QUICK) == Batch()
    again.close()


def test_telemetry_lands_from_any_device(mosquitto: Mosquitto, landing: Landing) -> None:
    inlet = opened(mosquitto, "plant/+/telemetry")
    inlet.fetch(1)
    for device in (1, 2):
        mosquitto.put(f"plant/{device}/telemetry", [b'{"t": 36.60}'])
    batch = land_batch(inlet, landing, "mes", "lot", limits=Limits(messages=2))
    assert batch.messages == 2
    text = batch.files[0].read_text()
    assert '"t": 36.60' in text
    assert sorted(r["_subject"] for r in rows(landing)) == ["plant/1/telemetry", "plant/2/telemetry"]
    inlet.close()


@pytest.mark.parametrize("limits", [Limits(messages=10), Limits(bytes=150)])
def test_a_batch_ends_at_so_many_messages_or_bytes(broker: Broker, landing: Landing, limits: Limits) -> None:
    broker.put("MES", "mes.lot", lots(*range(10, 310)))
    inlet = opened(broker, "mes.lot")
    sizes = []
    while (batch := land_batch(inlet, landing, "mes", "lot", limits=limits)).messages:
        sizes.append(batch.messages)
    inlet.close()
    assert sum(sizes) == 300
    assert max(sizes) <= 60
    assert [r["lot_no"] for r in rows(landing)] == [f"L{n}" for n in range(10, 310)]


def test_a_batch_ends_in_time_though_messages_go_on_coming(landing: Landing) -> None:
    class Endless:
        most = 1_000_000

        def __init__(self) -> None:
            self.acknowledged = 0

        def fetch(self, limit: int) -> Sequence[Delivery]:
            time.sleep(0.01)
            return [Delivery("x", b"{}", None)]

        def done(self, deliveries: Sequence[Delivery]) -> None:
            self.acknowledged += len(deliveries)

        def close(self) -> None: ...

    inlet, began = Endless(), time.monotonic()
    batch = land_batch(inlet, landing, "mes", "lot", limits=Limits(seconds=0.3))
    assert time.monotonic() - began < 2
    assert batch.messages == inlet.acknowledged > 3


def test_what_could_not_be_written_is_not_acknowledged(broker: Broker, tmp_path: Path) -> None:
    broker.put("MES", "mes.lot", lots(1, 2))
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    inlet = open_inlet(broker.url, secret=None, subject="mes.lot", durable="medthread-mes-lot")
    with pytest.raises(OSError, match="blocked"):
        land_batch(inlet, Landing(blocked), "mes", "lot", limits=QUICK)
    inlet.close()
    info = broker.consumer("MES", "medthread-mes-lot")
    assert (info.num_ack_pending, info.ack_floor.stream_seq) == (2, 0)


def test_names_that_differ_only_in_case_lie_in_files_of_their_own(broker: Broker, landing: Landing) -> None:
    broker.put("MES", "mes.lot", [b'{"lot_no": 1}', b'{"lot_no": 2, "Qty": 1}', b'{"lot_no": 3, "qty": 1}', b"poison", b'{"lot_no": 4, "QTY": 1}'])
    inlet = opened(broker, "mes.lot")
    batch = land_batch(inlet, landing, "mes", "lot", limits=QUICK)
    inlet.close()
    assert (batch.messages, batch.poisoned, len(batch.files)) == (5, 1, 3)


class Heard:
    """What a listener told."""

    def __init__(self) -> None:
        self.news: list[News] = []

    def __call__(self, news: News) -> None:
        self.news.append(news)

    def until(self, state: str, *, after: int = 0, seconds: float = 20) -> News:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for news in self.news[after:]:
                if news.state == state:
                    return news
            time.sleep(0.02)
        raise AssertionError([(n.state, n.error) for n in self.news])


def test_a_broker_that_goes_away_is_waited_for_and_another_source_goes_on(broker: Broker, mosquitto: Mosquitto, landing: Landing) -> None:
    one, other = Heard(), Heard()
    listeners = [
        Listener(lambda: opened(broker, "mes.lot"), landing, "mes", "lot", tell=one, limits=QUICK),
        Listener(lambda: opened(mosquitto, "plant/#"), landing, "plant", "telemetry", tell=other, limits=QUICK),
    ]
    broker.put("MES", "mes.lot", lots(1))
    for listener in listeners:
        listener.start()
    assert one.until("landed").batch.messages == 1
    other.until("listening")
    broker.end(signal.SIGTERM)
    away = one.until("away")
    assert away.error is not None
    assert "NATS at nats://127" in away.error.message
    mosquitto.put("plant/1", [b"{}"])
    assert other.until("landed").batch.messages == 1
    broker.start()
    seen = len(one.news)
    broker.put("MES", "mes.lot", lots(2))
    assert one.until("landed", after=seen).batch.messages == 1
    for listener in listeners:
        listener.stop()
    assert [r["lot_no"] for r in rows(landing)] == ["L1", "L2"]


def test_files_that_wait_and_a_full_disk_hold_it_back(broker: Broker, landing: Landing) -> None:
    heard = Heard()
    broker.put("MES", "mes.lot", lots(*range(5)))
    listener = Listener(lambda: opened(broker, "mes.lot"), landing, "mes", "lot", tell=heard, limits=Limits(messages=1, waiting=2, seconds=0.2))
    listener.start()
    held = heard.until("held back")
    assert held.error is not None
    assert "2 files of mes.lot wait" in held.error.message
    assert len(landing.waiting("mes", "lot")) == 2
    until = time.monotonic() + 20
    taken = []
    while len(taken) < 5 and time.monotonic() < until:
        for path in landing.waiting("mes", "lot"):
            taken.append(json.loads(path.read_text())["lot_no"])
            path.unlink()
        time.sleep(0.05)
    listener.stop()
    assert taken == [f"L{n}" for n in range(5)]
    full = Listener(lambda: opened(broker, "mes.lot"), landing, "mes", "lot", tell=heard, limits=Limits(free=1 << 60))
    told = full.held_back()
    assert told is not None
    assert "MB are left" in told.message


def test_a_listener_that_nobody_answers_ends_when_it_is_told(landing: Landing) -> None:
    heard = Heard()
    listener = Listener(lambda: open_inlet("nats://127.0.0.1:1", secret=None, subject="x", durable="x"), landing, "mes", "lot", tell=heard)
    listener.start()
    heard.until("away")
    ended = threading.Thread(target=listener.stop)
    ended.start()
    ended.join(15)
    assert not ended.is_alive()


def test_an_address_of_no_broker_and_one_with_a_password_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="amqp") as refused:
        open_inlet("amqp://there", secret=None, subject="x", durable="x")
    assert "mqtt" in refused.value.hint
    with pytest.raises(ConfigurationError, match="holds a password") as refused:
        open_inlet("nats://ann:hush@there", secret=None, subject="x", durable="x")
    assert "hush" not in str(refused.value)


def test_a_secret_is_a_password_of_who_is_named_or_a_token(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    named = Broker(tmp_path / "a", "--user", "ann", "--pass", "right", "-js", "-sd", str(tmp_path / "a")).start()
    token = Broker(tmp_path / "b", "--auth", "t0ken", "-js", "-sd", str(tmp_path / "b")).start()
    try:
        for url, secret in ((named.url.replace("//", "//ann@"), "right"), (token.url, "t0ken")):
            inlet = open_inlet(url, secret=secret, subject="mes.lot", durable="x")
            with pytest.raises(StoreError, match=r"no stream keeps mes\.lot"):
                inlet.fetch(1)
            inlet.close()
            wrong = open_inlet(url, secret="wrong", subject="mes.lot", durable="x")
            with pytest.raises(StoreError, match="uthorization"):
                wrong.fetch(1)
            wrong.close()
    finally:
        named.end()
        token.end()


def test_a_table_has_its_own_place_in_the_broker() -> None:
    assert durable_of("mes", "lot") == "medthread-mes-lot"
    assert durable_of("mes", "批次.完工") != durable_of("mes", "批次.开工")
    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in durable_of("mes", "批次 *>"))
