"""What readers read: of the lake one release, all tables together, whatever a run is doing meanwhile; of records, what stands now."""

from medthread.stores.serving.filters import Condition, all_of, belonging, compared, holding, parse_condition
from medthread.stores.serving.keyset import Page, SortKey, decode, encode, page_clause
from medthread.stores.serving.native_rows import CASE, DUE, OPENED_BY, SINCE, STATE, NativeRows
from medthread.stores.serving.released import Released
from medthread.stores.serving.rows import ORIGIN, LakeRows, Rows
from medthread.stores.serving.snapshot import LakeReader, Snapshot

__all__ = [
    "CASE", "DUE", "OPENED_BY", "ORIGIN", "SINCE", "STATE", "Condition", "LakeReader", "LakeRows", "NativeRows", "Page", "Released", "Rows", "Snapshot",
    "SortKey", "all_of", "belonging", "compared", "decode", "encode", "holding", "page_clause", "parse_condition",
]
