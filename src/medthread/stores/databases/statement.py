"""SQL that reads: names and values are quoted, whatever is in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from medthread.model.errors import SourceError

QUERY = re.compile(r"(?is)\s*(select|with)[\s(*\"'\[`]")


@dataclass(frozen=True)
class Dialect:
    """How a server quotes, and how its SELECT says the rest."""

    before: str = '"'
    after: str = '"'
    hexadecimal: str = ""
    nulls_first: str = "{}"
    first: str = "select {what} from {origin} limit {n}"
    alias: str = " as q"
    national: str = ""

    def quote(self, name: str) -> str:
        """An identifier."""
        if "\0" in name:
            raise SourceError("a name holds a NUL character", hint="write it as the source has it")
        return f"{self.before}{name.replace(self.after, self.after * 2)}{self.after}"

    def literal(self, value: str) -> str:
        """A text."""
        if "\0" in value:
            raise SourceError("a value holds a NUL character", hint="write it as the source has it")
        if self.hexadecimal:
            return self.hexadecimal.format(value.encode().hex())
        return self.national + "'" + value.replace("'", "''") + "'"

    def column(self, name: str) -> str:
        """A column of what is read from; an output of the same name is another thing."""
        return f"q.{self.quote(name)}"

    def named(self, *parts: str) -> str:
        """A table as what is read from."""
        return ".".join(self.quote(p) for p in parts) + self.alias

    def derived(self, query: str) -> str:
        """A SELECT as what another reads from."""
        return f"(\n{query}\n){self.alias}"


@dataclass(frozen=True)
class Order:
    """The column that rows are ordered by, and the SQL that holds from the first one on; empty for all."""

    by: str
    begins: str = ""


def query_of(of: str) -> str | None:
    """The SELECT that a mapping wrote; nothing where it names a table."""
    given = of.strip().rstrip(";").rstrip()
    if not QUERY.match(given):
        return None
    if ";" in given:
        raise SourceError("the query of the mapping holds a semicolon", hint="write one SELECT")
    return given


def reading(dialect: Dialect, origin: str, values: Mapping[str, str], order: Order | None = None) -> str:
    """One SELECT of expressions under their columns' names."""
    return f"select {_list(dialect, values)} from {origin}{_ordered(dialect, order)}"


def some(dialect: Dialect, origin: str, values: Mapping[str, str], n: int) -> str:
    """The same, a few rows in no order."""
    return dialect.first.format(what=_list(dialect, values), origin=origin, n=int(n))


def _list(dialect: Dialect, values: Mapping[str, str]) -> str:
    return ", ".join(f"{value} as {dialect.quote(name)}" for name, value in values.items())


def _ordered(dialect: Dialect, order: Order | None) -> str:
    if order is None:
        return ""
    column = dialect.column(order.by)
    where = f" where ({order.begins} or {column} is null)" if order.begins else ""
    return f"{where} order by {dialect.nulls_first.format(column)}"
