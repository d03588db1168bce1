"""The adapter against Debian's broker: acknowledged by hand, again after a crash, and every failure an error that says what to do."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from medthread.model.errors import StoreError
from medthread.stores.bus import Address, Delivery
from medthread.stores.bus.mqtt import MqttInlet
from tests.mosquitto import Mosquitto
from tests.stores.bus.certificates import certificate

TOPIC = "plant/+/telemetry"
Open = Callable[..., MqttInlet]


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    running = Mosquitto(tmp_path / "mqtt").start()
    yield running
    running.end()


@pytest.fixture
def open_() -> Iterator[Open]:
    made: list[MqttInlet] = []

    def make(url: str, ca: Path | None = None, secret: str | None = None, **more: object) -> MqttInlet:
        made.append(MqttInlet(Address(url, ca, secret), subject=TOPIC, durable="medthread-mes-telemetry", **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


def all_of(inlet: MqttInlet, count: int) -> list[Delivery]:
    found: list[Delivery] = []
    until = time.monotonic() + 20
    while len(found) < count and time.monotonic() < until:
        found += inlet.fetch(count - len(found))
    return found


@pytest.mark.parametrize("version", [MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311])
def test_what_is_not_acknowledged_comes_again(mosquitto: Mosquitto, open_: Open, version: MQTTProtocolVersion) -> None:
    first = open_(mosquitto.url, version=version)
    assert first.fetch(5) == []  # the session begins here
    mosquitto.put("plant/1/telemetry", [b"1", b"2", b"3", b"4"])
    got = all_of(first, 4)
    assert [d.content for d in got] == [b"1", b"2", b"3", b"4"]
    assert {d.subject for d in got} == {"plant/1/telemetry"}
    first.done(got[:2])
    first.close()
    mosquitto.put("plant/2/telemetry", [b"5"])  # while nobody is connected
    again = open_(mosquitto.url, version=version)
    rest = all_of(again, 3)
    assert [d.content for d in rest] == [b"3", b"4", b"5"]
    again.done(rest)
    again.close()
    time.sleep(0.3)  # a broker may see the next connection before it has read the end of the last
    assert open_(mosquitto.url, version=version).fetch(5) == []


def test_more_than_brokers_allow_by_themselves_is_in_flight(mosquitto: Mosquitto, open_: Open) -> None:
    inlet = open_(mosquitto.url)
    inlet.fetch(1)
    mosquitto.put("plant/1/telemetry", [b"%d" % n for n in range(3000)])
    got = all_of(inlet, 3000)
    assert [int(d.content) for d in got] == list(range(3000))
    inlet.done(got)


def test_an_id_is_what_the_sender_gave(mosquitto: Mosquitto, open_: Open) -> None:
    inlet = open_(mosquitto.url)
    inlet.fetch(1)
    mosquitto.put("plant/1/telemetry", [b"1", b"2"], ids=["a-1", "a-2"])
    assert [d.id for d in all_of(inlet, 2)] == ["a-1", "a-2"]


def test_a_broker_that_was_killed_and_came_back_gives_what_was_not_acknowledged(mosquitto: Mosquitto, open_: Open) -> None:
    inlet = open_(mosquitto.url)
    inlet.fetch(1)
    mosquitto.put("plant/1/telemetry", [b"1", b"2"])
    got = all_of(inlet, 2)
    time.sleep(0.3)
    mosquitto.end(signal.SIGTERM)
    time.sleep(0.3)
    with pytest.raises(StoreError, match="the connection"):
        inlet.done(got)
    with pytest.raises(StoreError, match="refused"):
        inlet.fetch(1)
    mosquitto.start()
    again = all_of(inlet, 2)
    assert [d.content for d in again] == [b"1", b"2"]
    with pytest.raises(StoreError, match="broke before all was acknowledged"):
        inlet.done(got)  # numbers of the connection before mean nothing in this one
    rest = all_of(inlet, 2)
    assert [d.content for d in rest] == [b"1", b"2"]
    inlet.done(rest)
    inlet.close()
    time.sleep(0.3)
    assert inlet.fetch(1) == []


def test_who_may_not_and_where_nobody_is(tmp_path: Path, open_: Open) -> None:
    with pytest.raises(StoreError, match=r"MQTT at mqtt://127\.0\.0\.1:1: .*refused"):
        open_("mqtt://ann@127.0.0.1:1", secret="hush").fetch(1)
    with pytest.raises(StoreError, match=r"MQTT at mqtt://nowhere\.invalid:1883"):
        open_("mqtt://nowhere.invalid:1883").fetch(1)
    (tmp_path / "passwords").write_text("ann:right\n")
    (tmp_path / "rules").write_text("user ann\ntopic read other/#\n")
    subprocess.run(["mosquitto_passwd", "-U", str(tmp_path / "passwords")], check=True)
    locked = Mosquitto(tmp_path / "locked", "allow_anonymous false", f"password_file {tmp_path / 'passwords'}").start()
    ours, key = certificate(tmp_path, "ours")
    theirs, _ = certificate(tmp_path, "theirs")
    encrypted = Mosquitto(tmp_path / "tls", f"certfile {ours}", f"keyfile {key}").start()
    try:
        with pytest.raises(StoreError, match=r"[Nn]ot authorized|Bad user name") as refused:
            open_(locked.url.replace("//", "//ann@"), secret="wrong").fetch(1)
        assert "wrong" not in str(refused.value)
        assert open_(locked.url.replace("//", "//ann@"), secret="right").fetch(1) == []
        url = encrypted.url.replace("mqtt://", "mqtts://")
        assert open_(url, ca=ours).fetch(1) == []
        with pytest.raises(StoreError, match="certificate verify failed"):
            open_(url, ca=theirs).fetch(1)
    finally:
        locked.end()
        encrypted.end()


def test_a_filter_that_is_none_is_told(mosquitto: Mosquitto) -> None:
    inlet = MqttInlet(Address(mosquitto.url), subject="plant/#/telemetry", durable="medthread-x")
    with pytest.raises(StoreError, match="filter"):
        inlet.fetch(1)
    inlet.close()
