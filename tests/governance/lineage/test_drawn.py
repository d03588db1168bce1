"""The graph of an installation: what is declared is what is drawn, and what is not known is counted."""

import pytest

from medthread.governance.lineage import Declared, Graph, lineage_of
from medthread.model import Label, Source
from medthread.model.consumer import Consumer
from medthread.pipeline.build.model import parse_model
from medthread.pipeline.lineage import Source as Place
from tests.registry import registry

SOURCE = Source.model_validate({
    "name": "erp", "zh": "ERP", "en": "ERP", "owner": "it", "org": "own",
    "tables": {
        "vendor": {"files": "vendor*.csv", "format": "csv", "feeds": [
            {"entity": "supplier", "where": {"TYPE": "supplier"}, "fields": {
                "code": {"from": "NO", "change": ["trim", "upper"]}, "name": "NAME", "city": {"lookup": {"table": "town", "from": "TOWN", "match": "ID", "give": "NAME"}}}},
        ]},
        "town": {"files": "town*.csv", "format": "csv", "ignore": ["ID", "NAME"]},
    },
})
HEAD = "-- about: 甲 | A\n-- meaning: 乙 | B\n-- owner: it\n-- grain: id\n"
NEAR = parse_model("near", HEAD + "-- test: long_name is not null\nselect id, upper(name) as long_name, count(*) over (partition by city) as n from golden.supplier where code <> ''", file="near.sql")
FAR = parse_model("far", HEAD + "select * from marts.near", file="far.sql")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return lineage_of(Declared(registry(), (SOURCE,), (FAR, NEAR), (Consumer("screen", Label("屏", "Screen"), {"marts.far": ("long_name",)}),)))


def test_a_model_is_followed_up_to_the_column_of_the_source(graph: Graph) -> None:
    steps = graph.walk(Place("marts.far", "long_name"), "up", through="value")
    assert [(s.edge.start, str(s.edge.how), s.edge.by) for s in steps] == [
        (Place("marts.near", "long_name"), "IDENTITY", "model"), (Place("golden.supplier", "name"), "TRANSFORMATION", "model"),
        (Place("standard.supplier", "name"), "AGGREGATION", "survivorship"), (Place("erp.vendor", "NAME"), "IDENTITY", "mapping"),
    ]


def test_influence_is_told_apart_from_value(graph: Graph) -> None:
    ends = {(s.edge.start, str(s.edge.how)) for s in graph.walk(Place("marts.near", "n"), "up", through="influence") if s.depth == 1}
    assert ends == {(Place("golden.supplier", "city"), "WINDOW"), (Place("golden.supplier", "code"), "FILTER")}
    assert str(graph.words[Place("marts.near", "n")]) == "counted"
    assert graph.walk(Place("marts.near", "n"), "up", through="value") == []


def test_what_depends_on_a_source_column_goes_to_rules_parts_and_interface(graph: Graph) -> None:
    ends = {s.edge.end.table for s in graph.walk(Place("erp.vendor", "NAME"), "down", through="value")}
    assert ends >= {"standard.supplier", "golden.supplier", "marts.near", "marts.far", "part:screen", "api:/entities/supplier"}
    rules = {s.edge.end.table for s in graph.walk(Place("erp.vendor", "NAME"), "down") if s.edge.by == "rule"}
    assert "rule:near: long_name is not null" in rules
    assert "rule:supplier.name.required" in rules


def test_a_mapping_says_what_only_decides(graph: Graph) -> None:
    found = {(s.edge.start.column, s.edge.start.table, str(s.edge.how)) for s in graph.walk(Place("standard.supplier", "city"), "up")}
    assert found == {("NAME", "erp.town", "IDENTITY"), ("ID", "erp.town", "JOIN"), ("TOWN", "erp.vendor", "JOIN"), ("TYPE", "erp.vendor", "FILTER")}


def test_what_no_source_fills_is_a_gap_and_is_counted(graph: Graph) -> None:
    known, columns = graph.told()
    gaps = {(g.table, g.column): g.why for g in graph.gaps}
    assert known + len({k for k in gaps if k[1] != "*"}) == columns
    assert gaps[("standard.supplier", "address")] == "no source maps it"
    assert not any(table.startswith(("marts", "golden")) for table, _ in gaps)


def test_a_model_that_cannot_be_run_is_a_gap_and_no_failure() -> None:
    broken = parse_model("odd", HEAD + "select nothing as id from golden.supplier", file="odd.sql")
    graph = lineage_of(Declared(registry(), (SOURCE,), (broken,)))
    assert {g.column for g in graph.gaps if g.table == "marts.odd"} == {"*", "id"}
