"""A model in partitions: each made from the rows of one partition of one table, and again only when these changed.

    -- partition: month = date_trunc('month', received_at) of golden.receipt

`month` is a column of the model, the expression is over the columns of the table named. The statement is given only the rows
of the partitions that it shall make; every row that it gives must belong to one of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from medthread.model.errors import DeclarationError
from medthread.stores.engines import Engine, Input, literal, quote

SAID = re.compile(r"^(\w+)\s*=\s*(.+)\s+of\s+(\w+\.\w+)$")
LIKE = "month = date_trunc('month', received_at) of golden.receipt"


@dataclass(frozen=True)
class Partition:
    """The model's column, the expression that gives its value, and the table over whose rows it is asked."""

    column: str
    expression: str
    of: str

    def __str__(self) -> str:
        """As the head says it."""
        return f"{self.column} = {self.expression} of {self.of}"

    @property
    def value(self) -> str:
        """The partition of a row of that table, as text; '' where it has none."""
        return f"coalesce(cast(({self.expression}) as varchar), '')"

    @property
    def own(self) -> str:
        """The partition of a row of the model."""
        return f"coalesce(cast({quote(self.column)} as varchar), '')"

    @property
    def fields(self) -> set[str]:
        """The fields that the expression takes."""
        return {c.name for c in sqlglot.parse_one(f"select {self.expression}", read="duckdb").find_all(exp.Column)}

    def only(self, partitions: Iterable[str]) -> str:
        """A condition: the row of that table belongs to one of these."""
        return f"{self.value} in ({', '.join(map(literal, sorted(partitions)))})"


def parse_partition(text: str | None, reads: Sequence[str], *, file: str) -> Partition | None:
    """What the head says of partitions."""
    if text is None:
        return None
    said = SAID.match(text)
    if said is None:
        raise DeclarationError(f"{file}: {text!r} names no partitions", hint=f"write `-- partition: {LIKE}`")
    partition = Partition(said[1], said[2].strip(), said[3])
    try:
        sqlglot.parse_one(f"select {partition.expression}", read="duckdb")
    except SqlglotError as error:
        raise DeclarationError(f"{file}: {partition.expression!r} is no expression: {error}", hint=f"write `-- partition: {LIKE}`") from error
    if partition.of not in reads:
        raise DeclarationError(f"{file} has partitions of {partition.of}, which it does not read", hint=f"it reads {', '.join(reads)}")
    return partition


@dataclass(frozen=True)
class Between:
    """The files of a table that went and that came between two states, and the fields of it that matter (None: all)."""

    gone: tuple[str, ...]
    came: tuple[str, ...]
    fields: tuple[str, ...] | None

    def is_of_one_shape(self) -> bool:
        """Whether the files on both sides have the fields that matter; an older version of the product may have written some without."""
        shapes = [set(pq.read_schema(p).names) for p in (*self.gone, *self.came)]
        wanted = set.union(*shapes, set()) if self.fields is None else set(self.fields)
        return all(wanted <= shape for shape in shapes)

    @property
    def inputs(self) -> Mapping[str, Input]:
        """As relations."""
        return {"gone": Input(self.gone), "came": Input(self.came)}

    @property
    def rows(self) -> str:
        """SELECT the rows that are not on both sides, in the fields that matter."""
        taken = "*" if self.fields is None else ", ".join(map(quote, self.fields)) or "1 as nothing"
        one, other = f"select {taken} from came", f"select {taken} from gone"
        if not self.gone:
            return one
        return f"({one} except all {other}) union all ({other} except all {one})" if self.came else other


def is_touched(engine: Engine, between: Between) -> bool:
    """Whether any row differs."""
    if not (between.gone or between.came):
        return False
    return bool(engine.rows(f"select 1 from ({between.rows}) as differing limit 1", inputs=between.inputs))


def touched(engine: Engine, between: Between, partition: Partition) -> set[str]:
    """The partitions to which rows that differ belong, before or now."""
    if not (between.gone or between.came):
        return set()
    sql = f"select distinct {partition.value} from ({between.rows}) as differing"
    return {str(r[0]) for r in engine.rows(sql, inputs=between.inputs)}
