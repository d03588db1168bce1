"""Streams under abuse: whatever a broker does to messages, what readers see in the end is the same; whoever dies, what was acknowledged is there."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from medthread.app import Installation
from medthread.model.errors import StoreError
from medthread.pipeline.collect.stream import Limits, durable_of, land_batch
from medthread.pipeline.landing import Landing
from medthread.pipeline.run import run_pipeline
from medthread.stores.bus import Delivery, Inlet
from medthread.stores.bus.kafka import KafkaInlet
from medthread.stores.serving import LakeReader
from medthread.trust.seal import unseal
from tests.broker import Broker
from tests.campaign import Campaign
from tests.conftest import Opening
from tests.kafka import Cluster
from tests.mosquitto import Mosquitto
from tests.reliability.collector import SOURCE, TABLE, opened
from tests.reliability.lives import Lives

BASE = """
name: base
zh: 主数据
en: Masters
owner: purchasing
org: T
tables:
  supplier: {files: "supplier.csv", format: csv, feeds: [{entity: supplier, fields: {code: code, name: name}}]}
  item: {files: "item.csv", format: csv, feeds: [{entity: item, fields: {code: code, name: name}}]}
"""
STREAM = """
name: {name}
zh: 制造执行
en: MES
owner: production_it
org: T
url: {url}
tables:
  receipt:
    subject: mes.receipt
    changed_at: changed
    ignore: [_message_id, _subject, _key, _sent_at, note]
    feeds:
      - entity: receipt
        repeats: true
        fields:
          {{receipt_no: no, line_no: line, supplier: {{from: supplier, scheme: base}}, item: {{from: item, scheme: base}}, lot_no: lot, quantity: qty, received_at: at}}
