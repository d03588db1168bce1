"""Whoever is bound to a plant, an organisation or a region meets nothing of another: not in lists, links, acts, boxes or exports."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, text, update

from medthread.model.events import Mode
from medthread.stores.postgres.row_security import ROLE
from medthread.stores.postgres.tables import account, proposal, reaction_failure
from medthread.workflow.outbox import emit
from tests.api.conftest import House
from tests.api.test_desks import TRIAGE, complain, ok

API = "/api/v1"
NUMBERS = count(1)
EVERYBODY = ("pms", "svc", "qa")


@dataclass(frozen=True)
class World:
    """Persons of plant A and of plant B, one who is bound to none, and a complaint that B's person opened."""

    house: House
    a: TestClient
    b: TestClient
    free: TestClient
    item: dict[str, Any]

    @property
    def path(self) -> str:
        return f"{API}/entities/complaint/{self.item['_id']}"


def bound(house: House, *roles: str, plants: tuple[str, ...] = (), **more: list[str]) -> TestClient:
    name = f"reach{next(NUMBERS)}"
    client = house.make(name, *roles, plants=plants)
    if more:
        with house.installation.store.transaction() as tx:
            tx.execute(update(account).where(account.c.name == name).values(**more))
    return client


@pytest.fixture(scope="module")
def world(house: House) -> World:
    a, b, free = bound(house, *EVERYBODY, plants=("A",)), bound(house, *EVERYBODY, plants=("B",)), bound(house, *EVERYBODY)
    return World(house, a, b, free, complain(b, description="外厂的投诉"))


def test_what_somebody_writes_belongs_to_their_plant(world: World) -> None:
    assert world.b.get(world.path).status_code == 200
    assert world.free.get(world.path).status_code == 200
    with world.house.installation.store.transaction() as tx:
        assert tx.execute(text("select _plant from native.complaint where id = :id"), {"id": world.item["_id"]}).scalar_one() == "B"


@pytest.mark.parametrize("place", ["", "/history", "/case", "/obstacles", "/signatures/x"])
def test_a_foreign_record_is_not_found(world: World, place: str) -> None:
    answer = world.a.get(world.path + place)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert world.item["complaint_no"] not in answer.text


def test_nor_by_its_key_nor_among_choices_nor_in_lists_boards_and_exports(world: World) -> None:
    number = world.item["complaint_no"]
    assert world.a.get(f"{API}/entities/complaint/{number}").status_code == 404
    for path in ("", "/board", "/choices", ".csv"):
        assert number in world.b.get(f"{API}/entities/complaint{path}", params={"q": number}).text, path
        assert number not in world.a.get(f"{API}/entities/complaint{path}", params={"q": number}).text, path
    assert ok(world.a.get(f"{API}/entities/complaint", params={"filter": f"complaint_no:eq:{number}"})) == {"items": [], "next": None, "total": 0}


def test_writes_to_a_foreign_record_are_refused_and_change_nothing(world: World) -> None:
    tag = world.b.get(world.path).headers["etag"]
    body = {"description": "改写", "complaint_no": world.item["complaint_no"]}
    tries = [
        world.a.put(world.path, json=body, headers={"If-Match": tag}),
        world.a.delete(world.path, headers={"If-Match": tag}),
        world.a.post(f"{world.path}/acts/triage/preview", json={"values": TRIAGE}, headers={"If-Match": tag}),
        world.a.post(f"{world.path}/acts/triage", json={"values": TRIAGE, "shown": "x", "password": "y"}, headers={"If-Match": tag}),
    ]
    for answer in tries:
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), answer.text
        assert answer.json()["hint"]
    assert world.b.get(world.path).headers["etag"] == tag


