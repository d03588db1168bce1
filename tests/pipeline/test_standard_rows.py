"""Files of the standard layer that an older version of the product wrote are read like those of today."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from medthread.derive.columns import NEWEST_FIRST
from medthread.pipeline.standard_rows import rows_of
from medthread.stores.engines import job


def test_a_version_that_older_files_do_not_tell_is_none(tmp_path: Path) -> None:
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    row = {"_key": ["a"], "_load": ["L1"], "_row": [1]}
    pq.write_table(pa.table(row), old)
    pq.write_table(pa.table(row | {"_load": ["L2"], "_version": [7]}), new)
    for files in ([str(old)], [str(old), str(new)]):
        with job() as con:
            found = con.execute(f"select _load, _version from ({rows_of(files)}) order by {NEWEST_FIRST}").fetchall()
        assert found == [("L2", 7), ("L1", None)][2 - len(files):]
