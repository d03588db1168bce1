"""Stories of critical values: a shelf life that a source changes waits for a person, one that a person puts in waits for another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from medthread.trust.accounts import create_account
from tests.conftest import Opening
from tests.scenarios import company
from tests.scenarios.test_held_rows import API, PASSWORD, Desk, at_desk

APPROVAL = "item.shelf_life_days.approval"
MAPPED = "fields: {code: code, name: name, shelf_life_days: life}"


class House(Desk):
    """Two stewards at one desk, and a source that sends all its items each day."""

    second: TestClient

    def items(self, name: str, **lives: object) -> None:
        company.write(self.home / "inbox" / f"item_{name}.csv", "code,name,life", [(code, f"零件{code}", life) for code, life in lives.items()])
        self.run()

    def life(self, code: str) -> int | None:
        found = self.get("/entities/item", limit=100)["items"]
        return next(i["shelf_life_days"] for i in found if i["code"] == code)

    def waiting(self) -> dict[str, str]:
        """Keys of what waits for an approval, with its id."""
        return {h["key"].partition("|")[2]: h["id"] for h in self.held() if [r["id"] for r in h["rules"]] == [APPROVAL]}

    def approve(self, *ids: str, by: TestClient | None = None) -> int:
        said = {"ids": list(ids), "kind": "approved", "reason": "变更单 ECN-7"}
        return (by or self.client).post(f"{API}/quarantine/decisions", json=said).status_code


@contextmanager
def house(home: Path, open_beside: Opening) -> Iterator[House]:
    company.found(home)
    mapping = home / "sources" / "erp.yaml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("fields: {code: code, name: name}}", f"{MAPPED}}}"), encoding="utf-8")
    company.write(home / "inbox" / "item.csv", "code,name,life", [(f"M{n}", f"零件M{n}", 365) for n in range(30)])
    with at_desk(home, open_beside, founded=True) as desk:
        with desk.installation.store.transaction() as tx:
            create_account(tx, name="zhao", printed_name="赵", password=PASSWORD, roles=("steward",), plants=(), by="test")
        made = House(desk.installation, desk.client, home)
        made.second = TestClient(desk.client.app, headers={"X-Requested-With": "medthread"})
        assert made.second.post(f"{API}/session", json={"username": "zhao", "password": PASSWORD}).status_code == 200
        yield made


def test_a_value_that_a_source_changes_waits_until_a_person_approved_it(tmp_path: Path, open_beside: Opening) -> None:
    with house(tmp_path / "c", open_beside) as desk:
        desk.items("2", M1=3650, M2=365)
        held = desk.waiting()
        assert (list(held), desk.life("M1"), desk.life("M2")) == (["M1"], 365, 365)
        [told] = [h for h in desk.held() if h["id"] == held["M1"]]
        assert [(s["field"], s["value"], s["columns"]) for s in told["stood"]] == [("shelf_life_days", "365", ["life"])]
        assert desk.post("/quarantine/trials", ids=[held["M1"]])["passing"] == 0  # trying it again does not help

        # The whole extract of the next day says the same: one row waits, not two.
        desk.items("3", M1=3650, M2=365, M3=365)
        assert list(desk.waiting()) == ["M1"]

        # Approved, and in the same run the source sends it once more with another name: nothing is asked twice.
        assert desk.approve(desk.waiting()["M1"]) == 201
        company.write(desk.home / "inbox" / "item_4.csv", "code,name,life", [("M1", "零件 M1 新名", 3650)])
        desk.run()
        assert (desk.waiting(), desk.life("M1")) == ({}, 3650)
        desk.items("5", M1=3650)
        assert desk.waiting() == {}


def test_what_was_approved_once_is_asked_again_when_it_was_changed_back(tmp_path: Path, open_beside: Opening) -> None:
    with house(tmp_path / "c", open_beside) as desk:
        for day, life in enumerate((3650, 365, 3650)):
            desk.items(f"a{day}", M1=life, **{f"M{day + 5}": 365})  # no file as a whole comes twice
            [waits] = desk.waiting().values()
            assert desk.approve(waits) == 201
            desk.run()
            assert (desk.waiting(), desk.life("M1")) == ({}, life)
        # An empty value is a change too, and the row that comes right again ends the waiting.
        desk.items("b", M1="")
        assert (list(desk.waiting()), desk.life("M1")) == (["M1"], 3650)
        desk.items("c", M1=3650)
        assert desk.waiting() == {}


def test_who_puts_a_value_in_does_not_approve_it(tmp_path: Path, open_beside: Opening) -> None:
    with house(tmp_path / "c", open_beside) as desk:
        desk.items("2", M1="soon", M2=9)
        [row] = [h["id"] for h in desk.held() if h["key"].endswith("|M1")]
        # A row with something else wrong is corrected first; one that brings no critical value is not approved at all.
        assert desk.approve(row) == 422
        desk.decide(ids=[row], values={"life": "400"})
        desk.run()
        waits = desk.waiting()
        assert (sorted(waits), desk.life("M1")) == (["M1", "M2"], 365)
        assert desk.approve(waits["M1"]) == 403
        assert desk.approve(waits["M1"], waits["M2"]) == 403
        assert desk.approve(waits["M2"]) == 201
        assert desk.approve(waits["M1"], by=desk.second) == 201
        desk.run()
        assert (desk.waiting(), desk.life("M1"), desk.life("M2")) == ({}, 400, 9)

        # What the source still sends is corrected by itself, to a value that stands by now.
        desk.items("3", M1="soon")
        assert (desk.waiting(), desk.life("M1")) == ({}, 400)
        desk.items("4", M1=-5)
        [row] = [h["id"] for h in desk.held() if h["key"].endswith("|M1")]
        assert desk.approve(row) == 409
