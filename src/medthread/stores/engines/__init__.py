"""Engines: they compute, the core commits."""

from medthread.stores.engines.duck import (
    connect,
    copy,
    copy_parts,
    define,
    file_list,
    literal,
    question,
    quote,
)
from medthread.stores.engines.patience import no_longer_than
from medthread.stores.engines.port import Engine, Input, Output
from medthread.stores.engines.work import DuckEngine, job

__all__ = [
    "DuckEngine",
    "Engine",
    "Input",
    "Output",
    "connect",
    "copy",
    "copy_parts",
    "define",
    "file_list",
    "job",
    "literal",
    "no_longer_than",
    "question",
    "quote",
]
