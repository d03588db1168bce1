"""Databases as sources, behind a port: only read, as text, into Parquet."""

from medthread.stores.databases.opening import is_database, is_tried, open_database
from medthread.stores.databases.port import Column, Database, Selection, Server

__all__ = ["Column", "Database", "Selection", "Server", "is_database", "is_tried", "open_database"]
