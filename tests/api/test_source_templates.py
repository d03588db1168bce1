"""A source made from a template: seen before, written once, probed, and taken in."""

from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient
from sqlalchemy import select

from medthread.api.server import create_app
from medthread.model.errors import DeclarationError
from medthread.model.template import read_template
from medthread.stores.postgres.tables import audit_event
from tests.api.conftest import House
from tests.conftest import Opening
from tests.scenarios import company

API = "/api/v1"
KINGDEE = {"name": "kd", "org": "T", "owner": "it"}


def test_a_source_is_made_from_a_template_and_taken_in(tmp_path: Path, open_beside: Opening) -> None:
    home = company.found(tmp_path / "c")
    with open_beside(home) as opened, opened.services(None) as services:
        house = House(opened, create_app(services))
        for name, roles in (("engineer", ("data_engineer",)), ("reader", ("buyer",))):
            house.make(name, *roles)
        engineer, reader = (_client(house, n) for n in ("engineer", "reader"))
        [found] = [t for t in engineer.get(f"{API}/source-templates").json()["items"] if t["name"] == "kingdee_k3cloud"]
        assert found["traps"]
        assert {t["name"]: t["entities"] for t in found["tables"]}["supplier"] == ["supplier"]

        # What would be written is seen before; only who may change mappings writes it, and only once.
        at = f"{API}/source-templates/kingdee_k3cloud"
        seen = engineer.post(f"{at}/preview", json={**KINGDEE, "tables": ["supplier"]}).json()
        assert list(yaml.safe_load(seen["text"])["tables"]) == ["supplier"]
        assert reader.post(f"{at}/sources", json=KINGDEE).status_code == 403
        assert engineer.post(f"{at}/sources", json={**KINGDEE, "tables": ["supplier"]}).json() == {"source": "kd", "file": "kd.yaml", "proposal": None}
        assert (home / "sources" / "kd.yaml").read_text(encoding="utf-8") == seen["text"]
        assert engineer.post(f"{at}/sources", json=KINGDEE).status_code == 409
        for bad in ({"tables": ["nothing"]}, {"url": "postgresql://x@y/z"}, {"name": "../up"}):
            assert engineer.post(f"{at}/preview", json={**KINGDEE, **bad}).status_code == 422, bad
        assert engineer.post(f"{API}/source-templates/nobody/preview", json=KINGDEE).status_code == 404

        # It is a source at once: a delivery is probed and taken in.
        company.write(home / "inbox" / "kd" / "supplier_1.csv", "FNUMBER,FNAME,FSHORTNAME,FSOCIALCRECODE,FADDRESS,FBANKCODE,FFORBIDSTATUS", [("K1", "无锡明德塑料有限公司", "明德", "", "", "622200", "A")])
        [probed] = engineer.post(f"{API}/sources/kd/probe").json()["tables"]
        assert (probed["fits"], probed["missing"], probed["new"]) == (True, [], [])
        company.run(opened)
        assert [i["code"] for i in engineer.get(f"{API}/entities/supplier", params={"q": "K1"}).json()["items"]] == ["K1"]
        with opened.store.transaction() as tx:
            acts = tx.execute(select(audit_event.c.actor, audit_event.c.outcome).where(audit_event.c.action == "source.make")).all()
        assert sorted(tuple(a) for a in acts) == [("engineer", "done"), ("engineer", "refused")]


def _client(house: House, name: str) -> TestClient:
    found = house.browser()
    assert house.enter(found, name).status_code == 200
    return found


@pytest.mark.parametrize(("text", "says"), [
    ("- a list", "is no template"),
    ("name: other\nzh: 甲\nen: A\nkind: erp\ntables: {lot: {zh: 批, en: Lots, entity: lot}}", "names the template 'other'"),
    ("name: x\nzh: 甲\nen: A\nkind: erp\ntables: {lot: {zh: 批, en: Lots, entity: lot, query: select 1}}", "a sheet has an entity alone"),
    ("name: x\nzh: 甲\nen: A\nkind: erp\ntables: {lot: {zh: 批, en: Lots, query: select 1 as a, feeds: [{entity: lot, fields: {item: a}}], case: {given: {}, expect: {}}}}", "in no dialect"),
    ("name: x\nzh: 甲\nen: A\nkind: cloud\ntables: {lot: {zh: 批, en: Lots, entity: lot}}", "kind"),
])
def test_a_template_that_cannot_stand_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=says):
        read_template(path)
