"""What is suggested for the demo's six systems, held against the mappings that people wrote for them; of templates only what they say is known."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.app import declared
from medthread.governance.sources.suggesting import known_columns, suggest
from medthread.governance.sources.templates import templates
from medthread.methods.names.columns import column_words, same_words
from medthread.model import TableMapping
from medthread.pipeline.ingest import matching_files
from medthread.pipeline.ingest.reading import read_arrival
from medthread.workspace import Workspace
from tests.conftest import Demonstration
from tests.registry import registry


def test_most_columns_find_their_field_and_few_a_wrong_one(demonstration: Demonstration) -> None:
    workspace = Workspace.open(demonstration.home)
    known = known_columns(templates(declared()[1]).values(), ())
    tables = right = wrong = wanted = first = 0
    for source in workspace.sources(registry()):
        for name, mapping in source.tables.items():
            files = matching_files(workspace.inbox, mapping.files or "")
            if not mapping.feeds or not files:
                continue
            feed, told = mapping.feeds[0], suggest(_sample(files[0], mapping), registry(), known, table=name)
            truth = {n: m.from_ for n, m in feed.fields.items() if m.from_ is not None}
            found = next((t for t in told if t.entity == feed.entity), None)
            given = {f.field: f.column for f in found.fields} if found else {}
            tables += 1
            first += bool(told) and told[0].entity == feed.entity
            wanted += len(truth)
            right += sum(given.get(n) == c for n, c in truth.items())
            wrong += sum(n in given and given[n] != c for n, c in truth.items())
    assert right / wanted >= 0.75, (right, wanted)
    assert right / (right + wrong) >= 0.95, (right, wrong)
    assert first / tables >= 0.8, (first, tables)


def _sample(path: Path, mapping: TableMapping) -> pa.Table:
    with tempfile.TemporaryDirectory() as folder:
        made = read_arrival(path, mapping, out=Path(folder) / "sample.parquet")
        return pa.Table.from_batches([next(pq.ParquetFile(made.path).iter_batches(500, columns=list(made.columns)))])


def _table(**columns: list[str | None]) -> pa.Table:
    return pa.table({n: pa.array(v, pa.string()) for n, v in columns.items()})


def test_values_speak_where_names_say_nothing() -> None:
    sample = _table(a=["91330304685627980X", "91330304685627980X", None], b=["苏州弘雅", "上海某某", "无名"])
    [told] = suggest(sample, registry(), {}, only="supplier")
    assert [(f.field, f.column, f.why) for f in told.fields] == [("uscc", "a", ("digits",))]
    assert told.lacking == ("code", "name")


def test_values_speak_against_a_name() -> None:
    [told] = suggest(_table(quantity=["many", "few"], lot_no=["L1", "L2"]), registry(), {}, only="lot")
    assert [f.field for f in told.fields] == ["lot_no"]


def test_codes_are_read_in_words() -> None:
    [told] = suggest(_table(状态=["启用", "停用", "on_hold"]), registry(), {}, only="supplier")
    assert [(f.field, f.codes) for f in told.fields] == [("status", {"启用": "active", "停用": "blocked"})]


def test_what_another_mapping_calls_it_is_known() -> None:
    sample = _table(FBILLNO=["P1"], QUX=["P2"])
    [told] = suggest(sample, registry(), {("purchase_order", "po_no"): frozenset({"fbillno"})}, only="purchase_order")
    assert [(f.field, f.column, f.why) for f in told.fields] == [("po_no", "FBILLNO", ("known",))]


def test_nothing_is_made_of_an_empty_table() -> None:
    assert suggest(_table(x=[]), registry(), {}) == []


@pytest.mark.parametrize(("one", "other", "alike"), [
    ("RECEIPTKEY", "receipt no", 1.0), ("qty_received", "QTYRECEIVED", 1.0), ("物料代码", "物料编号", 1.0), ("vendorNo", "supplier_code", 1.0), ("shipdate", "colour", 0.0),
])
def test_names_of_columns_are_read_as_words(one: str, other: str, alike: float) -> None:
    assert same_words(column_words(one), column_words(other)) == alike
