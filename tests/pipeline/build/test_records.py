"""The product's own records are there for models like any other source, as they stand, and are copied only when they changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from medthread.app import Installation
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.postgres.tables import process_case, process_step
from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.scenarios import company

OPEN = """-- about: 让步 | Concessions
-- meaning: 每张让步单一行 | One row per concession
-- owner: quality
-- grain: concession_no
select concession_no, justification, max_quantity, valid_to, regulatory_ok, customer_ok, _state as state, _opened_at as opened_at, _created_by as by_whom
from native.concession
"""
STEPS = """-- about: 步骤 | Steps
-- meaning: 每类记录每个动作一行 | One row for each action of a kind of record
-- owner: quality
-- grain: entity, action
select entity, action, count(*) as times from native.process_step group by all
"""
OPENED = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path: Path, open_beside: Opening) -> Iterator[Installation]:
    home = company.found(tmp_path / "c")
    (home / "models").mkdir()
    for name, text in {"concessions": OPEN, "steps": STEPS}.items():
        (home / "models" / f"{name}.sql").write_text(text, encoding="utf-8")
    with open_beside(home) as installation:
        yield installation


def concede(installation: Installation, number: str, **values: Any) -> None:
    """A record, and where it stands."""
    row = {
        "id": number, "concession_no": number, "nonconformance": "NC1", "item": "M1", "lot_no": "L1", "justification": "", "regulatory_ok": True,
        "risk_assessment": '说"明",一\n二', "max_quantity": "12.5", "valid_to": date(2026, 12, 31), "_created_by": "ann", "_updated_by": "ann",
    }
    with installation.store.transaction() as tx:
        tx.execute(insert(installation.native["concession"]).values(**row | values))
        standing = {"entity": "concession", "record": number, "process": "concession", "version": 1, "state": "draft"}
        tx.execute(insert(process_case).values(**standing, opened_by="ann", opened_at=OPENED, state_since=OPENED))


def step(installation: Installation, number: str, action: str) -> None:
    with installation.store.transaction() as tx:
        tx.execute(insert(process_step).values(
            entity="concession", record=number, action=action, from_state="draft", to_state="open", revision=1, actor="ann", role="quality"))


def run(installation: Installation) -> Outcome:
    return run_pipeline(installation.context(), by="test", index_trace=installation.index_trace)


def rows(installation: Installation, mart: str) -> list[dict[str, Any]]:
    reader = LakeReader(installation.releases)
    try:
        snapshot = reader.current()
        return snapshot.query(f"select * from {snapshot.relation(f'marts.{mart}')} order by all")
    finally:
        reader.close()


def test_records_stand_in_the_lake_as_they_are_and_change_with_them(opened: Installation) -> None:
    run(opened)
    assert rows(opened, "concessions") == []
    concede(opened, "CON-1")
    concede(opened, "CON-2", customer_ok=False, justification="数量不足")
    step(opened, "CON-1", "submit")
    run(opened)
    first, second = rows(opened, "concessions")
    assert (first["justification"], first["max_quantity"], first["valid_to"], first["state"]) == ("", 12.5, date(2026, 12, 31), "draft")
    assert (first["opened_at"], first["customer_ok"], first["regulatory_ok"]) == (OPENED.replace(tzinfo=None), None, True)
    assert (second["justification"], second["customer_ok"]) == ("数量不足", False)
    assert rows(opened, "steps") == [{"entity": "concession", "action": "submit", "times": 1}]
    assert run(opened).rows_written == 0, "nothing changed"
    with opened.store.transaction() as tx:
        tx.execute(update(process_case).where(process_case.c.record == "CON-1").values(state="approved", state_since=datetime.now(UTC)))
        tx.execute(delete(opened.native["concession"]).where(opened.native["concession"].c.id == "CON-2"))
    run(opened)
    assert [(r["concession_no"], r["state"]) for r in rows(opened, "concessions")] == [("CON-1", "approved")]


def test_what_no_model_reads_is_not_copied(opened: Installation) -> None:
    run(opened)
    assert [t for t in opened.context().committer.heads() if t.startswith("native.")] == ["native.concession", "native.process_step"]
