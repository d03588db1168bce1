"""Columns that get another type: what older snapshots say stays, what is committed now is read as it is."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medthread.stores.lakehouse import Change, Committer
from medthread.stores.lakehouse.catalog import open_catalog
from medthread.stores.postgres.store import Store

KINDS = {"int": pa.int32(), "long": pa.int64(), "text": pa.string(), "narrow": pa.decimal128(24, 6), "wide": pa.decimal128(38, 6), "truth": pa.bool_()}
VALUES = {"int": 1, "long": 2, "text": "x", "narrow": "1.5", "wide": "2.5", "truth": True}


@pytest.mark.parametrize(("before", "after"), [("int", "long"), ("long", "int"), ("narrow", "wide"), ("wide", "narrow"), ("int", "text"), ("text", "truth"), ("narrow", "text")])
@pytest.mark.parametrize("mode", ["replace", "swap"])
def test_a_table_whose_column_gets_another_type(store: Store, tmp_path: Path, before: str, after: str, mode: str) -> None:
    committer = Committer(store, tmp_path / "lake")
    files = []
    for number, kind in enumerate((before, after, before)):
        path = committer.place("marts.retyped", f"f{number}")
        value = pa.array([VALUES[kind]]).cast(KINDS[kind])
        pq.write_table(pa.table({"id": ["a"], "value": value}), path)
        removed = tuple(committer.files("marts.retyped")) if mode == "swap" else ()
        committer.commit(Change("marts.retyped", (path,), f"k{number}", mode=mode, removed=removed))  # type: ignore[arg-type]
        files.append(str(path.resolve()))
        assert committer.files("marts.retyped") == files[-1:]
        table = open_catalog(store, warehouse=tmp_path / "lake").load_table("marts.retyped")
        assert table.scan().to_arrow().column("value").to_pylist() == pq.read_table(path).column("value").to_pylist()
