"""Weights and lines of matching are changed on trial first, and asked for with their effect; another person brings them into force, and they are taken back like any decision."""

from typing import Any

from tests.api.conftest import House
from tests.api.test_stewardship import API, client, codes, golden, ok, rerun
from tests.api.test_stewardship import works as works  # noqa: PLC0414 - the same company

MATCHING = f"{API}/stewardship/supplier/matching"


def numbers(desk: Any) -> dict[str, tuple[float, float]]:
    """Each number as it is in force, and as it is declared."""
    said = ok(desk.get(MATCHING))
    every = [*said["lines"], *(c for r in said["respects"] for c in r["cases"])]
    return {n["name"]: (n["value"], n["declared"]) for n in every}


def test_a_lower_line_is_tried_asked_for_approved_and_taken_back(works: House) -> None:
    desk, second = client(works), client(works, "second")
    assert (numbers(desk)["auto"], numbers(desk)["name.1"]) == ((38.0, 38.0), (30.0, 30.0))
    a1, a3 = golden(desk, "A1"), golden(desk, "A3")
    parting = ok(desk.post(f"{MATCHING}/simulation", json={"name.0": 20, "city.0": 0, "trade.0": 0}))
    assert (golden(desk, "B1") in {p["golden"] for p in parting["partings"]}, parting["parted"] >= 1) == (True, True)
    tried = ok(desk.post(f"{MATCHING}/simulation", json={"auto": 30}))
    assert (tried["values"], tried["merged"], tried["parted"], tried["moved"]) == ({"auto": 30.0}, 1, 0, 1)
    assert (tried["golden"], tried["pairs"]) == ([4, 3], [1, 0])
    assert [(m["into"], m["golden"]) for m in tried["merges"]] == [(a1, [a3])]
    assert tried["impact"]["by"] == {"receipt": 7}
    assert tried["names"][a3] == "华阳"
    assert ok(desk.get(f"{API}/stewardship/decisions"))["items"] == []
    assert client(works, "reader").post(f"{MATCHING}/simulation", json={"auto": 30}).status_code == 403
    assert desk.post(f"{MATCHING}/simulation", json={"auto": 10}).status_code == 422
    said = ok(desk.post(MATCHING, json={"values": {"auto": 30}, "reason": "短名可信"}), 201)
    assert said["status"] == "asked"
    assert desk.post(MATCHING, json={"values": {"auto": 31}, "reason": "再来一次"}).status_code == 409
    (asked,) = ok(second.get(f"{API}/stewardship/decisions", params={"status": "asked"}))["items"]
    assert (asked["kind"], asked["golden"], asked["impact"]["effect"]["merged"]) == ("setting", [], 1)
    assert [(s["label"]["en"], s["value"]) for s in asked["stated"]] == [("line for matching by itself", "30")]
    approval = f"{API}/stewardship/decisions/{said['id']}/approval"
    assert desk.post(approval, json={"grant": True, "reason": "我自己批"}).status_code == 403
    ok(second.post(approval, json={"grant": True, "reason": "已核对"}))
    rerun(works)
    assert codes(desk, golden(desk, "A1")) == {"A1", "A2", "A3"}
    assert numbers(desk)["auto"] == (30.0, 38.0)
    ok(second.post(f"{API}/stewardship/decisions/{said['id']}/end", json={"reason": "误合并"}), 403)
    works.make("chief", "steward")
    ok(client(works, "chief").post(f"{API}/stewardship/decisions/{said['id']}/end", json={"reason": "误合并"}))
    rerun(works)
    assert (golden(desk, "A1"), golden(desk, "A3")) == (a1, a3)
