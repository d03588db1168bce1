"""Events of OpenLineage as they go out: the shapes that its specification asks for, and what they say of the demo company."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from medthread.app import CONSUMERS, Installation
from medthread.governance.lineage import Declared, lineage_of
from medthread.governance.lineage.openlineage import events
from medthread.governance.lineage.outside.event import read_event
from medthread.governance.lineage.outside.says import Name
from medthread.governance.lineage.outside.standing import Standing
from tests.governance.lineage.referee import judge

SUBTYPES = {"DIRECT": {"IDENTITY", "TRANSFORMATION", "AGGREGATION"}, "INDIRECT": {"JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL"}}


@pytest.fixture(scope="module")
def told(installation: Installation) -> list[dict[str, Any]]:
    graph = lineage_of(Declared(installation.registry, installation.sources, installation.models, CONSUMERS))
    with installation.store.transaction() as tx:
        lines = [json.dumps(e, default=str) for e in events(tx, graph, installation.models, namespace="demo")]
        again = [e["run"]["runId"] for e in events(tx, graph, installation.models, namespace="demo") if "run" in e]
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [e["run"]["runId"] for e in found if "run" in e] == again
    return found


def test_every_event_has_what_the_specification_requires(told: list[dict[str, Any]]) -> None:
    for event in told:
        assert {"eventTime", "producer", "schemaURL"} <= event.keys()
        assert datetime.fromisoformat(event["eventTime"]).tzinfo
        kinds = event["schemaURL"].rpartition("/")[2]
        assert kinds == ("RunEvent" if "run" in event else "DatasetEvent")
        datasets = [event["dataset"]] if kinds == "DatasetEvent" else [*event["inputs"], *event["outputs"]]
        if kinds == "RunEvent":
            UUID(event["run"]["runId"])
            assert {"namespace", "name"} <= event["job"].keys()
        for one in datasets:
            assert one["namespace"] == "demo"
            assert all({"_producer", "_schemaURL"} <= f.keys() for f in one.get("facets", {}).values())


def test_the_specifications_own_classes_take_every_event(told: list[dict[str, Any]]) -> None:
    assert {"run", "dataset"} <= {key for event in told for key in event}
    for event in told:
        judge(event)


@pytest.mark.parametrize("spoilt", [{"fields": None}, {"unknown": 1}, {"_schemaURL": "https://openlineage.io/spec/facets/1-0-0/Other.json"}])
def test_the_referee_refuses(told: list[dict[str, Any]], spoilt: dict[str, Any]) -> None:
    event = json.loads(json.dumps(next(e for e in told if "dataset" in e)))
    event["dataset"]["facets"]["columnLineage"] |= spoilt
    with pytest.raises((AssertionError, TypeError, AttributeError)):
        judge(event)


def test_our_own_events_told_back_to_us_contradict_nothing_and_add_nothing(told: list[dict[str, Any]], installation: Installation) -> None:
    declared = Declared(installation.registry, installation.sources, installation.models, CONSUMERS, namespace="demo")
    said = {Standing("dataset" if e.kind == "dataset" else "job", Name(e.namespace, e.name), (e.hash,)): e.says for e in map(read_event, told)}
    graph = lineage_of(declared, said)
    assert graph.contradictions == []
    assert graph.edges == lineage_of(declared).edges


def test_what_goes_out_is_taken_in_whole(told: list[dict[str, Any]]) -> None:
    for event in told:
        read = read_event(event)
        facets = [d["facets"] for d in (event.get("outputs") or [event.get("dataset")]) if d]
        flows = sum(len(i["transformations"]) for f in facets for c in f["columnLineage"]["fields"].values() for i in c["inputFields"])
        assert len(read.says.flows) == flows


def test_runs_begin_and_end_under_one_identifier(told: list[dict[str, Any]]) -> None:
    ways: dict[str, list[str]] = {}
    for event in told:
        if "run" in event:
            ways.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert ways
    assert all(way in (["START", "COMPLETE"], ["START", "FAIL"], ["START"]) for way in ways.values())
    assert ["START", "COMPLETE"] in ways.values()


def test_column_lineage_tells_values_and_influence_by_their_subtypes(told: list[dict[str, Any]]) -> None:
    facets = {e["dataset"]["name"]: e["dataset"]["facets"] for e in told if "dataset" in e}
    for facet in facets.values():
        for column in facet["columnLineage"]["fields"].values():
            assert column["inputFields"]
            for way in (t for i in column["inputFields"] for t in i["transformations"]):
                assert way["subtype"] in SUBTYPES[way["type"]]
    name = facets["marts.lot_overview"]["columnLineage"]["fields"]["supplier_name"]["inputFields"]
    values = {(i["name"], i["field"]) for i in name for t in i["transformations"] if t["type"] == "DIRECT"}
    assert values == {("golden.supplier", "name")}
    assert {c["name"] for c in facets["marts.lot_overview"]["schema"]["fields"]} >= {"supplier_name", "nonconformances"}
    assert all(a["success"] for a in facets["marts.lot_overview"]["dataQualityAssertions"]["assertions"] if a["severity"] == "error")
