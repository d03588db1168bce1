"""A list of a large table touches the rows of its page, holds no more in memory, and is exported in batches."""

import json
import subprocess
import tracemalloc
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, MetaData, Table, Text, insert, text

from medthread.derive import tables_of
from medthread.derive.view import masked_view
from medthread.model.errors import StoreError
from medthread.stores.postgres import Store
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.row_security import EVERYWHERE, Reach
from medthread.stores.postgres.store import STREAMS
from medthread.stores.serving import NativeRows, SortKey, encode, page_clause
from medthread.stores.serving.native_rows import BATCH
from tests.conftest import copy_of
from tests.registry import registry

ROWS, LIMIT = 300_000, 51
READING = registry()["inspection_result"]
KEY = tuple(SortKey(n, READING.fields[n].kind, filled=True) for n in READING.key())
MIDDLE = encode("I-0001500", "dim 1", 51, 1, "r000150051")
FILL = f"""
insert into native.inspection_result (id, inspection, characteristic, sample_no, reading_no, value, measured_at, measured_by, _plant, _created_by, _updated_by)
select 'r' || lpad(i::text, 9, '0'), 'I-' || lpad((i / 100)::text, 7, '0'), 'dim ' || i % 5, i % 100, 1, i % 977 / 10.0,
       timestamptz '2026-01-01' + i * interval '1 second', 'p' || i % 20, case when i % 3 = 0 then 'A' when i % 3 = 1 then 'B' end, 't', 't'
from generate_series(1, {ROWS}) as i"""


@pytest.fixture(scope="module")
def large(cluster: Cluster, migrated: str) -> Iterator[Store]:
    with copy_of(cluster, migrated, name="large_list") as store:
        with store.transaction() as tx:
            tx.execute(text(FILL))
        with store.statements() as tx:
            tx.execute(text("analyze native.inspection_result"))
        yield store


def readings(store: Store, reach: Reach = EVERYWHERE) -> tuple[NativeRows, str]:
    rows = NativeRows(store, tables_of(registry(), MetaData())["inspection_result"], reach)
    return rows, f"({masked_view(READING, registry(), of=rows.relation(), masked=(), technical=rows.technical)}) as shown"


