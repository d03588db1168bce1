"""What is told from outside, joined with our own tables: through jobs, by name and by another name; and what is told otherwise than it is."""

import pytest

from medthread.governance.lineage import Declared, Graph, lineage_of
from medthread.governance.lineage.outside.event import read_event
from medthread.governance.lineage.outside.says import Name, Says
from medthread.governance.lineage.outside.standing import Standing
from medthread.model import Source
from medthread.pipeline.build.model import parse_model
from medthread.pipeline.lineage import Source as Place
from tests.governance.lineage.outside.senders import data_set, ran, source
from tests.registry import registry

ERP = Source.model_validate({
    "name": "erp", "zh": "ERP", "en": "ERP", "owner": "it", "org": "own", "url": "postgresql://reader@DB.example:5433/erp", "secret": "P",
    "tables": {"vendor": {"table": "vendor", "feeds": [{"entity": "supplier", "fields": {"code": "no", "name": "name"}}]}},
})
HEAD = "-- about: 甲 | A\n-- meaning: 乙 | B\n-- owner: it\n-- grain: id\n"
MART = parse_model("names", HEAD + "select id, upper(name) as long_name from golden.supplier", file="names.sql")
DECLARED = Declared(registry(), (ERP,), (MART,), namespace="acme")
THERE, HIVE = "postgres://db.example:5433", "hive://h:9083"
JOB = "job:airflow/nightly.load"


def told(*events: dict[str, object]) -> dict[Standing, Says]:
    """Events, each standing by itself."""
    read = [read_event(e) for e in events]
    return {Standing("dataset" if e.kind == "dataset" else "job", Name(e.namespace, e.name), (e.hash,)): e.says for e in read}


def columns(**fields: list[dict[str, object]]) -> dict[str, object]:
    """The facet of column lineage."""
    return {"fields": {name: {"inputFields": inputs} for name, inputs in fields.items()}}


@pytest.fixture(scope="module")
def graph() -> Graph:
    load = ran("COMPLETE", 5, inputs=[data_set("sap.lfa1", HIVE)], outputs=[
        data_set("erp.public.vendor", THERE, columnLineage=columns(name=[source("sap.lfa1", "name1", ("DIRECT", "TRANSFORMATION"), namespace=HIVE)]))])
    stage = ran("COMPLETE", 5, job="stage", inputs=[data_set("raw", HIVE)], outputs=[
        data_set("s3/lfa1", "s3://lake", symlinks={"identifiers": [{"namespace": HIVE, "name": "sap.lfa1", "type": "TABLE"}]})])
    report = ran("COMPLETE", 5, job="report", inputs=[data_set("marts.names", "acme")], outputs=[
        data_set("sheet", "bi", columnLineage=columns(title=[source("marts.names", "long_name", ("DIRECT", "IDENTITY"), namespace="acme")]))])
    return lineage_of(DECLARED, told(load, stage, report))


def test_a_source_is_joined_by_its_address_and_a_mart_by_our_name(graph: Graph) -> None:
    ways = [(s.edge.start.table, s.edge.start.column, s.edge.job) for s in graph.walk(Place("bi/sheet", "title"), "up", through="value")]
    assert ways == [
        ("marts.names", "long_name", "job:airflow/report"), ("golden.supplier", "name", ""), ("standard.supplier", "name", ""), ("erp.vendor", "name", ""),
        (f"{HIVE}/sap.lfa1", "name1", JOB),
    ]


def test_tables_are_joined_where_no_columns_are_told_and_said_so(graph: Graph) -> None:
    far = [s for s in graph.walk(Place("bi/sheet", "title"), "up") if s.edge.start == Place(f"{HIVE}/raw", "")]
    assert [(s.edge.end.table, s.flow, s.edge.how) for s in far] == [("job:airflow/stage", "table", "TABLE")]
    assert not [p for p in graph.others if p.table.startswith(f"{HIVE}/raw") and p.column], "no columns are made up"
    down = {s.edge.end.table: s.flow for s in graph.walk(Place(f"{HIVE}/raw", ""), "down")}
    assert (down["bi/sheet"], down["job:airflow/stage"]) == ("table", "table")


def test_one_data_set_under_two_names_is_one(graph: Graph) -> None:
    assert not any(p.table.startswith("s3://lake") for e in graph.edges for p in (e.start, e.end))


def test_a_place_is_found_by_how_it_is_written(graph: Graph) -> None:
    assert graph.place(f"{HIVE}/sap.lfa1.name1") == Place(f"{HIVE}/sap.lfa1", "name1")
    assert graph.place(JOB) == Place(JOB, "")
    assert graph.place("golden.supplier") == Place("golden.supplier", "")
    assert {s.edge.start.table for s in graph.walk(Place(JOB, ""), "up")} >= {f"{HIVE}/sap.lfa1", "job:airflow/stage"}


def test_what_is_told_otherwise_than_it_is_read_is_said_and_not_drawn() -> None:
    right = source("erp.public.vendor", "name", ("DIRECT", "IDENTITY"), namespace=THERE)  # over two tables between, and so it is
    wrong = source("erp.public.vendor", "city", ("DIRECT", "IDENTITY"), namespace=THERE)
    event = ran("COMPLETE", 5, outputs=[data_set("golden.supplier", "acme", columnLineage=columns(name=[right, wrong], colour=[right]))])
    graph = lineage_of(DECLARED, told(event))
    assert {(c.end.column, c.start.column, c.why) for c in graph.contradictions} == {
        ("name", "city", "what makes the table here does not read it"), ("colour", "name", "the table has no such column")}
    assert all(c.job == JOB for c in graph.contradictions)
    assert not [e for e in graph.edges if e.end.table == "golden.supplier" and e.by == "outside"]
    assert graph.told() == lineage_of(DECLARED).told()


def test_what_our_own_runs_told_elsewhere_changes_nothing() -> None:
    own = ran("COMPLETE", 5, inputs=[data_set("erp.vendor", "acme")], outputs=[data_set("golden.supplier", "acme")])
    own["job"]["namespace"] = "acme"
    assert lineage_of(DECLARED, told(own)).edges == lineage_of(DECLARED).edges
