"""Head offices and groups over HTTP: what names tell is shown, a steward says more, whoever takes masters over is told."""

from collections.abc import Iterator

import pytest

from medthread.api.server import create_app
from tests.api.conftest import House
from tests.api.test_stewardship import API, client, golden, ok, rerun
from tests.conftest import Opening
from tests.scenarios import company, firms

FIRMS: list[tuple[object, ...]] = [
    ("H1", "上海康联医疗器械有限公司", "", "上海", ""), ("H2", "上海康联医疗器械有限公司苏州分公司", "", "苏州", ""),
    ("G1", "宁波华阳集团有限公司", "", "宁波", ""), ("G2", "苏州华阳包装有限公司", "", "苏州", ""), ("A1", "无锡新来材料有限公司", "", "无锡", ""),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = firms.found(tmp_path_factory.mktemp("hierarchy") / "c", firms=FIRMS)
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        made = House(opened, create_app(services))
        for name, roles in (("keeper", ("steward",)), ("second", ("quality",)), ("reader", ("buyer",))):
            made.make(name, *roles)
        yield made


def test_what_stands_above_and_below_is_told_by_names_and_by_stewards(house: House) -> None:
    desk = client(house)
    head, branch, group, member, other = (golden(desk, c) for c in ("H1", "H2", "G1", "G2", "A1"))
    assert [k["kind"] for k in ok(desk.get(f"{API}/masters/supplier/links"))["kinds"]] == ["branch", "group"]
    (asked,) = ok(desk.get(f"{API}/masters/supplier/links"))["items"]
    assert (asked["child"], asked["parent"], asked["kind"]) == (member, group, "group")
    assert ok(desk.get(f"{API}/masters/supplier/links", params={"q": "康联"}))["total"] == 0
    (above,) = ok(desk.get(f"{API}/masters/supplier/{branch}/hierarchy"))["up"]
    assert (above["golden_id"], above["kind"], above["tier"], above["name"]) == (head, "branch", "name", "上海康联医疗器械有限公司")

    def say(child: str, parent: str | None, status: int = 201, **link: str) -> dict[str, object]:
        body = {"kind": "link", "golden": [child], "link": {"kind": "group", "parent": parent, **link}, "reason": "见股权证明"}
        return ok(desk.post(f"{API}/stewardship/supplier/decisions", json=body), status)

    assert say(member, group)["status"] == "in_force"
    say(head, group, **{"from": "2020-01-01"})
    dated = say(other, group, **{"from": "2020-01-01", "until": "2021-01-01"})
    rerun(house)
    assert ok(desk.get(f"{API}/masters/supplier/links"))["items"] == []
    below = ok(desk.get(f"{API}/masters/supplier/{group}/hierarchy"))["down"]
    assert [(b["golden_id"], b["depth"], b["kind"]) for b in below] == [(head, 1, "group"), (member, 1, "group"), (branch, 2, "branch")]
    past = ok(desk.get(f"{API}/masters/supplier/{group}/hierarchy", params={"on": "2020-06-01"}))["down"]
    assert {b["golden_id"] for b in past} == {head, member, branch, other}
    told = [(c["golden_id"], c["kind"], c["field"], c["after"]) for c in ok(desk.get(f"{API}/masters/supplier/changes"))["items"] if c["kind"] == "linked"]
    assert told[0] == (branch, "linked", "branch", head)
    assert (member, "linked", "group", group) in told
    assert say(group, branch, 409)["hint"]  # what stands under it cannot stand above it
    (said,) = ok(desk.get(f"{API}/stewardship/decisions", params={"golden": other}))["items"]
    assert [(v["field"], v["value"]) for v in said["stated"]] == [("parent", "宁波华阳集团有限公司"), ("from", "2020-01-01"), ("until", "2021-01-01")]
    ok(desk.post(f"{API}/stewardship/decisions/{dated['id']}/end", json={"reason": "记错了"}))
    rerun(house)
    last = ok(desk.get(f"{API}/masters/supplier/changes"))["items"][-1]
    assert (last["golden_id"], last["kind"], last["before"]) == (other, "unlinked", group)


@pytest.mark.parametrize(("link", "status"), [
    ({"kind": "marriage", "parent": "H1"}, 422), ({"kind": "group", "parent": "itself"}, 422), ({"kind": "group", "parent": "SUP-nobody"}, 404),
    ({"kind": "group", "parent": "G1", "from": "2026-01-02", "until": "2026-01-02"}, 422), (None, 422),
])
def test_a_link_that_cannot_be_is_refused_with_what_to_do(house: House, link: dict[str, str] | None, status: int) -> None:
    desk = client(house)
    child = golden(desk, "A1")
    named = link and {**link, "parent": {"itself": child, "H1": golden(desk, "H1"), "G1": golden(desk, "G1")}.get(link["parent"], link["parent"])}
    answer = desk.post(f"{API}/stewardship/supplier/preview", json={"kind": "link", "golden": [child], **({"link": named} if named else {})})
    assert answer.status_code == status, answer.text
    assert answer.json()["hint"]


def test_readers_see_links_and_decide_nothing(house: House) -> None:
    reader = client(house, "reader")
    id_ = golden(reader, "H2")
    assert ok(reader.get(f"{API}/masters/supplier/{id_}/hierarchy"))["up"]
    body = {"kind": "link", "golden": [id_], "link": {"kind": "group", "parent": None}, "reason": "试试"}
    assert reader.post(f"{API}/stewardship/supplier/decisions", json=body).status_code == 403