def page(source: str, *, descending: bool, after: str | None) -> tuple[str, tuple[Any, ...]]:
    asked = page_clause(KEY, descending=descending, after=after)
    return f"select * from {source} where {asked.where} order by {asked.order} limit {LIMIT}", asked.parameters


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize("after", [None, MIDDLE], ids=["first", "middle"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("reach", [EVERYWHERE, Reach(plants=("A",))], ids=["free", "bound"])
def test_a_page_by_key_touches_the_rows_of_the_page(large: Store, reach: Reach, descending: bool, after: str | None) -> None:  # noqa: FBT001 - given by pytest
    rows, source = readings(large, reach)
    sql, parameters = page(source, descending=descending, after=after)
    said = rows.query(f"explain (analyze, format json) {sql}", parameters)[0]["QUERY PLAN"]
    found = list(nodes((json.loads(said) if isinstance(said, str) else said)[0]["Plan"]))
    assert {"Seq Scan", "Sort", "Bitmap Heap Scan"}.isdisjoint(n["Node Type"] for n in found)
    touched = sum(n["Actual Rows"] + n.get("Rows Removed by Filter", 0) for n in found if n["Node Type"].startswith("Index"))
    assert touched <= LIMIT * 3, "of those who are bound, every third row belongs to another plant"


def test_pages_follow_each_other_whichever_way(large: Store) -> None:
    rows, source = readings(large)
    forth = rows.query(*page(source, descending=False, after=MIDDLE))
    last = forth[-1]
    back = rows.query(*page(source, descending=True, after=encode(*(last[k.name] for k in KEY), last["id"])))
    assert [r["id"] for r in back[: LIMIT - 1]] == [r["id"] for r in forth[-2::-1]]
    assert min(r["inspection"] for r in forth) == "I-0001500"


def test_a_page_holds_a_page_in_memory(large: Store) -> None:
    rows, source = readings(large)
    sql, parameters = page(source, descending=False, after=MIDDLE)
    assert len(rows.query(sql, parameters)) == LIMIT
    tracemalloc.start()
    try:
        rows.query(sql, parameters)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_an_export_is_read_in_batches_and_leaves_nothing_behind(large: Store) -> None:
    rows, source = readings(large, Reach(plants=("A",)))
    seen, most = 0, 0
    tracemalloc.start()
    try:
        for names, batch in rows.stream(f'select "id", "_plant" from {source} order by "id"'):
            assert names == ["id", "_plant"]
            assert {r[1] for r in batch} <= {"A", None}
            seen, most = seen + len(batch), max(most, len(batch))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert (seen, most) == (ROWS - ROWS // 3, BATCH)
    with large.transaction() as tx:
        assert tx.execute(text("select current_user = session_user")).scalar_one()


def test_slow_readers_leave_connections_for_others(large: Store) -> None:
    """Only so many exports at a time; one that is given up makes room, whether it was read to its end or not."""
    rows, source = readings(large)
    sql = f'select "id" from {source}'
    begun = [rows.stream(sql) for _ in range(STREAMS)]
    for stream in begun:
        assert len(next(stream)[1]) == BATCH
    with pytest.raises(StoreError, match="exports") as refused:
        next(rows.stream(sql))
    assert refused.value.hint
    begun.pop().close()  # type: ignore[attr-defined] # a generator
    assert len(next(rows.stream(sql))[1]) == BATCH
    assert rows.query(f"select count(*) as n from (select 1 from {source} limit 10) as c") == [{"n": 10}]
    for stream in begun:
        stream.close()  # type: ignore[attr-defined] # a generator


def test_signs_in_texts_are_no_parameters(large: Store) -> None:
    rows, _ = readings(large)
    assert rows.query("select '?%s%%''?' as a, ? as \"b?%\"", ("%",)) == [{"a": "?%s%%'?", "b?%": "%"}]


def languages() -> list[str]:
    """Locales of this machine whose order is that of a language."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.split()
    return [n for n in known if n.lower().endswith(("utf8", "utf-8")) and not n.startswith(("C", "POSIX"))]


@pytest.mark.parametrize("locale", ["C", "C.utf8", "a language"])
def test_whatever_order_a_database_has_lists_have_that_of_the_lake(cluster: Cluster, locale: str) -> None:
    spoken = languages() if locale == "a language" else [locale]
    if not spoken:
        pytest.skip("this machine has no locale of a language")
    with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
        admin.execute(f"create database spoken template template0 locale '{spoken[0]}'")
    store = Store(cluster.url.replace("@/medthread?", "@/spoken?"))
    try:
        thing = Table("thing", MetaData(), Column("id", Text), Column("name", Text), schema="native")
        names = ["b", "A", "a", "B", "批", "啊", "é", "e", "Z", "_"]
        with store.transaction() as tx:
            tx.execute(text("create schema native"))
            thing.create(tx)
            tx.execute(insert(thing), [{"id": n, "name": n} for n in names])
        assert store.sorts_by_code_point == (locale != "a language")
        rows = NativeRows(store, thing, EVERYWHERE)
        assert (rows.relation() == '"native"."thing"') == store.sorts_by_code_point, "its indexes serve where they can"
        assert [r["name"] for r in rows.query(f"select * from {rows.relation()} order by name")] == sorted(names)
        assert [r["name"] for r in rows.query(f"select * from {rows.relation()} where name > ? order by id", ("Z",))] == sorted(n for n in names if n > "Z")
    finally:
        store.close()
        with psycopg.connect(cluster.conninfo, autocommit=True) as admin:
            admin.execute("drop database spoken with (force)")
