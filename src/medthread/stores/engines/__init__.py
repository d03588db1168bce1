"""Engines: they compute, the core commits."""

from medthread.stores.engines.duck import (
    DuckEngine,
    connect,
    copy,
    copy_parts,
    define,
    file_list,
    job,
    literal,
    question,
    quote,
)
from medthread.stores.engines.patience import no_longer_than
from medthread.stores.engines.port import Engine, Input, Output

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