"""
POISON = (b"", b"no json", b"[1]", b"17", b"\xff\xfe\x00", b'{"no": "a\\u0000"}', b'{"no": "\\ud800"}', b'{"no": 1, "no": 2}', b'{"": 1}', b'{"no":' + b"[" * 3000, b'{"_key": 1}')
SUBJECT = "mes.receipt"
RECEIPTS = 25


@contextmanager
def nats(folder: Path) -> Iterator[tuple[str, Callable[[Sequence[bytes]], None]]]:
    folder.mkdir()
    broker = Broker(folder).start()
    try:
        yield broker.url, lambda contents: broker.put("MES", SUBJECT, list(contents))
    finally:
        broker.end()


@contextmanager
def mqtt(folder: Path) -> Iterator[tuple[str, Callable[[Sequence[bytes]], None]]]:
    broker = Mosquitto(folder).start()
    try:
        yield broker.url, lambda contents: broker.put(SUBJECT, contents)
    finally:
        broker.end()


@contextmanager
def kafka(folder: Path) -> Iterator[tuple[str, Callable[[Sequence[bytes]], None]]]:
    cluster = Cluster()
    try:
        yield cluster.url, lambda contents: cluster.put(SUBJECT, contents)
    finally:
        cluster.end()


BROKERS = {"mes_nats": nats, "mes_mqtt": mqtt, "mes_kafka": kafka}


class History:
    """Receipts with their versions, by chance; what is sent of them, and what must be seen in the end."""

    def __init__(self, seed: int, source: str) -> None:
        self.rng = random.Random(seed)
        self.prefix = f"{source}-{seed}-"
        self.truth: dict[str, str] = {}
        sent: list[bytes] = []
        for n in range(RECEIPTS):
            no = f"{self.prefix}{n}"
            for version in range(self.rng.randint(1, 4)):
                self.truth[no] = f"{self.rng.randint(1, 999)}.{self.rng.randint(0, 9)}0"
                sent.append(self._receipt(no, version, self.truth[no]))
        self.poison = sorted({self.rng.choice(POISON) for _ in range(6)})
        self.rounds = self._abused(sent)

    def _receipt(self, no: str, version: int, qty: str) -> bytes:
        head = f'"no": "{no}", "line": 1, "supplier": "V1", "item": "M1", "lot": "L-{no}", "qty": {qty}, "at": "2026-01-05"'
        note = f', "note": "{version}"' if self.rng.random() < 0.3 else ""
        return f'{{{head}, "changed": "2026-01-05 08:{version:02}:00"{note}}}'.encode()

    def _abused(self, sent: list[bytes]) -> list[list[bytes]]:
        """Twice, out of order, late, and bad ones among them."""
        messages = [*sent, *self.rng.choices(sent, k=len(sent) // 3), *self.poison]
        self.rng.shuffle(messages)
        cuts = sorted(self.rng.sample(range(len(messages)), 2))
        return [messages[: cuts[0]], messages[cuts[0] : cuts[1]], messages[cuts[1] :]]


class Forgetful:
    """An inlet whose acknowledgement is lost now and then, as when the process dies after it wrote."""

    def __init__(self, inlet: Inlet, rng: random.Random) -> None:
        self._inlet, self._rng, self.most = inlet, rng, inlet.most
        self._chance = 0.05 if isinstance(inlet, KafkaInlet) else 0.3  # a group takes ten seconds to give up a member

    def fetch(self, limit: int) -> Sequence[Delivery]:
        return self._inlet.fetch(limit)

    def done(self, deliveries: Sequence[Delivery]) -> None:
        if self._rng.random() < self._chance:
            raise StoreError("lost")
        self._inlet.done(deliveries)

    def close(self) -> None:
        self._inlet.close()


def drain(url: str, landing: Landing, source: str, rng: random.Random, count: int) -> None:
    """Until as many as were sent were acknowledged."""
    landed, until = 0, time.monotonic() + 120
    inlet: Forgetful | None = None
    while landed < count and time.monotonic() < until:
        inlet = inlet or Forgetful(opened(url, SUBJECT, durable_of(source, "receipt")), rng)
        try:
            landed += land_batch(inlet, landing, source, "receipt", limits=Limits(messages=rng.randint(5, 60), seconds=0.2)).messages
        except StoreError:
            inlet.close()
            inlet = None
    if inlet is not None:
        inlet.close()
    assert landed >= count


def found(installation: Installation, prefix: str) -> dict[str, str]:
    reader = LakeReader(installation.releases)
    try:
        snapshot = reader.current()
        rows = snapshot.query(f"select receipt_no, quantity from {snapshot.relation('golden.receipt')} where receipt_no like '{prefix}%'")
    finally:
        reader.close()
    assert len(rows) == len({r["receipt_no"] for r in rows})
    return {r["receipt_no"]: f"{r['quantity']:.2f}" for r in rows}


def set_aside(installation: Installation, source: str) -> list[dict[str, Any]]:
    """What waits in quarantine, in clear."""
    reader = LakeReader(installation.releases)
    try:
        snapshot = reader.current()
        rows = snapshot.query(f"select * from {snapshot.relation('standard.quarantine')} where source = '{source}'")
    finally:
        reader.close()
    assert {tuple(r["rules"]) for r in rows} <= {("load.unparsable",)}
    with installation.store.transaction() as tx:
        return [json.loads(unseal(r["raw"], key=installation.keyring.find(tx, r["load"]))) for r in rows]


def company(home: Path, urls: dict[str, str]) -> Path:
    (home / "sources").mkdir(parents=True)
    (home / "inbox").mkdir()
    (home / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
    (home / "sources" / "base.yaml").write_text(BASE, encoding="utf-8")
    for name, url in urls.items():
        (home / "sources" / f"{name}.yaml").write_text(STREAM.format(name=name, url=url), encoding="utf-8")
    (home / "inbox" / "supplier.csv").write_text("code,name\nV1,苏州某某五金有限公司\n", encoding="utf-8")
    (home / "inbox" / "item.csv").write_text("code,name\nM1,零件\n", encoding="utf-8")
    return home


def test_whatever_happens_to_messages_readers_see_the_same(tmp_path: Path, open_beside: Opening, campaign: Campaign) -> None:
    with ExitStack() as ending:
        brokers = {name: ending.enter_context(begin(tmp_path / name)) for name, begin in BROKERS.items()}
        installation = ending.enter_context(open_beside(company(tmp_path / "home", {n: url for n, (url, _) in brokers.items()})))
        context = installation.context()
        for name, (url, _) in brokers.items():  # a session of MQTT begins with the first connection
            inlet = opened(url, SUBJECT, durable_of(name, "receipt"))
            if name == "mes_mqtt":
                inlet.fetch(1)
            inlet.close()
        messages = 0
        expected: dict[str, set[bytes]] = {name: set() for name in brokers}
        for seed in range(campaign.seeds):
            name = list(brokers)[seed % len(brokers)]
            url, put = brokers[name]
            history = History(seed, name)
            for contents in history.rounds:
                put(contents)
                drain(url, context.landing, name, history.rng, len(contents))
                run_pipeline(context, by="test", index_trace=installation.index_trace, asks=False)
                messages += len(contents)
            assert found(installation, history.prefix) == history.truth, f"seed {seed}"
            expected[name] |= set(history.poison)
            poisoned = set_aside(installation, name)
            assert {p["text"] for p in poisoned} == {p.decode("utf-8", "backslashreplace") for p in expected[name]}, f"seed {seed}"
            assert all(p["reason"] for p in poisoned)
            campaign.progress(seed + 1, campaign.seeds)
        campaign.tell(seeds=campaign.seeds, messages=messages, wrong=0)


@pytest.mark.parametrize("kind", ["nats", "mqtt"])
def test_what_was_acknowledged_is_there_whenever_the_collector_dies(tmp_path: Path, kind: str, campaign: Campaign) -> None:
    rng, landing = random.Random(11), Landing(tmp_path / "landing")
    begin = nats if kind == "nats" else mqtt
    sent = acknowledged = 0
    with begin(tmp_path / "broker") as (url, put), Lives("tests.reliability.collector:collect", str(landing.folder), url, SUBJECT, log=tmp_path / "log") as lives:
        if kind == "nats":
            put([b'{"n": -1}'])  # the stream is there
        else:
            session = opened(url, SUBJECT, durable_of(SOURCE, TABLE))  # and so is the session
            session.fetch(1)
            session.close()
        for kill in range(campaign.kills):
            lives.begin()
            count = rng.randint(50, 600)
            put([b'{"n": %d}' % n for n in range(sent, sent + count)])
            sent += count
            time.sleep(rng.uniform(0, 0.1))
            acknowledged += sum(map(int, lives.end()))
            campaign.progress(kill + 1, campaign.kills)
        lives.begin()
        until = time.monotonic() + 120
        while len(numbers(landing) & set(range(sent))) < sent and time.monotonic() < until:
            time.sleep(0.1)
        lives.end()
    landed = numbers(landing)
    assert set(range(sent)) <= landed
    campaign.tell(kills=campaign.kills, messages=sent, acknowledged_before_a_kill=acknowledged, lost=0)


def numbers(landing: Landing) -> set[int]:
    """Of all whole files; each line of each is whole."""
    return {int(json.loads(line)["n"]) for path in landing.waiting(SOURCE, TABLE) for line in path.read_text(encoding="utf-8").splitlines()}
