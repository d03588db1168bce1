"""Edits go into raw rows whatever their columns are called; a row is known again by its content; who is erased is erased in decisions."""

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from medthread.derive.columns import INDEX, MASKED
from medthread.pipeline.correct.again import edited
from medthread.pipeline.correct.decided import forget_person
from medthread.pipeline.standardise.outputs import content
from medthread.stores.engines import question
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import row_decision

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6)
ROWS = st.dictionaries(NAMES, st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6), min_size=1, max_size=5)


def unlike(names: list[str]) -> bool:
    """A table's columns differ in more than their case."""
    return len({n.casefold() for n in names}) == len(names) and len({n.lower() for n in names}) == len(names)


@given(ROWS, ROWS)
def test_an_edited_row_is_the_raw_one_with_the_edits_in_it(raw: dict[str, str | None], edits: dict[str, str | None]) -> None:
    columns = sorted({*raw, *edits} - {"n"})
    if not unlike([*columns, "n"]):
        return
    with question() as con:
        con.register("chosen_rows", pa.table({"raw": [json.dumps(raw)], "edits": [json.dumps(edits)], "n": [1]}))
        answer = con.sql(edited(columns, of="chosen_rows", beside="n")).to_arrow_table().to_pylist()
    assert answer == [{**dict.fromkeys(columns), **{k: v for k, v in {**raw, **edits}.items() if k != "n"}, "n": 1}]


def told(row: dict[str, str | None]) -> str:
    with question() as con:
        con.register("one_row", pa.table({k: pa.array([v], pa.string()) for k, v in row.items()}))
        return str(con.execute(f"select {content(list(row))} from one_row").fetchall()[0][0])


def test_a_row_is_known_by_its_values_and_sealed_ones_by_their_index() -> None:
    first = {"qty": "many", "phone": "sealed:1:L1:a", "phone" + MASKED: "1**", "phone" + INDEX: "i1", "gone": None}
    again = {"phone" + INDEX: "i1", "phone": "sealed:1:L2:b", "phone" + MASKED: "1**", "qty": "many"}
    assert told(first) == told(again)
    assert told(first) != told({**first, "phone" + INDEX: "i2"})
    assert told(first) != told({**first, "qty": "more"})
    assert told({"a": "b", "c": None}) != told({"a": None, "c": "b"})


def test_who_is_erased_is_erased_in_decisions(store: Store) -> None:
    hers = {"qty": "5", "driver": "sealed:1:L1:x", "driver" + MASKED: "139****", "driver" + INDEX: "h1"}
    his = {"driver": "sealed:1:L1:y", "driver" + MASKED: "138****", "driver" + INDEX: "h2"}
    said = {"act": "A1", "source": "erp", "table": "receipt", "load": "L1", "file": "f", "row": 1, "kind": "corrected", "reason": "counted", "decided_by": "guan"}
    with store.transaction() as tx:
        for n, edits in enumerate((hers, his)):
            tx.execute(insert(row_decision).values(id=f"D{n}", held=f"h{n}", edits=edits, **said))
        assert forget_person(tx, ["h1"]) == 1
        kept = list(tx.execute(select(row_decision.c.edits).order_by(row_decision.c.id)).scalars())
    assert kept == [{"qty": "5", "driver": None, "driver" + MASKED: None, "driver" + INDEX: None}, his]
