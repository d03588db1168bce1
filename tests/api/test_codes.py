"""Words of sources that nobody knows: their rows wait, a person says what they mean and another approves, the rows come in."""

from collections.abc import Iterator
from typing import Any

import pytest

from medthread.api.server import create_app
from tests.api.conftest import House
from tests.api.test_stewardship import API, client, ok, rerun
from tests.conftest import Opening
from tests.scenarios import company

ITEMS: list[tuple[object, ...]] = [("X1", "钛板", "个"), ("X2", "钛钉", "PCE"), ("X3", "钛粉", "公斤/袋"), ("X4", "垫片", "PCE"), ("X5", "胶", "千克")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = tmp_path_factory.mktemp("codes") / "c"
    company.found(home)
    mapping = home / "sources" / "erp.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("{code: code, name: name}}", "{code: code, name: name, base_uom: {from: uom, codes: {个: pcs}}}}"), encoding="utf-8")
    for old in home.glob("inbox/*.csv"):
        old.unlink()
    company.write(home / "inbox" / "item.csv", "code,name,uom", ITEMS)
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        made = House(opened, create_app(services))
        for name, roles in (("keeper", ("steward",)), ("second", ("quality",))):
            made.make(name, *roles)
        yield made


def word(house: House, theirs: str) -> dict[str, Any] | None:
    items = ok(client(house).get(f"{API}/code-crosswalk/unknown"))["items"]
    return next((i for i in items if i["theirs"] == theirs), None)


def say(house: House, theirs: str, means: str | None, status: int = 201) -> Any:
    change = {"kind": "code", "subject": f"code:erp/item.base_uom/{theirs}", "content": {"means": means}}
    return ok(client(house).post(f"{API}/definition-changes", json={"changes": [change], "reason": "与仓库核对"}), status)


def approve(house: House, proposal: str) -> None:
    ok(client(house, "second").post(f"{API}/definition-changes/{proposal}/decision", json={"approve": True, "reason": "同意"}))


def again(house: House, theirs: str, status: int = 201) -> Any:
    body = {"source": "erp", "entity": "item", "field": "base_uom", "theirs": theirs, "reason": "含义已批准"}
    return ok(client(house).post(f"{API}/code-crosswalk/again", json=body), status)


def units(house: House) -> dict[str, str | None]:
    snapshot = company.LakeReader(house.installation.releases).current()
    return {r["code"]: r["base_uom"] for r in snapshot.query(f"select code, base_uom from {snapshot.relation('golden.item')}")}


def test_a_word_that_nobody_knows_waits_until_its_meaning_is_approved_and_its_rows_come_in(house: House) -> None:
    assert units(house) == {"X1": "pcs"}
    assert word(house, "PCE") == {
        "source": "erp", "entity": "item", "field": "base_uom", "theirs": "PCE", "rows": 2, "likely": None, "why": None, "said": False, "ours": None}
    kilo = word(house, "千克") or {}
    assert (kilo["likely"], kilo["why"]) == ("kg", "name")
    again(house, "PCE", 409)
    proposal = say(house, "PCE", "pcs")["proposal"]
    refused = client(house).post(f"{API}/definition-changes/{proposal}/decision", json={"approve": True, "reason": "同意"})
    assert refused.status_code == 403  # who proposes does not approve
    assert not (word(house, "PCE") or {"said": True})["said"]
    approve(house, proposal)
    known = word(house, "PCE") or {}
    assert (known["said"], known["ours"], known["rows"]) == (True, "pcs", 2)
    assert again(house, "PCE")["rows"] == 2
    again(house, "PCE", 404)
    rerun(house)
    assert units(house) == {"X1": "pcs", "X2": "pcs", "X4": "pcs"}
    assert word(house, "PCE") is None
    (listed,) = [i for i in ok(client(house).get(f"{API}/code-crosswalk", params={"source": "erp", "field": "base_uom"}))["items"] if i["theirs"] == "PCE"]
    assert (listed["ours"], listed["by"], listed["approved_by"]) == ("pcs", "company", "second")


def test_a_word_may_hold_any_sign_and_mean_nothing_and_what_comes_later_is_read_by_it(house: House) -> None:
    approve(house, say(house, "公斤/袋", None)["proposal"])
    company.write(house.installation.workspace.home / "inbox" / "item2.csv", "code,name,uom", [("X6", "钛粉二", "公斤/袋"), ("X7", "钛粉三", "个")])
    rerun(house)
    assert {c: u for c, u in units(house).items() if c in ("X6", "X7")} == {"X6": None, "X7": "pcs"}


@pytest.mark.parametrize(("subject", "content"), [
    ("code:erp/item.base_uom/箱", {"means": "carton"}), ("code:erp/item.name/箱", {"means": "box"}), ("code:crm/item.base_uom/箱", {"means": "box"}),
    ("code:erp/item.base_uom/", {"means": "box"}), ("item.base_uom", {"means": "box"}), ("code:erp/item.base_uom/箱", {"meaning": "box"}),
])
def test_what_cannot_be_said_of_a_code_is_refused_with_what_to_do(house: House, subject: str, content: dict[str, str]) -> None:
    answer = client(house).post(f"{API}/definition-changes", json={"changes": [{"kind": "code", "subject": subject, "content": content}], "reason": "试试"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["hint"]
