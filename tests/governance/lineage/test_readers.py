"""Who reads fields beside the batch path: drawn from the declaration alone."""

from typing import Any

import pytest

from medthread.app import declared
from medthread.governance.lineage import Declared, Graph, lineage_of
from medthread.governance.lineage.kept import KeptGraph
from medthread.governance.lineage.outside import take
from medthread.model import Rulebook
from medthread.model.rule_file import QualityRule, parse_rules
from medthread.pipeline.lineage import Source as Place
from medthread.stores.postgres import Store
from tests.governance.lineage.outside.senders import data_set, ran

REGISTRY, _ = declared()
BOOK = Rulebook.declared(REGISTRY)
BASE = {"zh": "规则", "en": "Rule", "dimension": "consistency", "owner": "quality", "at": "transformed"}


def rule(name: str, on: dict[str, str], check: dict[str, Any]) -> QualityRule:
    """A company's own rule."""
    [made] = parse_rules({**BASE, "name": name, "on": on, "check": check}, origin="rules/x.yaml")
    return made


RULES = (
    rule("one", {"entity": "lot"}, {"unique": ["item", "lot_no"]}),
    rule("two", {"entity": "lot", "field": "item"}, {"reference": {"to": "golden.item", "field": "id"}}),
    rule("three", {"table": "golden.lot"}, {"rows": "select lot_no from golden.lot as l join golden.item as i on i.id = l.item where l.expires_on < l.made_on and i.kind = 'raw'"}),
    rule("four", {"table": "golden.lot", "field": "quantity"}, {"range": {"low": 0}}),
    rule("five", {"table": "golden.lot"}, {"drift": {"of": "rows", "band": 0.5}}),
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return lineage_of(Declared(REGISTRY, (), (), rules=RULES, rulebook=BOOK))


@pytest.mark.parametrize(("name", "reads"), [
    ("one", {"golden.lot.item", "golden.lot.lot_no"}), ("two", {"golden.lot.item", "golden.item.id"}),
    ("three", {"golden.lot.lot_no", "golden.lot.item", "golden.item.id", "golden.lot.expires_on", "golden.lot.made_on", "golden.item.kind"}),
    ("four", {"golden.lot.quantity"}), ("five", {"golden.lot."}),
])
def test_a_rule_on_whole_tables_reads_what_its_check_asks(graph: Graph, name: str, reads: set[str]) -> None:
    assert {f"{e.start.table}.{e.start.column}" for e in graph.edges if e.end == Place(f"rule:{name}", "")} == reads


def test_a_rule_of_a_whole_table_is_met_from_each_of_its_columns(graph: Graph) -> None:
    assert "rule:five" in {s.edge.end.table for s in graph.walk(Place("golden.lot", "supplier_lot"), "down")}


def test_every_guard_and_watch_that_names_a_table_is_drawn_and_read_whole(graph: Graph) -> None:
    drawn = {e.end.table for e in graph.edges}
    for kind, questions in (("guard", {g.name: g.blocks for g in BOOK.guards.values()}), ("watch", {w.name: w.finds for w in BOOK.watches.values()})):
        named = {n for n, sql in questions.items() if "native." in sql or "golden." in sql}
        assert named
        assert {n for n in named if f"{kind}:{n}" not in drawn} == set()
    assert [g for g in graph.gaps if g.table.startswith(("guard:", "watch:"))] == []


def test_every_field_that_an_act_asks_for_comes_from_it_and_is_read_by_it(graph: Graph) -> None:
    edges = {(e.start, e.end) for e in graph.edges}
    asked = [(e, p, t.action, f) for e, p in BOOK.processes.items() for t in p.transitions for f in t.asks]
    assert asked
    for entity, process, action, field in asked:
        assert (Place(f"native.{entity}", field), Place(f"process:{process.name}", action)) in edges
        assert (Place(f"entry:{process.name}", action), Place(f"native.{entity}", field)) in edges


def test_the_graph_is_drawn_anew_only_when_something_changed(store: Store) -> None:
    kept, few = KeptGraph(), Declared(REGISTRY, (), ())
    first = kept.of(store, few)
    assert kept.of(store, few) is first
    assert (second := kept.of(store, Declared(REGISTRY, (), (), rules=RULES[:1]))) is not first
    asked = Declared(REGISTRY, (), (), rules=RULES[:1])
    with store.transaction() as tx:
        take(tx, [ran("COMPLETE", 1, inputs=[data_set("a")], outputs=[data_set("b")])], by="airflow")
    assert (third := kept.of(store, asked)) is not second
    assert Place("job:airflow/nightly.load", "") in third
    with store.transaction() as tx:
        take(tx, [ran("COMPLETE", 9, run="0198c1f0-0000-7000-8000-000000000009", inputs=[data_set("a")], outputs=[data_set("b")])], by="airflow")
    assert kept.of(store, asked) is third, "another run that says the same"
