"""A mart: one SELECT in a file, named after it, with a head of comments.

    -- about: 批次总览 | Lot overview
    -- owner: production
    select … from golden.lot …

What it reads is read from the statement itself, so the order of building is nobody's to maintain.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.model import Label
from medthread.model.errors import DeclarationError

HEAD = re.compile(r"^--\s*(about|owner):\s*(.+)$", re.MULTILINE)
LAYERS = ("golden", "marts", "standard")


@dataclass(frozen=True)
class Mart:
    """A model: what it is called, who answers for it, what it reads."""

    name: str
    label: Label
    owner: str
    sql: str
    reads: tuple[str, ...]

    @property
    def table(self) -> str:
        """Its table in the lake."""
        return f"marts.{self.name}"


def read_mart(path: Path) -> Mart:
    """The mart of a file; what is wrong with it is told with the file's name."""
    sql = path.read_text(encoding="utf-8")
    head = {m[1]: m[2].strip() for m in HEAD.finditer(sql)}
    zh, bar, en = head.get("about", "").partition("|")
    if not bar or "owner" not in head:
        raise DeclarationError(
            f"{path.name} does not say what it is", hint="begin with `-- about: 中文名 | English name` and `-- owner: role`"
        )
    try:
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except SqlglotError as error:
        raise DeclarationError(f"{path.name}: {error}", hint="a mart is one SELECT in DuckDB's SQL") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise DeclarationError(f"{path.name} is not one SELECT", hint="a mart is one SELECT in DuckDB's SQL")
    reads = sorted({f"{t.db}.{t.name}" for t in statements[0].find_all(exp.Table) if t.db})
    strangers = [r for r in reads if r.partition(".")[0] not in LAYERS]
    if strangers:
        raise DeclarationError(f"{path.name} reads {strangers[0]}", hint=f"marts read from {', '.join(LAYERS)}")
    return Mart(path.stem, Label(zh.strip(), en.strip()), head["owner"], sql, tuple(reads))


def marts_in_order(paths: Sequence[Path]) -> list[Mart]:
    """All marts, each after those it reads."""
    marts = {m.table: m for m in map(read_mart, paths)}
    graph = {m.table: [r for r in m.reads if r.startswith("marts.")] for m in marts.values()}
    missing = [(table, r) for table, reads in graph.items() for r in reads if r not in marts]
    if missing:
        raise DeclarationError(f"{missing[0][0]} reads {missing[0][1]}, which nobody makes", hint=", ".join(sorted(marts)))
    try:
        return [marts[t] for t in TopologicalSorter(graph).static_order()]
    except CycleError as cycle:
        raise DeclarationError(f"marts read each other in a circle: {' -> '.join(cycle.args[1])}", hint="break it") from None
