"""How long a rule may take and its verdicts are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import insert, select

from medthread.model.errors import ConfigurationError, StoreError
from medthread.pipeline.judge import State, forget_verdicts
from medthread.pipeline.judging import Judging
from medthread.stores.engines import no_longer_than
from medthread.stores.postgres.store import Store
from medthread.stores.postgres.tables import rule_verdict
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company

SLOW = "select a.lot_no from golden.lot a, golden.lot b, golden.lot c, golden.lot d, golden.lot e where hash(a.lot_no, b.lot_no, c.lot_no, d.lot_no, e.lot_no) = 7"


def test_a_rule_that_takes_too_long_could_not_be_asked_and_the_others_are(tmp_path: Path, open_beside: Opening) -> None:
    home = ruled.found(tmp_path / "c", rule("slow", {"rows": SLOW}), rule("tall", {"holds": "quantity <= 100"}))
    settings = home / "medthread.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[quality]\nrule_seconds = 0.5\n", encoding="utf-8")
    with open_beside(home) as installation:
        assert company.run(installation).release is not None
        told = ruled.verdicts(installation)
        assert (told["slow"].state, told["slow"].message) == (State.FAILED, "it took longer than 0.5 s")
        assert told["tall"].state is State.HOLDS


def test_a_connection_that_was_stopped_works_again() -> None:
    with duckdb.connect() as con:
        with pytest.raises(StoreError), no_longer_than(con, 0.2):
            con.execute("select count(*) from range(1000000) a, range(1000000) b where hash(a.range, b.range) = 7").fetchall()
        with no_longer_than(con, 5):
            assert con.execute("select 1").fetchall() == [(1,)]


def test_old_verdicts_are_forgotten_but_the_last_and_those_that_stopped_something(store: Store) -> None:
    def verdict(round_: str, days: int, **more: Any) -> dict[str, Any]:
        plain = {"round": round_, "asset": "golden.lot", "rule": "form", "version": "1", "point": "release", "state": "holds", "checked": 1, "broken": 0, "own": True}
        return plain | {"at": datetime.now(UTC) - timedelta(days=days)} | more

    rows = [
        verdict("old", 400), verdict("broke", 390, state="broken", broken=1), verdict("young", 100), verdict("last", 3),
        verdict("alone", 900, rule="silent"), verdict("shipped", 500, rule="type", own=False, state="broken"), verdict("shipped last", 480, rule="type", own=False, state="broken"),
        verdict("elsewhere", 800, asset="golden.item"),
    ]
    with store.transaction() as tx:
        tx.execute(insert(rule_verdict), rows)
        assert forget_verdicts(tx, days=365) == 2
        assert set(tx.execute(select(rule_verdict.c.round)).scalars()) == {"broke", "young", "last", "alone", "shipped last", "elsewhere"}
        assert forget_verdicts(tx, days=365) == 0


@pytest.mark.parametrize("given", [{"rule_seconds": 0}, {"rule_seconds": "long"}, {"rule_seconds": True}, {"verdict_days": 30}, {"verdict_days": 365.5}])
def test_a_setting_that_cannot_be_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        Judging.read({"quality": given})
    assert Judging.read({"quality": {"target": 98.0}}) == Judging()
