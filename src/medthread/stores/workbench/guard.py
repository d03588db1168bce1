"""Whether a question may be asked: one SELECT, over tables that are there for whoever asks, with functions that only calculate.

It is judged in the engine's own parser, whose tree says of each part where it stands in the text: so there is no second
reading of the text that could differ from the one that runs. What the tree has that is not known here is refused.
"""

import atexit
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import sqlglot
from sqlglot.errors import SqlglotError

from medthread.model.errors import InvalidError
from medthread.stores.workbench.words import ALLOWED, TABLES

MOST_TEXT = 50_000
DEEP = 200
NOWHERE = 1 << 62
TAKEN = {"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY_FROM", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION", "COLUMN_DATA"}
NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
BEFORE = re.compile(r"(explain|describe)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """A question that may be asked: its text without what stands before it (`explain`, `describe`), the tables that it names, and which of the two stood there."""

    sql: str
    tables: frozenset[str]
    asks: str = ""
    shift: int = 0  # characters of the text before it


class NotAskedError(InvalidError):
    """A question that is not asked; `position` is the character at which it goes wrong, counted from one."""

    code = "sql-refused"

    def __init__(self, message: str, *, hint: str, position: int | None = None) -> None:
        super().__init__(message, hint=hint)
        if position is not None:
            self.attributes["position"] = position


def check(text: str, tables: Collection[str]) -> Checked:
    """What a text asks. Raises `NotAskedError` for all but one SELECT (or EXPLAIN or DESCRIBE of one) over the tables that are given."""
    if len(text) > MOST_TEXT:
        raise NotAskedError(f"the question has {len(text):,} characters", hint=f"ask with up to {MOST_TEXT:,}")
    if any(c < " " and c not in "\n\r\t" for c in text):
        raise NotAskedError("the question holds control characters", hint="take them out")
    asks, body, shift = _asks(text)
    body = body.rstrip()
    tree = _tree(body, shift)
    found = _Walk(frozenset(t.lower() for t in tables), body, shift)
    found.node(tree, frozenset())
    return Checked(body, frozenset(found.tables), asks, shift)


def _asks(text: str) -> tuple[str, str, int]:
    """What stands before the question, the question, and how many characters were taken from before it."""
    try:
        tokens = sqlglot.tokenize(text, read="duckdb")
    except SqlglotError as error:
        message = str(error).splitlines()[0]
        raise NotAskedError(f"the question cannot be read: {message}", hint="look for a quote that is not closed") from error
    while tokens and tokens[-1].token_type is sqlglot.TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise NotAskedError("nothing is asked", hint="write a SELECT")
    for token in tokens:
        if token.token_type is sqlglot.TokenType.SEMICOLON:
            raise NotAskedError("there is more than one statement", hint="ask one question at a time", position=token.start + 1)
    text, first = text[: tokens[-1].end + 1], tokens[0]
    if before := BEFORE.match(text, first.start):
        return before[1].lower(), text[before.end() :], before.end()
    word = first.text.lower()
    if word not in ("select", "with", "from", "values", "("):
        raise NotAskedError(f"a question begins with SELECT or WITH, not {first.text[:30]!r}", hint="data is read here, nothing else is done", position=first.start + 1)
    return "", text[first.start :], first.start


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "enable_external_access": "false"})
    con.execute("set memory_limit='256MB'; set threads=1; set lock_configuration=true")
    atexit.register(_parser.cache_clear)  # what outlives the interpreter's end is reported as leaked
    return con


@cache
def _taken() -> frozenset[str]:
    """Names that the engine has views and tables of its own for."""
    found = _parser().cursor().execute("select view_name from duckdb_views() union select table_name from duckdb_tables() union select schema_name from duckdb_schemas()").fetchall()
    return frozenset(str(name).lower() for (name,) in found)


def _tree(body: str, shift: int) -> dict[str, Any]:
    cursor = _parser().cursor()
    try:
        told = json.loads(cursor.execute("select json_serialize_sql(?)", [body]).fetchall()[0][0])
    except (duckdb.Error, ValueError, RecursionError) as error:
        raise NotAskedError("the question cannot be read", hint="it may be nested too deeply") from error
    finally:
        cursor.close()
    if told.get("error"):
        at = int(told["position"]) if str(told.get("position", "")).isdigit() else None
        if told.get("error_type") == "not implemented":
            raise NotAskedError("only SELECT is asked here, and no PIVOT statement", hint="data is read here, nothing else is done; the page of pivots makes pivots")
        message = str(told.get("error_message", "")).splitlines()[0][:300]
        raise NotAskedError(f"the question cannot be read: {message}", hint="mend it at the place that is marked", position=None if at is None else _characters(body, at) + shift + 1)
    statements = told["statements"]
    if len(statements) != 1:
        raise NotAskedError("there is more than one statement", hint="ask one question at a time")
    if statements[0].get("named_param_map"):
        raise NotAskedError("the question has parameters", hint="write the values out")
    node: dict[str, Any] = statements[0]["node"]
    return node


def _characters(body: str, at: int) -> int:
    """A place that the engine counts in bytes, in characters."""
    return len(body.encode()[:at].decode(errors="ignore"))


class _Walk:
    """Goes through a tree and refuses what it does not know; names of WITH are known inside the query that they belong to."""

    def __init__(self, known: frozenset[str], body: str, shift: int) -> None:
        self._known, self._body, self._shift = known, body, shift
        self.tables: set[str] = set()

    def node(self, node: dict[str, Any], named: frozenset[str], deep: int = 0) -> None:
        """A query. Its parts may call tables by what it names."""
        kind = str(node.get("type"))
        if kind not in NODES:
            raise NotAskedError(f"a part of the question is not read here: {kind.lower()}", hint="write it as a SELECT", position=self._at(node))
        fresh = {str(e["key"]).lower() for e in (node.get("cte_map") or {}).get("map", [])}
        if kind in ("RECURSIVE_CTE_NODE", "CTE_NODE"):
            fresh.add(str(node.get("cte_name") or node.get("ctename") or "").lower())
        for name in fresh:
            # Within its own WITH and before it, a name still means what it means without it: a path would be a file, and some are the engine's own views.
            if not re.fullmatch(r"\w*", name) or name in _taken():
                raise NotAskedError(f"{name[:60]!r} is no name for a part of a question", hint="call it by letters, figures and _, as nothing else is called", position=self._at(node))
        self._parts(node, named | fresh, deep)

    def _parts(self, thing: Any, named: frozenset[str], deep: int) -> None:
        if deep > DEEP:
            raise NotAskedError("the question is nested too deeply", hint="write parts of it with WITH")
        if isinstance(thing, list):
            for part in thing:
                self._one(part, named, deep + 1)
        elif isinstance(thing, dict):
            for key, part in thing.items():
                if key != "literal":
                    self._one(part, named, deep + 1)

    def _one(self, part: Any, named: frozenset[str], deep: int) -> None:
        if isinstance(part, dict):
            kind = str(part.get("type", ""))
            if kind.endswith("_NODE"):
                self.node(part, named, deep)
                return
            if "join_type" in part or "column_name_alias" in part or kind in ("SHOW_REF", "SHOW", "PIVOT", "DELIM_GET"):
                self._table(part, kind, named)
            if part.get("class") in ("FUNCTION", "WINDOW") and kind != "TABLE_FUNCTION":
                self._function(part)
        if isinstance(part, dict | list):
            self._parts(part, named, deep)

    def _table(self, part: dict[str, Any], kind: str, named: frozenset[str]) -> None:
        if kind not in TAKEN:
            raise NotAskedError(f"a part of the question is not read here: {kind.lower()}", hint="write it as a SELECT", position=self._at(part))
        if kind == "BASE_TABLE":
            self._base(part, named)
        if kind == "TABLE_FUNCTION":
            name = str(part["function"].get("function_name", "")).lower()
            if name not in TABLES or part["function"].get("schema") or part["function"].get("catalog"):
                raise NotAskedError(f"the function {name!r} gives no table here", hint="tables are called by their names, as golden.item; files and settings are out of reach", position=self._at(part))

    def _base(self, part: dict[str, Any], named: frozenset[str]) -> None:
        schema, name, catalog = (str(part.get(k) or "").lower() for k in ("schema_name", "table_name", "catalog_name"))
        if part.get("at_clause"):
            raise NotAskedError("AT is not read here", hint="choose a release instead", position=self._at(part))
        if not schema and not catalog and name in named:
            return
        if catalog or f"{schema}.{name}" not in self._known:
            called = ".".join(str(part.get(k)) for k in ("catalog_name", "schema_name", "table_name") if part.get(k))
            raise NotAskedError(f"there is no table {called!r} for you", hint="tables are called by their layer and name, as golden.item; the list beside has them", position=self._at(part))
        self.tables.add(f"{schema}.{name}")

    def _function(self, part: dict[str, Any]) -> None:
        name, schema, catalog = (str(part.get(k) or "").lower() for k in ("function_name", "schema", "catalog"))
        if part.get("is_operator"):
            return
        if schema not in ("", "main") or catalog or name not in ALLOWED | OPERATORS | TABLES:
            raise NotAskedError(f"the function {name!r} is not called here", hint="functions that calculate are; those that read files, settings or the catalogue are not", position=self._at(part))

    def _at(self, part: dict[str, Any]) -> int | None:
        at = part.get("query_location")
        return None if not isinstance(at, int) or at > NOWHERE else _characters(self._body, at) + self._shift + 1


OPERATORS = frozenset({"+", "-", "*", "/", "//", "%", "||", "~~", "~~*", "!~~", "!~~*", "~~~", "&", "|", "^", "**", "<<", ">>", "->", "->>", "@", "<->", "regexp_full_match", "like_escape",
                       "ilike_escape", "not_like_escape", "not_ilike_escape", "list_value", "row", "struct_pack", "array_extract", "array_slice", "struct_extract", "map", "timezone"})


