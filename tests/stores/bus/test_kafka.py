"""The adapter against librdkafka's own cluster: committed by hand, again after a crash, and every failure an error that says what to do."""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medthread.model.errors import ConfigurationError, StoreError
from medthread.stores.bus import Address, Delivery, open_inlet
from medthread.stores.bus.kafka import KafkaInlet, settings
from tests.kafka import Cluster

Open = Callable[..., KafkaInlet]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    running = Cluster()
    yield running
    running.end()


@pytest.fixture
def open_() -> Iterator[Open]:
    made: list[KafkaInlet] = []

    def make(url: str, topic: str = "mes.lot", **more: str) -> KafkaInlet:
        made.append(KafkaInlet(Address(url, **more), subject=topic, durable="medthread-mes-lot"))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


def all_of(inlet: KafkaInlet, count: int, seconds: float = 30) -> list[Delivery]:
    found: list[Delivery] = []
    until = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < until:
        found += inlet.fetch(count - len(found))
    return found


def test_what_is_not_acknowledged_comes_again(cluster: Cluster, open_: Open) -> None:
    cluster.put("mes.lot", [b"1", b"2", b"3", None], keys=[b"a", b"b", b"\xff", b"c"])
    first = open_(cluster.url)
    got = all_of(first, 4)
    assert [d.content for d in got] == [b"1", b"2", b"3", b"null"]
    assert [d.key for d in got] == ["a", "b", "\\xff", "c"]
    assert [d.id for d in got] == [f"mes.lot:0:{n}" for n in range(4)]
    assert all(d.sent_at is not None and d.subject == "mes.lot" for d in got)
    first.done(got[:2])
    first.close()
    again = open_(cluster.url)
    rest = all_of(again, 2)
    assert [d.content for d in rest] == [b"3", b"null"]
    again.done(rest)
    again.close()
    cluster.put("mes.lot", [b"5"])
    assert [d.content for d in all_of(open_(cluster.url), 1)] == [b"5"]


def test_every_partition_of_every_topic_of_a_pattern(cluster: Cluster, open_: Open) -> None:
    for topic in ("mes.lot", "mes.unit", "erp.order"):
        for partition in (0, 1):
            cluster.put(topic, [f"{topic}/{partition}/{n}".encode() for n in range(3)], partition=partition)
    inlet = open_(cluster.url, r"^mes\.")
    got = all_of(inlet, 12)
    assert {d.content.rpartition(b"/")[0] for d in got} == {b"mes.lot/0", b"mes.lot/1", b"mes.unit/0", b"mes.unit/1"}
    inlet.done(got)


def test_brokers_that_are_gone_and_nobody_there_are_told(open_: Open) -> None:
    cluster = Cluster()
    cluster.put("mes.lot", [b"1"])
    inlet = open_(cluster.url)
    got = all_of(inlet, 1)
    cluster.end()
    gc.collect()
    with pytest.raises(StoreError, match=r"Kafka at kafka://127\.0\.0\.1"):
        all_of(inlet, 1, seconds=40)
    with pytest.raises(StoreError, match="Kafka at"):
        inlet.done(got)
    nobody = open_("kafka://ann@127.0.0.1:1", secret="hush")
    with pytest.raises(StoreError, match=r"Kafka at kafka://127\.0\.0\.1:1: .*refused") as refused:
        all_of(nobody, 1)
    assert "hush" not in str(refused.value)


def test_who_and_how_is_in_the_address(tmp_path: Path) -> None:
    made = settings(Address("tls+kafka://ann%40plant@a,b:9093/?mechanism=scram-sha-512", tmp_path / "ca.pem", "hush"))
    assert made | {
        "bootstrap.servers": "a:9092,b:9093", "security.protocol": "sasl_ssl", "ssl.ca.location": str(tmp_path / "ca.pem"),
        "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "ann@plant", "sasl.password": "hush"} == made
    assert settings(Address("kafka://a"))["security.protocol"] == "plaintext"
    with pytest.raises(ConfigurationError, match="names nobody"):
        settings(Address("kafka://a", None, "hush"))
    with pytest.raises(ConfigurationError, match="GSSAPI") as refused:
        settings(Address("kafka://ann@a/?mechanism=gssapi", None, "hush"))
    assert "SCRAM-SHA-256" in refused.value.hint


def test_a_certificate_authority_that_is_none_and_a_server_that_does_not_encrypt(cluster: Cluster, tmp_path: Path, open_: Open) -> None:
    inlet = open_inlet(f"tls+{cluster.url}", secret=None, subject="x", durable="x", ca=tmp_path / "none.pem")
    with pytest.raises(StoreError, match=r"ssl\.ca\.location"):
        inlet.fetch(1)
    plain = open_(f"tls+{cluster.url}")
    with pytest.raises(StoreError, match=r"SSL|ssl"):
        all_of(plain, 1)
