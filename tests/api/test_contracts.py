"""Data contracts over HTTP: listed, had as files, compared; those of others tried, kept and let go; the catalogue for other tools."""

import json
import re
from typing import Any

import yaml
from fastapi.testclient import TestClient

from medthread.governance.contracts.reading import faults_of
from tests.api.conftest import House
from tests.api.test_desks import ok

API = "/api/v1"


def text_of(*fields: dict[str, Any], name: str = "lot") -> str:
    return yaml.safe_dump({"apiVersion": "v3.1.0", "kind": "DataContract", "id": "theirs", "version": "1.0.0", "schema": [{"name": name, "properties": list(fields)}]})


def test_every_contract_is_given_out_and_valid(steward: TestClient) -> None:
    listed = ok(steward.get(f"{API}/contracts"))["items"]
    assert {i["kind"] for i in listed} == {"entity", "model"}
    assert all(i["version"] and i["release"] for i in listed if i["kind"] == "model")
    for subject in ("lot", "marts.lot_overview"):
        whole = ok(steward.get(f"{API}/contracts/{subject}/standing"))
        assert (whole["versions"][-1]["version"], whole["versions"][-1]["verdict"], whole["pending"]) == ("1.0.0", None, [])
        now, kept = (steward.get(f"{API}/contracts/{subject}{v}") for v in ("", "?version=1.0.0"))
        assert now.content == kept.content, "nothing changed since"
        assert steward.get(f"{API}/contracts/{subject}?form=json").json() == yaml.safe_load(now.text)
        assert faults_of(yaml.safe_load(now.text)) == []
    assert steward.get(f"{API}/contracts/lot?version=9.9.9").status_code == 404
    release = listed[0]["release"]
    assert {i["subject"] for i in ok(steward.get(f"{API}/contracts?release={release}"))["items"]} == {i["subject"] for i in listed}


def test_contracts_are_compared_as_text(steward: TestClient) -> None:
    ours = steward.get(f"{API}/contracts/lot").text
    assert ok(steward.post(f"{API}/contract-comparison", json={"subject": "lot", "after": ours})) == {"verdict": None, "differences": []}
    found = ok(steward.post(f"{API}/contract-comparison", json={"before": ours, "after": ours.replace("  - value: rework\n", "  - value: scrap\n"), "sides": "readers"}))
    assert found["verdict"] == "breaking"
    assert {d["kind"] for d in found["differences"]} >= {"code.removed", "code.added"}
    refused = steward.post(f"{API}/contract-comparison", json={"subject": "lot", "after": "a: &x 1"}, headers={"accept-language": "zh-CN"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "after 第 1 行：不接受锚点和别名")


def test_those_of_others_are_tried_kept_and_let_go(house: House) -> None:
    keeper, reader = house.make("contract-keeper", "steward"), house.make("contract-reader", "buyer")
    body = {"text": text_of({"name": "lot_no", "logicalType": "string"}, {"name": "colour", "logicalType": "string"}), "kind": "consumer", "subject": "lot", "owner": "quality"}
    path = f"{API}/contracts-of-others/bi-lots"
    tried = ok(reader.post(f"{path}/trial", json=body))["check"]
    assert {f["field"]: f["verdict"] for f in tried["fields"]} == {"lot_no": "compatible", "colour": "breaking"}
    assert keeper.get(path).status_code == 404, "a trial keeps nothing"
    assert reader.put(path, json=body).status_code == 403
    ok(keeper.put(path, json=body))
    listed = ok(reader.get(f"{API}/contracts-of-others"))
    assert (listed["keeps"], [(i["name"], i["verdict"]) for i in listed["items"]]) == (False, [("bi-lots", "breaking")])
    assert ok(reader.get(f"{API}/contracts/lot/standing"))["expected"][0]["name"] == "bi-lots"
    assert yaml.safe_load(reader.get(f"{path}/document").text)["id"] == "theirs"
    assert keeper.put(path, json=body | {"kind": "source", "subject": "nowhere.lot"}).status_code == 404
    assert reader.request("DELETE", f"{path}?reason=over").status_code == 403
    assert keeper.request("DELETE", f"{path}?reason=no longer read").status_code == 204
    assert keeper.get(path).status_code == 404


def test_the_catalogue_is_the_same_twice_and_names_nothing_that_is_not_in_it(steward: TestClient) -> None:
    forms = {form: steward.get(f"{API}/catalogue-exports/{form}") for form in ("datahub", "openmetadata", "dcat")}
    assert all(a.status_code == 200 for a in forms.values())
    assert steward.get(f"{API}/catalogue-exports/datahub").content == forms["datahub"].content
    _check_datahub(forms["datahub"].json())
    _check_openmetadata(forms["openmetadata"].json())
    _check_dcat(forms["dcat"].json())


def _check_datahub(proposals: list[dict[str, Any]]) -> None:
    made = {p["entityUrn"] for p in proposals}
    reserved = str.maketrans({"(": "%28", ")": "%29", ",": "%2C", "%": "%25"})
    fields = {f"urn:li:schemaField:({p['entityUrn']},{f['fieldPath'].translate(reserved)})" for p in proposals if p["aspectName"] == "schemaMetadata" for f in p["aspect"]["json"]["fields"]}
    named = set(re.findall(r'"(urn:li:(?!corpuser)[^"]*)"', json.dumps([p["aspect"] for p in proposals], ensure_ascii=False)))
    assert {n for n in named if not n.startswith("urn:li:schemaField")} <= made
    lineage = [p for p in proposals if p["aspectName"] == "upstreamLineage"]
    told = {u for p in lineage for e in p["aspect"]["json"]["fineGrainedLineages"] for u in (*e["upstreams"], *e["downstreams"])}
    assert lineage
    assert told <= fields


def _check_openmetadata(requests: list[dict[str, Any]]) -> None:
    known: set[str] = set()
    for request in requests:
        asked = set(re.findall(r"\$\{([^}]*)\.id\}", json.dumps(request["body"], ensure_ascii=False)))
        assert asked <= known, "an id is asked of an answer that came before"
        known |= {request["as"]} if "as" in request else set()
    columns = {f"{r['body']['databaseSchema']}.{r['body']['name']}.{c['name']}" for r in requests if r["path"].endswith("/tables") for c in r["body"]["columns"]}
    edges = [c for r in requests if r["path"].endswith("/lineage") for c in r["body"]["edge"]["lineageDetails"]["columnsLineage"]]
    assert edges
    assert {n for e in edges for n in (*e["fromColumns"], e["toColumn"])} <= columns


def _check_dcat(document: dict[str, Any]) -> None:
    sets = document["dcat:dataset"]
    ids = {s["@id"] for s in sets}
    assert {d["@id"] for s in sets for d in s.get("prov:wasDerivedFrom", ())} <= ids
    themes = {c["@id"] for c in document["dcat:themeTaxonomy"]["skos:hasTopConcept"]}
    assert {t["@id"] for s in sets for t in s.get("dcat:theme", ())} <= themes
    rights = {s["dct:identifier"]: s["dct:accessRights"]["@id"].rpartition("/")[2] for s in sets}
    assert (rights["lot"], rights["customer"]) == ("RESTRICTED", "NON_PUBLIC")
    assert "@context" in document
    assert "http" not in str(document["@context"].get("@import", ""))
