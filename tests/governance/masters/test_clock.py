"""What goes on beside the server: news told once, pairs kept in time, a sample when it is due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from medthread.api.server import create_app
from medthread.app import Installation
from medthread.governance.masters.clock import MasterClock
from medthread.stores.postgres.tables import match_sample, match_sample_pair, notice, outbox
from medthread.workflow.notices import set_address
from tests.api.conftest import House
from tests.api.test_stewardship import API, client, ok
from tests.conftest import Opening
from tests.scenarios import company, firms

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[tuple[House, MasterClock]]:
    """The firms, and their clock, which the test turns."""
    home = firms.found(tmp_path_factory.mktemp("clock") / "c")
    with open_beside(home) as opened, opened.services(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        house.make("keeper", "steward")
        house.make("mate", "steward")
        house.make("buyer", "buyer")
        with opened.store.transaction() as tx:
            set_address(tx, account="keeper", address="keeper@example.com", by="keeper")
        yield house, opened.master_clock(services)


def news(of: Installation) -> list[tuple[str, str, dict[str, Any]]]:
    with of.store.transaction() as tx:
        rows = tx.execute(select(outbox).where(outbox.c.type == "masters.changed").order_by(outbox.c.seq)).all()
    return [(r.entity, r.record, r.body) for r in rows]


def told(of: Installation, reason: str) -> list[tuple[str, str, dict[str, Any]]]:
    with of.store.transaction() as tx:
        return [(r.entity, r.record, r.about) for r in tx.execute(select(notice).where(notice.c.reason == reason).order_by(notice.c.at)).all()]


def test_news_are_told_once_for_each_master_and_release(works: tuple[House, MasterClock]) -> None:
    house, clock = works
    clock.look(NOW)
    first = {entity: body for entity, _, body in news(house.installation)}
    assert set(first) == {"supplier", "item"}
    supplier = first["supplier"]
    feed = ok(client(house).get(f"{API}/masters/supplier/changes", params={"after": supplier["after"], "limit": 500}))["items"]
    assert (supplier["after"], supplier["upto"]) == (0, feed[-1]["seq"])
    assert (supplier["created"], supplier["golden"]) == (len({r["golden_id"] for r in feed if r["kind"] == "created"}), len({r["golden_id"] for r in feed}))
    clock.look(NOW)
    with house.installation.services(None) as again:  # a server that starts anew tells nothing again
        house.installation.master_clock(again).look(NOW)
    assert len(news(house.installation)) == 2
    before = house.installation.releases.current()
    company.write(house.installation.workspace.inbox / "supplier2.csv", firms.HEADER, [("E1", "嘉兴科泰泵阀有限公司", "", "嘉兴", "")])
    company.run(house.installation)
    clock.look(NOW)
    ((entity, release, body),) = news(house.installation)[2:]
    now = house.installation.releases.current()
    assert before is not None
    assert now is not None
    assert (entity, release, body["release"], body["after"], body["created"], body["golden"]) == ("supplier", now.id, now.id, supplier["upto"], 1, 1)
    # The pointer goes back and forth: nothing is told again.
    for id_ in (before.id, now.id):
        with house.installation.store.transaction() as tx:
            house.installation.releases.publish(tx, id_=id_, by="test")
        clock.look(NOW)
    assert len(news(house.installation)) == 3


def test_pairs_have_a_time_and_somebody_who_looks_at_them(works: tuple[House, MasterClock]) -> None:
    house, clock = works
    clock.look(NOW)
    desk, path = client(house), f"{API}/stewardship/supplier/pairs"
    (pair,) = ok(desk.get(path, params={"sort": "due"}))["items"]
    calendar = house.installation.workspace.calendar()
    assert datetime.fromisoformat(pair["care"]["due_at"]) == calendar.after(NOW, "5 wd")
    assert (pair["care"]["assignee"], pair["care"]["overdue"]) == (None, False)
    assert ok(desk.get(path, params={"mine": True}))["items"] == []
    ids = [s["golden_id"] for s in pair["sides"]]
    assert desk.put(f"{path}/care", json={"golden": ids, "assignee": "buyer"}).status_code == 422
    assert desk.put(f"{path}/care", json={"golden": ids[::-1], "assignee": "keeper"}).status_code == 404
    assert client(house, "buyer").put(f"{path}/care", json={"golden": ids, "assignee": "keeper"}).status_code == 403
    assert ok(desk.put(f"{path}/care", json={"golden": ids, "assignee": "keeper"}))["care"]["assignee_name"] == "KEEPER"
    assert [p["id"] for p in ok(desk.get(path, params={"mine": True}))["items"]] == [pair["id"]]
    ok(desk.put(f"{path}/care", json={"golden": ids, "assignee": "mate"}))
    assert ok(desk.get(path, params={"mine": True}))["items"] == []
    assert len(ok(client(house, "mate").get(path, params={"mine": True, "sort": "due"}))["items"]) == 1
    assert told(house.installation, "undecided") == []
    for later in (9, 10):
        clock.look(NOW + later * DAY)
    assert told(house.installation, "undecided") == [("supplier", "supplier", {"rows": 1})]


def test_a_sample_is_drawn_by_itself_when_there_is_something_new(works: tuple[House, MasterClock]) -> None:
    house, clock = works

    def samples() -> list[Any]:
        with house.installation.store.transaction() as tx:
            return list(tx.execute(select(match_sample.c.id).where(match_sample.c.entity == "supplier").order_by(match_sample.c.id)).scalars())

    with house.installation.store.transaction() as tx:
        tx.execute(text("delete from medthread.match_sample_pair"))
        tx.execute(text("delete from medthread.match_sample"))
    clock.look(NOW + 12 * DAY)
    (first,) = samples()
    assert [(e, r) for e, r, _ in told(house.installation, "sampled") if r == str(first)] == [("supplier", str(first))]
    clock.look(NOW + 30 * DAY)
    assert samples() == [first], "nobody has begun to judge it"
    with house.installation.store.transaction() as tx:
        tx.execute(match_sample_pair.update().where(match_sample_pair.c.sample == first, match_sample_pair.c.n == 1).values(verdict="same"))
    clock.look(NOW + 31 * DAY)
    assert samples() == [first], "matching made nothing since"
    company.write(house.installation.workspace.inbox / "supplier3.csv", firms.HEADER, [("F1", "台州三立模塑有限公司", "", "台州", "")])
    company.run(house.installation)
    clock.look(NOW + 3 * DAY)
    assert samples() == [first], "it is not a week yet"
    clock.look(NOW + 32 * DAY)
    assert len(samples()) == 2
