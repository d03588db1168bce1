"""What came from source systems is shared by the same rules: golden records side by side, held rows, corrections, trace answers, exports."""

import re
from dataclasses import dataclass, replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from medthread.api.identity import whoever
from medthread.api.server import create_app
from medthread.api.services import Services
from medthread.model.sharing import Data, Effect, Origins, Places, Recipients, SharingRule, ShippedRule
from medthread.trust.access import Actor
from medthread.trust.seal import mask_partial
from medthread.trust.sharing import Sharing
from tests.api.conftest import SignIn

API = "/api/v1"
ABROAD = Recipients(outside=("CN",))
AT_HOME = Origins(regions=("CN",))
NAMES = SharingRule(name="customers_stay", zh="客户名称不出境", en="names of customers stay", effect=Effect.REFUSE, clause="own rule 1", to=ABROAD, from_=AT_HOME,
                    data=Data(entities=("customer",), fields=("name",)))
LOTS = replace(NAMES, name="lots_stay", zh="批次不出境", en="lots stay", data=Data(entities=("lot",)))


@dataclass(frozen=True)
class Outlet:
    """The demo company with all its sources in China and a system in the EU that asks."""

    app: FastAPI

    def ask(self, path: str, *, home: bool = False) -> Response:
        actor = Actor("steward", "S", ("steward", "qa_mgr"), **({"session": "s"} if home else {"token": "t", "system": "portal", "scopes": frozenset(self.scopes)}))
        self.app.dependency_overrides[whoever] = lambda: actor
        return TestClient(self.app).get(API + path)

    @property
    def scopes(self) -> list[str]:
        services: Services = self.app.state.services
        return list(services.access.actions)


def outlet(services: Services, *own: SharingRule) -> Outlet:
    places = Places(organisations={s.org: "CN" for s in services.sources}, systems={"portal": "EU"})
    sharing = Sharing((*own, *ShippedRule.all().values()), places)
    return Outlet(create_app(replace(services, workflow=replace(services.workflow, sharing=sharing))))


@pytest.fixture
def services(sign_in: SignIn) -> Services:
    found: Services = sign_in("steward").app.state.services  # type: ignore[attr-defined]
    return found


@pytest.fixture
def by_law(services: Services) -> Outlet:
    return outlet(services)


def persons(out: Outlet) -> set[str]:
    """Personal values of customers and suppliers, in clear and as their masks."""
    clear = {i[f] for e in ("customer", "supplier") for i in out.ask(f"/entities/{e}?limit=500", home=True).json()["items"] for f in ("phone", "contact") if i.get(f)}
    assert len(clear) > 20
    assert not any("*" in v for v in clear)
    return {v for v in clear if len(v) > 3} | {m for v in clear if len(v) > 3 and (m := mask_partial(v)) and re.search(r"\w\w", m)}


def test_personal_data_of_sources_stay(by_law: Outlet) -> None:
    secret = persons(by_law)
    first = by_law.ask("/entities/customer?limit=1", home=True).json()["items"][0]["_id"]
    golden = by_law.ask("/masters/customer?limit=1", home=True).json()["items"][0]["golden_id"]
    paths = ["/entities/customer?limit=500", "/entities/supplier?limit=500", "/entities/customer.csv", "/entities/supplier.csv", f"/entities/customer/{first}",
             "/masters/customer?limit=200", f"/masters/customer/{golden}", "/quarantine?limit=500", "/quarantine.csv", "/corrections?limit=500"]
    for path in paths:
        answer = by_law.ask(path)
        assert answer.status_code == 200, (path, answer.text)
        assert {v for v in secret if v in answer.text} == set(), path
    told = by_law.ask(f"/masters/customer/{golden}").json()
    assert told["sharing"][0]["rule"] == "cn_personal_information"
    assert told["records"][0]["_withheld"]["phone"] == "cn_personal_information"
    held = by_law.ask("/quarantine?entity=customer&limit=500").json()["items"] + by_law.ask("/quarantine?entity=supplier&limit=500").json()["items"]
    assert held
    assert {str(h["raw"]) for h in held} == {"{'': '***'}"}


def test_a_name_that_stays_is_nowhere_in_a_trace(services: Services) -> None:
    out = outlet(services, NAMES)
    lots = out.ask("/entities/lot?limit=200", home=True).json()["items"]
    for lot in lots:
        path = f"/trace?item={lot['item__code']}&lot={lot['lot_no']}"
        home = out.ask(path, home=True)
        if home.status_code == 200 and home.json()["customers"]:
            break
    names = {c["name"] for c in home.json()["customers"] if c["name"]}
    assert names
    away, exported = out.ask(path), out.ask(path.replace("/trace?", "/trace.csv?"))
    assert away.status_code == exported.status_code == 200
    assert {n for n in names if n in away.text or n in exported.text} == set()
    assert away.json()["units_total"] == home.json()["units_total"], "how many there are is told"
    assert away.json()["sharing"][0]["rule"] == "customers_stay"
    found = out.ask("/masters/customer?limit=200").json()["items"]
    assert {i["name"] for i in found} == {"***"}


def test_records_that_stay_are_counted_and_their_trace_is_refused(services: Services) -> None:
    out = outlet(services, LOTS)
    home = out.ask("/entities/lot?limit=1", home=True).json()
    page = out.ask("/entities/lot").json()
    assert (page["items"], page["total"]) == ([], 0)
    assert [(r["rule"], r["records"]) for r in page["sharing"]] == [("lots_stay", home["total"])]
    lot = home["items"][0]
    one = out.ask(f"/entities/lot/{lot['_id']}")
    assert (one.status_code, one.json()["type"], one.json()["because"][0]["detail"]) == (403, "/problems/not-shared", "own rule 1")
    refused = out.ask(f"/trace?item={lot['item__code']}&lot={lot['lot_no']}")
    assert (refused.status_code, refused.json()["because"][0]["guard"]) == (403, "lots_stay")
    assert out.ask(f"/trace/suggest?q={lot['lot_no'][:3]}").json()["items"] == []


def test_a_number_that_stays_is_neither_shown_nor_ordered_by(services: Services) -> None:
    field = next(n for n, f in services.registry["lot"].fields.items() if f.kind.value == "decimal")
    out = outlet(services, replace(NAMES, name="quantities_stay", data=Data(entities=("lot",), fields=(field,))))
    home = out.ask(f"/entities/lot?sort=-{field}&limit=5", home=True).json()["items"]
    away = out.ask(f"/entities/lot?sort=-{field}&limit=5").json()["items"]
    assert any(i[field] is not None for i in home)
    assert [i[field] for i in away] == [None] * len(away)
    assert away[0]["_withheld"] == {field: "quantities_stay"}
    assert out.ask(f"/entities/lot?filter={field}:gt:0").json()["total"] == 0
