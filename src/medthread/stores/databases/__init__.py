"""Databases as sources, behind a port: only read, as text, into Parquet."""

from medthread.stores.databases.opening import is_database, open_database
from medthread.stores.databases.port import Column, Database, Selection, Server

__all__ = ["Column", "Database", "Selection", "Server", "is_database", "open_database"]
