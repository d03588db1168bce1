"""A broken rule of the company's own is one incident: opened once, brought up to date, resolved and opened again by the data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from medthread.app import Installation
from medthread.stores.serving import LakeReader
from medthread.workflow.watching import look
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company

FEW = rule("few", {"holds": "quantity <= 100"}, severity="critical", owner="production")
FORM = rule("form", {"pattern": "L[0-9]+"}, at="intake", on={"entity": "lot", "field": "lot_no"})


@pytest.fixture
def opening(tmp_path: Path, open_beside: Opening) -> Any:
    @contextmanager
    def opened(*rules: dict[str, Any]) -> Iterator[tuple[Path, Installation]]:
        home = ruled.found(tmp_path / "c", *rules)
        with open_beside(home) as installation:
            yield home, installation

    return opened


def incidents(installation: Installation) -> list[dict[str, Any]]:
    """As they stand once everything that happened was heard of."""
    reader = LakeReader(installation.releases)
    try:
        context = installation.commands(reader)
        look(installation.store, context)
    finally:
        reader.close()
    table = installation.native["data_incident"]
    with installation.store.transaction() as tx:
        rows = tx.exec_driver_sql(
            "select i.*, c.state from native.data_incident i join medthread.process_case c on c.entity = 'data_incident' and c.record = i.id order by i.incident_no"
        ).mappings().all()
    assert "rule" in table.c
    return [dict(r) for r in rows]


def test_one_incident_for_a_rule_and_asset_resolved_and_opened_again_by_the_data(opening: Any) -> None:
    with opening(FEW) as (home, installation):
        company.run(installation)
        assert incidents(installation) == []
        ruled.lots(home, "lot2.csv", 200, 3)
        company.run(installation)
        [one] = incidents(installation)
        assert (one["state"], one["rule"], one["asset"], one["broken"], one["checked"], one["severity"], one["owner"]) == (
            "open", "few", "golden.lot", 3, 103, "critical", "production")
        assert incidents(installation) == [one]  # nothing new was found
        ruled.lots(home, "lot3.csv", 300, 1)
        company.run(installation)
        [again] = incidents(installation)
        assert (again["id"], again["broken"], again["state"]) == (one["id"], 4, "open")
        for n, first in enumerate((200, 300)):
            ruled.lots(home, f"lot-good{n}.csv", first, 3 if n == 0 else 1, quantity=5)
        company.run(installation)
        [held] = incidents(installation)
        assert (held["state"], held["broken"], held["times"]) == ("resolved", 0, 0)
        ruled.lots(home, "lot-bad.csv", 200, 1, quantity=900)
        company.run(installation)
        [back] = incidents(installation)
        assert (back["id"], back["state"], back["broken"], back["times"]) == (one["id"], "open", 1, 1)


def test_incidents_of_one_cause_are_named_together(opening: Any) -> None:
    with opening(FEW, FORM) as (home, installation):
        company.write(home / "inbox" / "lot2.csv", "item,lot,qty,made", [("M1", "X9", 5, "2026/1/5"), ("M1", "L200", 900, "2026/1/5")])
        company.run(installation)
        found = {i["rule"]: i for i in incidents(installation)}
        assert {r: i["asset"] for r, i in found.items()} == {"few": "golden.lot", "lot.lot_no.form": "erp.lot"}
        assert {i["cause"] for i in found.values()} == {"erp.lot"}


def test_rules_of_the_software_open_none(opening: Any) -> None:
    with opening() as (_, installation):
        company.run(installation)
        assert ruled.verdicts(installation)["receipt.quantity.type"].broken == 3
        assert incidents(installation) == []
