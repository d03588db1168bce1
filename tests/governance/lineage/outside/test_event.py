"""What an event says, whichever facet it stands in, and why one cannot be read."""

from typing import Any

import pytest

from medthread.governance.lineage.outside.event import read_event
from medthread.governance.lineage.outside.says import Name, Says, Told
from medthread.model.errors import InvalidError
from medthread.model.wording import worded
from tests.governance.lineage.outside.senders import AIRFLOW, SPEC, data_set, facet, ran, source

ORDERS, MADE = Name("postgres://erp:5432", "erp.public.orders"), Name("postgres://erp:5432", "erp.public.sums")
COLUMNS = {
    "fields": {
        "total": {"inputFields": [source(ORDERS.name, "amount", ("DIRECT", "AGGREGATION")), source(ORDERS.name, "item", ("INDIRECT", "GROUP_BY"))]},
        "unsaid": {"inputFields": [source(ORDERS.name, "note")]},
        "own": {"inputFields": [source(ORDERS.name, "x", ("DIRECT", "HOUSE_STYLE"))]},
    },
    "dataset": [source(ORDERS.name, "state", ("INDIRECT", "FILTER"))],
}


def test_column_lineage_keeps_values_and_influences_apart_and_adds_nothing() -> None:
    says = read_event(ran("COMPLETE", 5, inputs=[data_set(ORDERS.name)], outputs=[data_set(MADE.name, columnLineage=COLUMNS)])).says
    assert says.flows == {
        Told(ORDERS, "amount", MADE, "total", "AGGREGATION"), Told(ORDERS, "item", MADE, "total", "GROUP_BY"), Told(ORDERS, "note", MADE, "unsaid", "UNSPECIFIED"),
        Told(ORDERS, "x", MADE, "own", "DIRECT"), Told(ORDERS, "state", MADE, "", "FILTER"),
    }
    assert (says.inputs, says.outputs, says.told) == ({ORDERS}, {MADE}, {MADE})
    assert Says.from_kept(says.kept()) == says


def test_the_lineage_facets_of_job_run_and_data_set_say_the_same() -> None:
    inputs = [{**source(ORDERS.name, "amount", ("DIRECT", "IDENTITY")), "type": "DATASET"}]
    entry = {"namespace": MADE.namespace, "name": MADE.name, "type": "DATASET", "fields": {"total": {"inputs": inputs}}}
    of_run = read_event(ran("COMPLETE", 5, facets={"lineage": facet(lineage=[entry])})).says
    of_set = read_event({"eventTime": "2026-11-01T02:00:00+08:00", "producer": AIRFLOW, "schemaURL": f"{SPEC}DatasetEvent",
                         "dataset": data_set(MADE.name, lineage={"fields": entry["fields"]})}).says
    job = {"namespace": "airflow", "name": "j", "facets": {"lineage": facet(lineage=[entry])}}
    of_job = read_event({"eventTime": "2026-11-01T02:00:00Z", "producer": AIRFLOW, "schemaURL": f"{SPEC}JobEvent", "job": job, "outputs": []}).says
    assert of_run == of_set == of_job
    assert of_run.flows == {Told(ORDERS, "amount", MADE, "total", "IDENTITY")}


def test_without_a_facet_only_tables_are_said() -> None:
    says = read_event(ran("COMPLETE", 5, inputs=[data_set("a", schema={"fields": [{"name": "x"}]})], outputs=[data_set("b")])).says
    assert says.flows == says.told == frozenset()
    assert says.columns == {(Name("postgres://erp:5432", "a"), "x")}


def test_facets_that_carry_settings_are_left_out_and_named() -> None:
    event = read_event(ran("START", 0, facets={"spark_properties": facet(properties={"password": "p"}), "nominalTime": facet(nominalStartTime="2026-11-01T02:00:00Z")}))
    assert event.body["left_out"] == ["spark_properties"]
    assert "password" not in str(event.body)
    assert "nominalTime" in event.body["run"]["facets"]


GOOD = ran("COMPLETE", 5)


@pytest.mark.parametrize(("given", "place"), [
    ("text", "not a JSON object"), ({"eventTime": "2026-11-01T02:00:00Z"}, "neither run nor job"),
    ({**GOOD, "eventTime": "2026-11-01T02:00:00"}, "eventTime"), ({**GOOD, "eventType": "DONE"}, "eventType"), ({**GOOD, "run": {"runId": "7"}}, "run.runId"),
    ({**GOOD, "job": {"namespace": "airflow"}}, "job.name"), ({**GOOD, "producer": "a\x00"}, "no text has"), ({**GOOD, "producer": "\ud800"}, "no text has"),
    ({**GOOD, "outputs": [data_set("b", columnLineage={"fields": {"x": {}}})]}, "outputs.0.facets.columnLineage.fields.x.inputFields"),
])
def test_a_refusal_says_where_in_both_languages(given: Any, place: str) -> None:
    with pytest.raises(InvalidError, match=place) as refused:
        read_event(given)
    assert worded(refused.value.message, "zh") != refused.value.message
