"""What readers read: one release, all tables together, whatever a run is doing meanwhile."""

from medthread.stores.serving.filters import Condition, parse_condition
from medthread.stores.serving.keyset import Page, decode, encode, page_clause
from medthread.stores.serving.released import Released
from medthread.stores.serving.snapshot import LakeReader, Snapshot

__all__ = ["Condition", "LakeReader", "Page", "Released", "Snapshot", "decode", "encode", "page_clause", "parse_condition"]