def test_a_line_cannot_be_hung_on_a_foreign_record(world: World) -> None:
    """Linking: a part names a whole that is not there for them; a link is counted for those who see it."""
    house = world.house
    a, b = bound(house, "qa", "qa_mgr", plants=("A",)), bound(house, "qa", "qa_mgr", plants=("B",))
    capa = ok(b.post(f"{API}/entities/capa", json=_needed(house, "capa")), 201)["item"]
    line = _needed(house, "capa_action") | {"capa": capa["capa_no"]}
    refused = a.post(f"{API}/entities/capa_action", json=line)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json"), refused.text
    assert "there is no capa" in refused.json()["detail"]
    made = ok(b.post(f"{API}/entities/capa_action", json=line), 201)["item"]
    assert a.get(f"{API}/entities/capa_action/{made['_id']}").status_code == 404, "a line belongs where its whole does"
    related = ok(b.get(f"{API}/entities/capa/{capa['_id']}"))["related"]
    assert next(r["count"] for r in related if r["entity"] == "capa_action") == 1


def _needed(house: House, name: str) -> dict[str, Any]:
    """A body with what must be there, each of its kind."""
    fields = [f for f in house.installation.registry[name].fields.values() if f.required and not f.mark.series and not f.mark.default]
    return {f.name: next(iter(f.mark.codes)) if f.mark.codes else "2026-11-25" if f.kind.value == "date" else "甲" if f.kind.value == "text" else 1 for f in fields}


def test_links_are_counted_within_reach(world: World) -> None:
    house = world.house
    shared = ok(world.free.post(f"{API}/entities/complaint", json={"description": "各厂共有"}), 201)["item"]
    for client in (world.a, world.b, world.b):
        ok(client.post(f"{API}/entities/adverse_event", json=_needed(house, "adverse_event") | {"complaint": shared["complaint_no"]}), 201)

    def counted(client: TestClient) -> int:
        related = ok(client.get(f"{API}/entities/complaint/{shared['_id']}"))["related"]
        return int(next(r["count"] for r in related if r["entity"] == "adverse_event"))

    assert (counted(world.a), counted(world.b), counted(world.free)) == (1, 2, 3)


def test_boxes_and_desks_hold_what_is_within_reach(world: World) -> None:
    records = {who: {t["record"] for t in ok(client.get(f"{API}/inbox"))["tasks"]} for who, client in (("a", world.a), ("b", world.b), ("free", world.free))}
    id_ = world.item["_id"]
    assert id_ in records["b"]
    assert id_ in records["free"]
    assert id_ not in records["a"]

    def open_(client: TestClient) -> int:
        return int(next(d["open"] for d in ok(client.get(f"{API}/processes"))["items"] if d["entity"] == "complaint"))

    assert open_(world.a) < open_(world.free)


def test_a_foreign_proposal_is_neither_seen_nor_decided(world: World) -> None:
    context, id_ = world.house.app.state.services.workflow, world.item["_id"]
    reaction = next(r for r in context.rulebook.reactions.values() if r.mode is Mode.PROPOSE and r.role == "pms")
    with world.house.installation.store.transaction() as tx:
        event = emit(tx, context, type_=reaction.on, entity="complaint", record=id_, by="reach", at=datetime.now(UTC), body={}).id
        tx.execute(insert(proposal).values(id="foreign", reaction=reaction.name, event=event, entity="complaint", record=id_, role="pms"))
        tx.execute(insert(reaction_failure).values(event=event, reaction=reaction.name, error="broken"))
    for client, seen in ((world.a, False), (world.b, True), (world.free, True)):
        box = ok(client.get(f"{API}/inbox"))
        proposals = [p["id"] for p in box["proposals"] if p["record"] == id_]
        assert ("foreign" in proposals, bool(proposals)) == (seen, seen)
        assert (id_ in {f["record"] for f in box["failures"]}) is seen
    decided = world.a.post(f"{API}/inbox/proposals/foreign", json={"accept": False, "reason": "试"})
    tried = world.a.post(f"{API}/inbox/failures", json={"event": event, "reaction": reaction.name})
    for answer in (decided, tried):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), answer.text
    assert world.b.post(f"{API}/inbox/proposals/foreign", json={"accept": False, "reason": "不需要"}).status_code == 200


def test_organisations_bind_too(house: House) -> None:
    one, other = bound(house, *EVERYBODY, organisations=["T1"]), bound(house, *EVERYBODY, organisations=["T2"])
    item = complain(one)
    assert one.get(f"{API}/entities/complaint/{item['_id']}").status_code == 200
    assert other.get(f"{API}/entities/complaint/{item['_id']}").status_code == 404


