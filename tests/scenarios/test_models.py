"""Stories of models: what a change would do is told before, and what may not be seen is not seen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from medthread.app import Installation
from medthread.model.errors import HeldError
from medthread.pipeline.build.built import built, heads
from medthread.pipeline.build.change import Verdict
from medthread.pipeline.build.model import parse_model
from medthread.pipeline.build.plan import plan
from medthread.pipeline.build.versions import history, in_force
from medthread.pipeline.run import Outcome, apply_models
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres.tables import audit_event
from medthread.trace import CONSUMER
from tests.conftest import Opening
from tests.scenarios import company

BY_ITEM = """-- about: 物料收货 | Receipts by item
-- meaning: 每个物料一行 | One row per item
-- owner: purchasing
-- grain: item
-- test: receipts > 0
select item, count(*) as receipts, max(quantity) as quantity from golden.receipt where item is not null group by item
"""
BUSY = """-- about: 常用物料 | Busy items
-- meaning: 收货最多的物料 | Items received most
-- owner: purchasing
-- grain: item
select item, receipts from marts.by_item where receipts >= 2
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return company.found(tmp_path / "c")


@pytest.fixture
def opened(home: Path, open_beside: Opening) -> Iterator[Installation]:
    with open_beside(home) as installation:
        company.run(installation)
        yield installation


def write(home: Path, **texts: str | None) -> None:
    (home / "models").mkdir(exist_ok=True)
    for name, text in texts.items():
        path = home / "models" / f"{name}.sql"
        path.unlink() if text is None else path.write_text(text, encoding="utf-8")


def apply(installation: Installation, reason: str | None = None) -> Outcome:
    return apply_models(installation.context(), by="ann", index_trace=installation.index_trace, reason=reason)


def planned(installation: Installation) -> dict[str, Verdict]:
    return {p.change.name: p.change.verdict for p in installation.plan().changes}


def test_what_ships_is_in_force_after_the_first_run_and_nothing_is_planned(opened: Installation) -> None:
    with opened.store.transaction() as tx:
        assert {v.verdict for v in in_force(tx).values()} == {"added"}
        assert set(in_force(tx)) == {m.name for m in opened.models}
    plan = opened.plan()
    assert (plan.changes, plan.remade, plan.faults) == ((), (), ())
    assert apply(opened).rows_written == 0


def test_only_what_changes_is_made_and_readers_see_it_at_once(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM, busy=BUSY)
    assert planned(opened) == {"by_item": Verdict.ADDED, "busy": Verdict.ADDED}
    assert [r.name for r in opened.plan().remade] == ["by_item", "busy"]
    before = Releases(opened.store).current()
    outcome = apply(opened, "purchasing asked")
    after = Releases(opened.store).current()
    assert before
    assert after
    assert after.id == outcome.release
    assert set(after.tables) - set(before.tables) == {"marts.by_item", "marts.busy"}
    assert all(after.tables[t] == before.tables[t] for t in before.tables)
    assert planned(opened) == {}
    with opened.store.transaction() as tx:
        [first] = history(tx, "by_item")
        told = tx.execute(select(audit_event).where(audit_event.c.action == "model.apply", audit_event.c.object == "model/by_item")).one()
    assert (first.version, first.applied_by, first.reason, first.origin) == (1, "ann", "purchasing asked", "workspace")
    assert (told.actor, told.reason) == ("ann", "purchasing asked")


def test_a_breaking_change_names_who_loses_which_field(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM, busy=BUSY)
    apply(opened)
    write(home, by_item=BY_ITEM.replace("as receipts", "as times").replace("receipts > 0", "times > 0"))
    plan = opened.plan()
    [change] = plan.changes
    assert (change.change.name, plan.verdict) == ("by_item", Verdict.BREAKING)
    assert [(c.name, c.breaks) for c in change.change.columns] == [("receipts", True), ("times", False)]
    assert [(r.name, r.fields, r.broken) for r in change.readers] == [("busy", ("item", "receipts"), ("receipts",))]
    [fault] = plan.faults
    assert fault.name == "busy"
    assert "receipts" in fault.error.message


def test_a_part_of_the_product_that_reads_a_table_is_named(opened: Installation) -> None:
    text = next(m for m in opened.models if m.name == "genealogy")
    assert text.path is not None
    less = replace(parse_model("genealogy", text.text.replace("activity_kind as kind,", ""), file="genealogy.sql", domain=text.domain), path=text.path)
    assert "activity_kind as kind" not in less.text
    found = plan(opened.context(), [less if m.name == "genealogy" else m for m in opened.models], consumers=(CONSUMER,))
    assert found.faults == ()
    readers = {r.name: r for r in found.changes[0].readers}
    assert readers["trace"].broken == ("kind",)
    assert readers["genealogy_node"].fields == ("child", "parent")
    assert readers["genealogy_node"].broken == ()


