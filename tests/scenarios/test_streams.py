"""What a broker sends reaches readers while the server runs, without anybody starting a run."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from medthread.app import Installation, open_installation
from medthread.stores.postgres.tables import load
from medthread.stores.serving import LakeReader
from tests.broker import Broker
from tests.waiting import within

MAPPING = """name: mes
zh: 制造执行
en: MES
owner: production_it
org: T
url: URL
tables:
  item:
    subject: mes.item
    changed_at: at
    options: {seconds: 1}
    ignore: [_message_id, _subject, _key, _sent_at]
    feeds: [{entity: item, fields: {code: code, name: name}}]
"""


def told(code: str, name: str, at: str) -> bytes:
    return json.dumps({"code": code, "name": name, "at": at}, ensure_ascii=False).encode()


def items(installation: Installation) -> list[dict[str, Any]]:
    reader = LakeReader(installation.releases)
    try:
        if not reader.published():
            return []
        snapshot = reader.current()
        return snapshot.query(f"select code, name from {snapshot.relation('golden.item')} order by code")
    finally:
        reader.close()


def test_messages_become_what_readers_see_the_newest_by_what_they_say(tmp_path: Path) -> None:
    (tmp_path / "nats").mkdir()
    broker = Broker(tmp_path / "nats").start()
    home = tmp_path / "home"
    (home / "sources").mkdir(parents=True)
    (home / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
    (home / "sources" / "mes.yaml").write_text(MAPPING.replace("URL", broker.url), encoding="utf-8")
    try:
        broker.put("MES", "mes.item", [told("M1", "新名", "2026-01-02 08:00:00"), told("M1", "旧名", "2026-01-01 08:00:00"), b"\xff no JSON", told("M2", "丝杆", "2026-01-01 08:00:00")])
        with open_installation(home) as installation:
            with installation.serving(None):
                assert within(90, lambda: len(items(installation)) == 2)
            assert items(installation) == [{"code": "M1", "name": "新名"}, {"code": "M2", "name": "丝杆"}]
            with installation.store.transaction() as tx:
                [taken] = tx.execute(select(load).where(load.c.source == "mes")).all()
            assert (taken.status, taken.rows_read, taken.rows_accepted, taken.rejects) == ("accepted", 4, 3, 1)
    finally:
        broker.end()