def test_regions_bind_what_names_its_region(house: House) -> None:
    cn, eu, free = bound(house, *EVERYBODY, regions=["CN"]), bound(house, *EVERYBODY, regions=["EU"]), bound(house, *EVERYBODY)
    body = _needed(house, "adverse_event") | {"jurisdiction": "CN"}
    made = ok(cn.post(f"{API}/entities/adverse_event", json=body), 201)["item"]
    path = f"{API}/entities/adverse_event/{made['_id']}"
    assert (cn.get(path).status_code, eu.get(path).status_code, free.get(path).status_code) == (200, 404, 200)
    refused = cn.post(f"{API}/entities/adverse_event", json=body | {"jurisdiction": "EU"})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (403, "forbidden"), refused.text
    tag = cn.get(path).headers["etag"]
    moved = cn.put(path, json={k: v for k, v in made.items() if not k.startswith("_")} | {"jurisdiction": "EU"}, headers={"If-Match": tag})
    assert moved.status_code == 403
    assert cn.get(path).headers["etag"] == tag
    whoami = ok(cn.get(f"{API}/session"))
    assert whoami["regions"] == ["CN"]


@pytest.mark.parametrize("words", [{"plants": ("A",)}, {"organisations": ["T1"]}, {"regions": ["CN"]}])
def test_what_looks_over_everything_is_not_for_those_who_see_a_part(house: House, words: dict[str, Any]) -> None:
    client = bound(house, "auditor", "doc", "privacy_officer", **words)
    for path in ("/audit", "/trace?item=a&lot=b", "/retention/destructions"):
        assert client.get(API + path).status_code == 403, path
    for action in ("find", "export", "erase"):
        answer = client.post(f"{API}/privacy/{action}", json={"values": ["13800138000"], "reason": "来函"})
        assert (answer.status_code, "keeping.crosses_plants" in answer.text) == (403, True)


def test_tokens_reach_as_far_as_their_owner(world: World) -> None:
    made = ok(world.a.post(f"{API}/tokens", json={"name": "erp", "scopes": ["entities:read"]}), 201)
    client = TestClient(world.house.app, headers={"Authorization": f"Bearer {made['token']}"})
    assert client.get(world.path).status_code == 404


def test_an_existing_database_is_secured_when_it_is_opened(world: World) -> None:
    """Asked in plain SQL as the role, the tables of a running installation tell of one's own plant only, and of nothing unasked."""
    with world.house.installation.store.transaction() as tx:
        tables = set(tx.execute(text("select tablename from pg_tables where schemaname = 'native'")).scalars())
        assert tables == set(tx.execute(text("select tablename from pg_policies where schemaname = 'native'")).scalars())
        count_ = text("select count(*) from native.complaint where id = :id")
        tx.execute(text(f"set local role {ROLE}"))
        assert tx.execute(count_, {"id": world.item["_id"]}).scalar_one() == 0, "nobody said who asks"
        for plant, found in (("A", 0), ("B", 1)):
            for name, value in (("plants", f"{{{plant}}}"), ("organisations", "{}"), ("regions", "{}")):
                tx.execute(text("select set_config(:name, :value, true)"), {"name": f"medthread.{name}", "value": value})
            assert tx.execute(count_, {"id": world.item["_id"]}).scalar_one() == found
        tx.rollback()


def test_people_see_where_they_are_bound(house: House) -> None:
    admin = house.make(f"reach{next(NUMBERS)}", "security_admin")
    name = f"reach{next(NUMBERS)}"
    house.make(name, "qa")
    tag = admin.get(f"{API}/accounts/{name}").headers["etag"]
    wanted = {"plants": ["SZ"], "organisations": ["T"], "regions": ["CN"], "reason": "调岗"}
    assert admin.put(f"{API}/accounts/{name}/rights", json=wanted, headers={"If-Match": tag}).status_code == 204
    said = ok(admin.get(f"{API}/accounts/{name}"))
    assert (said["plants"], said["organisations"], said["regions"]) == (["SZ"], ["T"], ["CN"])
