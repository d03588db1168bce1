"""The rows of the standard layer, whichever version of the product wrote their files."""

from collections.abc import Sequence

from medthread.derive.columns import TECHNICAL
from medthread.stores.engines import file_list, quote


def rows_of(files: Sequence[str]) -> str:
    """SELECT the rows of standard or golden files, whenever these were written."""
    technical = ", ".join(f"cast(null as {c.duck}) as {quote(c.name)}" for c in TECHNICAL)
    return f"select * from read_parquet({file_list(tuple(files))}, union_by_name=true) union all by name select {technical} where false"

