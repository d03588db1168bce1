"""Golden records are cut by their reader's reach as the lists of the same entity are: rows, counts, records of sources, conflicts, edges."""

from collections.abc import Callable
from itertools import count

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from medthread.app import Installation
from medthread.stores.postgres.tables import account
from medthread.trust.accounts import create_account
from tests.api.conftest import PASSWORD

API = "/api/v1"
NUMBERS = count(1)
Bound = Callable[..., TestClient]


@pytest.fixture
def bound(installation: Installation, sign_in: Callable[[str], TestClient]) -> Bound:
    def person(role: str, **reach: list[str]) -> TestClient:
        name = f"masters{next(NUMBERS)}"
        with installation.store.transaction() as tx:
            create_account(tx, name=name, printed_name=name, password=PASSWORD, roles=(role,), by="test")
            tx.execute(update(account).where(account.c.name == name).values(**reach))
        return sign_in(name)

    return person


@pytest.mark.parametrize("entity", ["customer", "supplier", "item"])
def test_masters_of_another_organisation_are_not_there(bound: Bound, steward: TestClient, entity: str) -> None:
    away = bound("quality", organisations=["OTHER"])
    golden = steward.get(f"{API}/masters/{entity}?limit=1").json()["items"][0]["golden_id"]
    assert away.get(f"{API}/entities/{entity}").json()["total"] == away.get(f"{API}/masters/{entity}").json()["total"] == 0
    assert away.get(f"{API}/masters/{entity}/{golden}").status_code == 404


@pytest.mark.parametrize("entity", ["customer", "supplier", "item"])
def test_whoever_is_bound_to_nothing_sees_all(steward: TestClient, entity: str) -> None:
    assert steward.get(f"{API}/entities/{entity}").json()["total"] == steward.get(f"{API}/masters/{entity}").json()["total"] > 0


def test_of_a_golden_record_only_what_comes_from_sources_within_reach_is_told(bound: Bound, steward: TestClient, installation: Installation) -> None:
    plants = sorted({s.plant for s in installation.sources if s.plant})
    assert plants
    near = bound("quality", plants=["NOWHERE"])  # sees the sources of no plant alone
    for entity in ("customer", "supplier", "item"):
        for listed in near.get(f"{API}/masters/{entity}?limit=200").json()["items"]:
            told = near.get(f"{API}/masters/{entity}/{listed['golden_id']}").json()
            seen = {r["record_id"] for r in told["records"]}
            assert listed["records"] == len(seen)
            assert listed["conflicts"] == len(told["conflicts"])
            assert set(listed["sources"]) == {r["source"] for r in told["records"]}
            assert {v["record_id"] for c in told["conflicts"] for v in c["values"]} <= seen
            assert {end for e in told["edges"] for end in (e["a"], e["b"])} <= seen


def test_links_lead_to_golden_records_within_reach_alone(bound: Bound, steward: TestClient) -> None:
    near, away = bound("quality", plants=["NOWHERE"]), bound("quality", organisations=["OTHER"])
    seen = {i["golden_id"] for i in near.get(f"{API}/masters/supplier?limit=200").json()["items"]}
    every = [i["golden_id"] for i in steward.get(f"{API}/masters/supplier?limit=200").json()["items"]]
    linked = next(g for g in every if steward.get(f"{API}/masters/supplier/{g}/hierarchy").json()["up"])  # branches of the demo
    assert away.get(f"{API}/masters/supplier/{linked}/hierarchy").status_code == 404
    assert away.get(f"{API}/masters/supplier/links").json()["total"] == 0
    for golden in [g for g in every if g in seen][:40]:
        told = near.get(f"{API}/masters/supplier/{golden}/hierarchy").json()
        assert {n["golden_id"] for n in (*told["up"], *told["down"])} <= seen
    assert {g for i in near.get(f"{API}/masters/supplier/links").json()["items"] for g in (i["child"], i["parent"])} <= seen


def counted(client: TestClient, entity: str) -> dict[str, int]:
    return next(i for i in client.get(f"{API}/masters").json()["items"] if i["entity"] == entity)


@pytest.mark.parametrize("entity", ["customer", "supplier", "item"])
def test_totals_count_what_the_reader_sees(bound: Bound, steward: TestClient, installation: Installation, entity: str) -> None:
    rows = {name: installation.releases.current().tables[f"golden.{entity}{name}"].rows for name in ("", "_xref", "_conflict")}  # type: ignore[union-attr]
    every = counted(steward, entity)
    assert (every["golden"], every["records"], every["merged"], every["conflicts"]) == (rows[""], rows["_xref"], rows["_xref"] - rows[""], rows["_conflict"])
    away = counted(bound("quality", organisations=["OTHER"]), entity)
    assert (away["golden"], away["records"], away["merged"], away["conflicts"]) == (0, 0, 0, 0)
    near = bound("quality", plants=["NOWHERE"])
    listed = near.get(f"{API}/masters/{entity}?limit=200").json()
    of_near = counted(near, entity)
    assert of_near["golden"] == listed["total"]
    if listed["next"] is None:
        assert (of_near["records"], of_near["conflicts"]) == (sum(i["records"] for i in listed["items"]), sum(i["conflicts"] for i in listed["items"]))


def test_values_above_clearance_stay_out_of_conflicts(installation: Installation, sign_in: Callable[[str], TestClient]) -> None:
    for entity in ("customer", "supplier", "item"):
        fields = installation.registry[entity].fields
        for listed in sign_in("manager").get(f"{API}/masters/{entity}?conflicts=true&limit=50").json()["items"]:
            told = sign_in("manager").get(f"{API}/masters/{entity}/{listed['golden_id']}").json()
            for conflict in told["conflicts"]:
                masked = fields[conflict["field"]].mark.classification > 1
                assert not masked or {v["value"] for v in conflict["values"]} == {"***"}