def test_what_does_not_meet_its_tests_is_not_seen_and_not_in_force(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM)
    apply(opened)
    before = Releases(opened.store).current()
    write(home, by_item=BY_ITEM.replace("receipts > 0", "receipts < 7").replace("max(quantity)", "min(quantity)"))
    with pytest.raises(HeldError, match=r"marts\.by_item: \d+ rows do not meet receipts < 7"):
        apply(opened)
    assert Releases(opened.store).current() == before
    with opened.store.transaction() as tx:
        assert [v.version for v in history(tx, "by_item")] == [1]
        assert heads(tx)["marts.by_item"].held == ()
    write(home, by_item=BY_ITEM.replace("test: receipts > 0", "warn: receipts < 7").replace("max(quantity)", "min(quantity)"))
    assert apply(opened).release
    with opened.store.transaction() as tx:
        [warned] = [f for f in heads(tx)["marts.by_item"].findings if f.failed]
    assert (warned.condition, warned.blocks) == ("receipts < 7", False)
    assert warned.rows


def test_a_case_that_does_not_hold_keeps_a_model_out(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM)
    (home / "models" / "by_item.cases.yaml").write_text(
        "- about: 一次 | Once\n  given: {golden.receipt: [{id: R1, item: I1, quantity: 2}]}\n  expect: [{item: I1, receipts: 2}]\n", encoding="utf-8")
    with pytest.raises(HeldError, match="by_item: a case does not hold: Once"):
        apply(opened)
    (home / "models" / "by_item.cases.yaml").write_text(
        "- about: 一次 | Once\n  given: {golden.receipt: [{id: R1, item: I1, quantity: 2}]}\n  expect: [{item: I1, receipts: 1}]\n", encoding="utf-8")
    assert apply(opened).release


def test_going_back_to_an_earlier_text_computes_nothing(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM)
    apply(opened)
    with opened.store.transaction() as tx:
        first = heads(tx)["marts.by_item"]
    write(home, by_item=BY_ITEM.replace("max(quantity)", "min(quantity)"))
    apply(opened)
    write(home, by_item=BY_ITEM)
    assert planned(opened) == {"by_item": Verdict.VALUES}
    [again] = opened.plan().remade
    assert (again.name, again.seconds, again.guessed) == ("by_item", 0.0, False)
    apply(opened)
    release = Releases(opened.store).current()
    assert release
    assert release.tables["marts.by_item"].files == first.paths
    assert opened.faults(release) == []
    with opened.store.transaction() as tx:
        assert [v.version for v in history(tx, "by_item")] == [3, 2, 1]
        assert built(tx, "marts.by_item", first.fingerprint) == heads(tx)["marts.by_item"]


def test_typing_anew_makes_nothing_anew_and_new_tests_are_asked(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM)
    apply(opened)
    write(home, by_item=BY_ITEM.replace(" group by", "\n  -- by item\n  GROUP BY"))
    assert planned(opened) == {"by_item": Verdict.TYPED}
    assert opened.plan().remade == ()
    assert apply(opened).release is None
    write(home, by_item=BY_ITEM.replace("receipts > 0", "receipts > 1000"))
    assert planned(opened) == {"by_item": Verdict.DESCRIBED}
    with pytest.raises(HeldError):
        apply(opened)


def test_a_model_taken_away_leaves_the_release_and_comes_back_as_it_was(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM)
    apply(opened)
    write(home, by_item=None)
    assert planned(opened) == {"by_item": Verdict.BREAKING}
    apply(opened)
    release = Releases(opened.store).current()
    assert release
    assert "marts.by_item" not in release.tables
    assert planned(opened) == {}
    write(home, by_item=BY_ITEM)
    assert planned(opened) == {"by_item": Verdict.ADDED}
    apply(opened)
    release = Releases(opened.store).current()
    assert release
    assert "marts.by_item" in release.tables


def test_news_in_the_data_remake_only_what_reads_them(home: Path, opened: Installation) -> None:
    write(home, by_item=BY_ITEM, busy=BUSY)
    apply(opened)
    company.write(home / "inbox" / "supplier2.csv", "code,name,uscc", [("V99", "无锡新来的五金有限公司", "")])
    with opened.store.transaction() as tx:
        before = heads(tx)
    company.run(opened)
    with opened.store.transaction() as tx:
        after = heads(tx)
    changed = {t for t in after if after[t].fingerprint != before[t].fingerprint}
    assert "marts.supplier_quality" in changed
    assert "marts.genealogy" not in changed
    assert all(any(after[t].inputs[name] != before[t].inputs[name] for name in after[t].inputs) for t in changed)
