"""What is told of golden records from run to run is what became of them: who follows it knows the crosswalk, and every value that changed."""

from collections.abc import Iterator
from typing import Any

import pytest

from medthread.app import Installation
from medthread.stores.serving import LakeReader
from tests.conftest import Opening
from tests.scenarios import company, firms


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[Installation]:
    home = firms.found(tmp_path_factory.mktemp("told") / "c")
    (home / "sources" / "erp.yaml").write_text(firms.MAPPED.replace("city: city}", "city: city, phone: phone}"), encoding="utf-8")
    with open_beside(home) as opened:
        company.run(opened)
        yield opened


def told(installation: Installation, *, after: int = 0) -> list[dict[str, Any]]:
    snapshot = LakeReader(installation.releases).current()
    return snapshot.query(f"select * from {snapshot.relation('golden.supplier_change')} where seq > {after} order by seq")


def crosswalk(installation: Installation) -> dict[str, str]:
    snapshot = LakeReader(installation.releases).current()
    return {r["record_id"]: r["golden_id"] for r in snapshot.query(f"select record_id, golden_id from {snapshot.relation('golden.supplier_xref')}")}


def followed(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The crosswalk as somebody holds it who did what each row says: everything that left, then everything that joined."""
    held: dict[str, str] = {}
    for at in sorted({r["at"] for r in rows}):
        for kind in ("left", "joined"):
            for row in (r for r in rows if r["at"] == at and r["kind"] == kind):
                assert held.get(row["record_id"]) == (row["golden_id"] if kind == "left" else None)
                held.pop(row["record_id"]) if kind == "left" else held.update({row["record_id"]: row["golden_id"]})
    return held


def news(installation: Installation, name: str, *rows: tuple[object, ...]) -> int:
    """A file of suppliers comes and is taken in; gives how far things were told before."""
    last = told(installation)[-1]["seq"]
    company.write(installation.workspace.home / "inbox" / f"supplier_{name}.csv", firms.HEADER, list(rows))
    company.run(installation)
    return int(last)


def test_what_became_of_each_golden_record_is_told_once_with_its_source(works: Installation) -> None:
    first, held = told(works), crosswalk(works)
    assert followed(first) == held
    news = [
        ("A3", "宁波华阳塑胶有限公司", firms.NINGBO, "宁波", ""), ("C1", "深圳远见光电科技有限公司", firms.OTHER, "东莞", ""),
        ("B1", "苏州金泰精密五金有限公司", "", "苏州", "0512-66778899"), ("E1", "无锡新来材料有限公司", "", "无锡", ""),
    ]
    company.write(works.workspace.home / "inbox" / "supplier_2.csv", firms.HEADER, list(news))
    company.run(works)
    rows = told(works)
    assert rows[: len(first)] == first
    assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1))
    assert followed(rows) == crosswalk(works)
    fresh = {(r["kind"], r["golden_id"], r["field"], r["before"], r["after"], r["record_id"]) for r in rows[len(first) :]}
    one, gone, moved, called = held["erp|A1"], held["erp|A3"], held["erp|C1"], held["erp|B1"]
    assert ("merged", gone, None, None, one, None) in fresh
    assert ("joined", one, None, gone, None, "erp|A3") in fresh
    assert ("changed", moved, "city", "深圳", "东莞", "erp|C1") in fresh
    # Of personal data only that it changed.
    assert ("changed", called, "phone", None, None, "erp|B1") in fresh
    assert ("created", crosswalk(works)["erp|E1"], None, None, None, None) in fresh
    assert {r[1] for r in fresh if r[0] == "changed"} <= {one, moved, called}


def test_nothing_is_told_twice(works: Installation) -> None:
    before = told(works)
    mapping = works.workspace.home / "sources" / "erp.yaml"
    # Trust is another, so that everything is matched again, with the same outcome.
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("trust: 60", "trust: 61"), encoding="utf-8")
    works.read_sources()
    assert company.run(works).rows_written > 0
    assert told(works) == before
