"""What governs the data, changed by two persons: rules, mappings, thresholds and periods, each proposed with its effect, approved, in force, taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from medthread.api.server import create_app
from medthread.governance.governed import Files, Trouble
from medthread.governance.governed.force import force_of
from medthread.stores.serving import LakeReader
from tests.api.conftest import HOUSE_PASSWORD, House
from tests.api.test_stewardship import API, ok, rerun
from tests.conftest import Opening
from tests.pipeline.judge import ruled
from tests.pipeline.judge.ruled import rule
from tests.scenarios import company

CHANGES = f"{API}/definition-changes"
FORM = rule("form", {"pattern": "L[0-9]+"}, at="intake", on={"entity": "lot", "field": "lot_no"})
MANY = rule("many", {"holds": "quantity < 1000"})


@cache
def client(house: House, name: str = "keeper") -> TestClient:
    """The browser of somebody, signed in once."""
    found = house.browser()
    assert house.enter(found, name).status_code == 200
    return found


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    home = ruled.found(tmp_path_factory.mktemp("governed") / "c", FORM, MANY)
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n[quality]\ntarget = 90\n[governance]\nsigned = ["mapping"]\n', encoding="utf-8")
    with open_beside(home) as opened, opened.serving(None) as services:
        company.run(opened)
        house = House(opened, create_app(services))
        for name, roles, plants in (("keeper", ("steward",), ()), ("second", ("quality",), ()), ("third", ("qa_mgr", "mr"), ()), ("reader", ("manager",), ())):
            house.make(name, *roles, plants=plants)
        yield house


def change(subject: str, **content: Any) -> dict[str, Any]:
    return {"kind": subject.partition(":")[0], "subject": subject, "content": content or None}


def propose(works: House, *changes: dict[str, Any], status: int = 201, **more: Any) -> Any:
    return ok(client(works).post(CHANGES, json={"changes": list(changes), "reason": "季度复核", **more}, headers={"Accept-Language": "en"}), status)


def approve(works: House, proposal: str, *, who: str = "second", status: int = 200, **more: Any) -> Any:
    body = {"approve": True, "reason": "同意", **more}
    return ok(client(works, who).post(f"{CHANGES}/{proposal}/decision", json=body, headers={"Accept-Language": "en"}), status)


def agreed(works: House, *changes: dict[str, Any], **more: Any) -> str:
    id_ = propose(works, *changes)["proposal"]
    approve(works, id_, **more)
    return str(id_)


def impact(works: House, proposal: str) -> dict[tuple[str, str], tuple[Any, Any]]:
    [found] = ok(client(works, "second").get(f"{CHANGES}/{proposal}/impact"))["items"]
    return {(f["name"], f["of"]): (f["before"], f["after"]) for f in found["figures"]}


def told(works: House, id_: str) -> Any:
    return ok(client(works).get(f"{API}/quality/rules/{id_}"))


def test_a_rule_is_changed_with_its_effect_seen_holds_without_a_restart_and_goes_back_as_one_act(works: House) -> None:
    stricter = {**MANY, "check": {"holds": "quantity < 91"}, "gate": "block"}
    id_ = propose(works, change("quality_rule:many", rule=stricter))["proposal"]
    shown = ok(client(works, "second").get(f"{CHANGES}/{id_}"))
    assert shown["breaking"]
    assert {"-  holds: quantity < 1000", "+  holds: quantity < 91"} <= set(shown["items"][0]["diff"])
    figures = impact(works, id_)
    assert (figures["broken", ""], figures["stops", ""]) == ((0, 10), (False, True))
    before = told(works, "many")
    approve(works, id_, who="keeper", status=403)  # who proposes does not decide
    assert told(works, "many")["version"] == before["version"]
    approve(works, id_)
    after = told(works, "many")
    assert (after["gate"], after["definition"]["check"]) == ("block", {"holds": "quantity < 91"})
    assert after["version"] != before["version"]
    with pytest.raises(Exception, match="stops the release"):
        rerun(works)
    verdict = ruled.verdicts(works.installation)["many"]
    assert (verdict.broken, verdict.version) == (10, after["version"])
    back = ok(client(works).post(f"{CHANGES}/{id_}/undo", json={"reason": "过严"}), 201)["proposal"]
    approve(works, back)
    assert told(works, "many")["definition"]["check"] == {"holds": "quantity < 1000"}
    rerun(works)


def test_rules_of_intake_are_added_and_switched_off_while_the_server_runs(works: House) -> None:
    tall = rule("tall", {"range": {"high": 150}}, at="intake", gate="quarantine", on={"entity": "lot", "field": "quantity"})
    id_ = propose(works, change("quality_rule:tall", text=yaml.safe_dump(tall, allow_unicode=True)), change("quality_rule:form", off=True))["proposal"]
    approve(works, id_)
    names = {r["id"] for r in ok(client(works).get(f"{API}/quality/rules", params={"origin": "workspace"}))["items"]}
    assert "lot.quantity.tall" in names
    assert "lot.lot_no.form" not in names
    ruled.lots(works.installation.workspace.home, "lot2.csv", 200, 2, form="X{}", quantity=151)
    ruled.lots(works.installation.workspace.home, "lot3.csv", 300, 1, form="X{}")
    rerun(works)
    assert ruled.verdicts(works.installation)["lot.quantity.tall"].broken == 3
    undone = ok(client(works).post(f"{CHANGES}/{id_}/undo", json={"reason": "试行结束"}), 201)["proposal"]
    approve(works, undone)
    names = {r["id"] for r in ok(client(works).get(f"{API}/quality/rules", params={"origin": "workspace"}))["items"]}
    assert ("lot.quantity.tall" in names, "lot.lot_no.form" in names) == (False, True)


def test_of_a_declared_rule_is_borne_what_was_agreed(works: House) -> None:
    id_ = agreed(works, change("quality_rule:receipt.quantity.type", borne={"tolerance": 0.05, "severity": "minor"}))
    found = told(works, "receipt.quantity.type")
    words = ok(client(works).get(f"{API}/dictionary-entries/rule:receipt.quantity.type"))  # the dictionary's words over a rule are another subject
    assert words["said"] is None
    assert (found["tolerance"], found["severity"]) == (0.05, "minor")
    assert impact(works, id_)["tolerance", ""] == (0.05, 0.05)
    company.receipts(works.installation.workspace.home, "receipt9.csv", 5000, 100, bad=1)
    rerun(works)
    verdict = ruled.verdicts(works.installation)["receipt.quantity.type"]
    assert (verdict.state.value, verdict.version) == ("tolerated", told(works, "receipt.quantity.type")["version"])


def test_a_field_of_a_mapping_is_probed_signed_and_read_by_the_next_run(works: House) -> None:
    subject = "mapping:erp/item/item.base_uom"
    id_ = propose(works, change(subject, field={"from": "uom", "codes": {"个": "pcs"}}))["proposal"]
    company.write(works.installation.workspace.home / "inbox" / "item5.csv", "code,name,uom", [("U1", "钛板", "个")])
    figures = impact(works, id_)
    assert figures["fitting", "item: item.base_uom"] == (None, "uom: 1 / 1")
    shown = ok(client(works, "second").get(f"{CHANGES}/{id_}"))
    assert shown["signs"]
    assert approve(works, id_, status=422)["detail"]  # without the password again
    approve(works, id_, status=409, password=HOUSE_PASSWORD, shown="sha256:other")
    approve(works, id_, password=HOUSE_PASSWORD, shown=shown["shown"])
    signature = ok(client(works).get(f"{CHANGES}/{id_}"))["signature"]
    assert (signature["signer"], signature["meaning"], signature["stands"]) == ("second", "approved", True)
    rerun(works)
    snapshot = LakeReader(works.installation.releases).current()
    assert snapshot.query(f"select base_uom from {snapshot.relation('golden.item')} where code = 'U1'") == [{"base_uom": "pcs"}]
    mapped = ok(client(works).get(f"{API}/sources/erp"))["tables"]
    assert any(f["field"] == "base_uom" and f["columns"] == ["uom"] for t in mapped for f in t["fields"])


def test_thresholds_and_longer_periods_hold_at_once_and_are_seen_as_of_a_day(works: House) -> None:
    today = works.installation.governed.today
    id_ = agreed(works, change("threshold:quality.targets.lot", value=99.9), change("retention:receipt", years=60, basis="与客户约定"), who="third")
    parts = {i["name"]: i for i in ok(client(works).get(f"{API}/quality/index"))["items"]}
    assert (parts["lot"]["target"], parts["receipt"]["target"]) == (99.9, 90)
    rules = {r["entity"]: r for r in ok(client(works, "third").get(f"{API}/retention/rules"))["items"]}
    assert "60 years from creation" in rules["receipt"]["rule"]["en"]
    assert "与客户约定" in rules["receipt"]["basis"]
    listed = ok(client(works).get(f"{API}/governed", params={"kind": "threshold"}))["items"]
    assert [(i["subject"], i["content"], i["proposal"]) for i in listed] == [
        ("threshold:quality.target", {"value": 90}, None), ("threshold:quality.targets.lot", {"value": 99.9}, id_)]
    before = ok(client(works).get(f"{API}/governed", params={"kind": "threshold", "on": str(today - timedelta(days=1))}))["items"]
    assert [i["subject"] for i in before] == ["threshold:quality.target"]
    later = propose(works, change("threshold:quality.target", value=95), effective_from=str(today + timedelta(days=3)))["proposal"]
    approve(works, later)
    assert ok(client(works).get(f"{API}/quality/index"))["items"][0]["target"] in (90, 99.9)
    ahead = ok(client(works).get(f"{API}/governed", params={"kind": "threshold", "on": str(today + timedelta(days=3))}))["items"]
    assert ahead[0]["content"] == {"value": 95}


@pytest.mark.parametrize(("given", "status", "why"), [
    (change("quality_rule:many", rule={"name": "many"}), 422, "zh: Field required"),
    (change("quality_rule:many", rule={**MANY, "name": "other"}), 422, "is what is changed"),
    (change("quality_rule:bad", rule=rule("bad", {"holds": "no_such < 1"}, at="intake")), 422, "no field"),
    (change("quality_rule:bad", rule=rule("bad", {"rows": "select 1 from golden.nothing"})), 422, "no table golden.nothing"),
    (change("quality_rule:many", off=False), 422, "off: False"),
    (change("quality_rule:many", off=True, borne={}), 422, "say exactly one of"),
    (change("quality_rule:lot.nothing.at_all", borne={"tolerance": 0.1}), 404, "declares no rule"),
    (change("quality_rule:receipt.quantity.type", borne={"tolerance": 2}), 422, "tolerance"),
    (change("mapping:erp", text="name: [erp"), 422, "mapping:erp"),
    (change("mapping:erp/item/item.colour", field="c"), 422, "no field"),
    (change("mapping:erp/item/item.code", field=None), 422, "item.code"),
    (change("mapping:gone/item/item.code", field="c"), 404, "no source 'gone'"),
    (change("mapping:erp/item", field="c"), 422, "no place of a mapping"),
    (change("threshold:quality.target", value=101), 422, "target = 101"),
    (change("threshold:quality.targets.moon", value=50), 422, "moon"),
    (change("threshold:server.port", value=1), 404, "no threshold"),
    (change("retention:receipt", years=1, basis="短一些"), 422, "kept longer by declaration"),
    (change("retention:receipt", years=60, anchor="release", basis="x1"), 422, "nobody tells"),
    (change("retention:nothing", years=60, basis="x1"), 404, "no entity"),
    (change("retention:supplier", years=60, basis="x1"), 422, "no end of their own"),
])
def test_what_cannot_be_is_refused_with_what_to_do(works: House, given: dict[str, Any], status: int, why: str) -> None:
    if given["content"] is None:
        given = {**given, "content": {"field": None}}
    answer = propose(works, given, status=status)
    assert why in answer["detail"] + answer["title"] + str(answer.get("hint"))
    assert answer["hint"]


def test_one_waiting_proposal_a_subject_and_one_that_a_file_overtook_is_not_approved(works: House) -> None:
    id_ = propose(works, change("quality_rule:many", rule={**MANY, "tolerance": 0.02}))["proposal"]
    assert f"waits for a decision in {id_}" in propose(works, change("quality_rule:many", off=True), status=409)["detail"]
    home = works.installation.workspace.home
    governed = works.installation.governed
    try:
        ruled.write(home, FORM, {**MANY, "check": {"holds": "quantity < 2000"}})
        governed.read(Files(works.installation.workspace.rules(), governed.base.sources, governed.base.models))
        assert "was changed since this was proposed" in approve(works, id_, status=409)["detail"]
    finally:
        ruled.write(home, FORM, MANY)
        governed.read(Files(works.installation.workspace.rules(), governed.base.sources, governed.base.models))
    assert client(works).delete(f"{CHANGES}/{id_}").status_code == 204


def test_a_change_whose_source_is_gone_is_not_approved_and_one_that_is_rested_on_is_not_taken_back(works: House) -> None:
    fresh = yaml.safe_load(company.MAPPING) | {"name": "wms", "tables": {"bin": {"files": "bin*.csv", "format": "csv", "feeds": [{"entity": "item", "fields": {"code": "code", "name": "name"}}]}}}
    whole = agreed_signed(works, change("mapping:wms", mapping=fresh))
    assert "wms" in {s["name"] for s in ok(client(works).get(f"{API}/sources"))["items"]}
    field = agreed_signed(works, change("mapping:wms/bin/item.base_uom", field="uom"))
    refused = ok(client(works).post(f"{CHANGES}/{whole}/undo", json={"reason": "停用"}, headers={"Accept-Language": "en"}), 409)
    assert "mapping:wms/bin/item.base_uom could not stand" in refused["detail"]
    waiting = propose(works, change("mapping:wms/bin/item.base_uom", field="unit"))["proposal"]
    assert client(works).delete(f"{CHANGES}/{waiting}").status_code == 204
    for id_ in (field, whole):
        back = ok(client(works).post(f"{CHANGES}/{id_}/undo", json={"reason": "停用"}), 201)["proposal"]
        sign(works, back)
    assert "wms" not in {s["name"] for s in ok(client(works).get(f"{API}/sources"))["items"]}


def test_a_proposal_is_tried_before_it_is_made_and_the_list_is_told_by_kind(works: House) -> None:
    body = {"changes": [change("quality_rule:many", rule={**MANY, "check": {"holds": "quantity < 50"}}), change("threshold:quality.target", value=99)]}
    items = ok(client(works).post(f"{CHANGES}/trial", json=body))["items"]
    broken = next(f for f in items[0]["figures"] if f["name"] == "broken")
    assert broken["before"] == 0
    assert broken["after"] > 50
    assert ok(client(works, "reader").get(CHANGES, params={"kind": "code"}))["items"] == []
    assert {k for p in ok(client(works, "reader").get(CHANGES, params={"kind": "threshold"}))["items"] for k in p["kinds"]} >= {"threshold", "retention"}


def sign(works: House, id_: str) -> None:
    shown = ok(client(works, "second").get(f"{CHANGES}/{id_}"))["shown"]
    approve(works, id_, password=HOUSE_PASSWORD, shown=shown)


def agreed_signed(works: House, *changes: dict[str, Any]) -> str:
    id_ = propose(works, *changes)["proposal"]
    sign(works, id_)
    return str(id_)


@pytest.fixture
def strict(tmp_path_factory: pytest.TempPathFactory, open_beside: Opening) -> Iterator[House]:
    """Where approval is demanded: a company whose files nobody has approved yet."""
    home = ruled.found(tmp_path_factory.mktemp("strict") / "c", MANY)
    (home / "medthread.toml").write_text('name = "试验"\ninbox = "inbox"\n[quality]\ntarget = 90\n[governance]\nchanges = "approved"\n', encoding="utf-8")
    with open_beside(home) as opened, opened.serving(None) as services:
        house = House(opened, create_app(services))
        for name, roles in (("keeper", ("steward",)), ("second", ("quality",))):
            house.make(name, *roles)
        yield house


def test_where_approval_is_demanded_files_hold_nothing_by_themselves_and_that_is_told(strict: House) -> None:
    assert ok(client(strict).get(f"{API}/sources"))["items"] == []
    waiting = {k: ok(client(strict).get(f"{API}/governed", params={"kind": k})) for k in ("quality_rule", "mapping", "threshold")}
    assert {n["subject"]: n["trouble"] for w in waiting.values() for n in w["notes"]} == dict.fromkeys(("quality_rule:many", "mapping:erp", "threshold:quality.target"), "unapproved")
    agreed(strict, *(change(i["subject"], **i["content"]) for w in waiting.values() for i in w["items"]))
    assert [s["name"] for s in ok(client(strict).get(f"{API}/sources"))["items"]] == ["erp"]
    rerun(strict)
    assert ruled.verdicts(strict.installation)["many"].checked == 100
    home, governed = strict.installation.workspace.home, strict.installation.governed
    ruled.write(home, {**MANY, "check": {"holds": "quantity < 5"}})
    governed.read(Files(strict.installation.workspace.rules(), governed.base.sources, governed.base.models))
    assert told(strict, "many")["definition"]["check"] == {"holds": "quantity < 1000"}
    assert [(n["subject"], n["trouble"]) for n in ok(client(strict).get(f"{API}/governed", params={"kind": "quality_rule"}))["notes"]] == [("quality_rule:many", "outdated")]


def test_what_a_condition_counts_is_not_told_to_whoever_may_not_look(works: House) -> None:
    body = {"changes": [change("quality_rule:probe", rule=rule("probe", {"holds": "quantity < 50"})), change("retention:receipt", years=70, basis="试算")]}
    [counted, period] = ok(client(works, "reader").post(f"{CHANGES}/trial", json=body))["items"]
    assert (counted["kept_back"], counted["figures"], bool(counted["readers"])) == (True, [], True)
    assert (period["kept_back"], bool(period["figures"])) == (False, True)
    assert ok(client(works).post(f"{CHANGES}/trial", json=body))["items"][0]["figures"]


def test_an_update_that_takes_away_what_an_approved_change_names_leaves_it_out_and_tells(works: House) -> None:
    id_ = agreed(works, change("quality_rule:many", rule={**MANY, "on": {"entity": "lot", "field": "quantity"}, "check": {"range": {"high": 1000}}, "at": "intake"}))
    force = works.installation.governed.now()
    said = {**force.said, "quality_rule:many": replace(force.said["quality_rule:many"], content={"rule": {**MANY, "on": {"entity": "gone"}}})}
    left = force_of(force.base, said)
    assert [(n.subject, n.trouble.value) for n in left.notes if n.trouble is Trouble.UNUSABLE] == [("quality_rule:many", "unusable")]
    assert [r.name for r in left.rules] == ["form"]  # nothing else is held up
    undone = ok(client(works).post(f"{CHANGES}/{id_}/undo", json={"reason": "复原"}), 201)["proposal"]
    approve(works, undone)
