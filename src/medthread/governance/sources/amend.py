"""A mapping changed where it stands: the text of its file, with everything around it, comments too, as people wrote it.

Places are those that the YAML parser says; what comes out is read again as a mapping before anybody sees it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from medthread.model.errors import DeclarationError
from medthread.model.yaml_file import PlainYaml

# Words of a mapping under which no raw column stands.
NO_COLUMNS = frozenset((
    "entity", "constant", "scheme", "codes", "otherwise", "change", "match", "give", "table", "files", "query", "resource", "subject",
    "format", "by", "path", "to", "factors", "options", "overlap", "where_values",
))
PLAIN = re.compile(r"[^\W\d][\w ]*")
RESERVED = frozenset(("true", "false", "null", "~"))


@dataclass(frozen=True)
class Edit:
    """A piece of the text and what takes its place."""

    start: int
    end: int
    text: str


def rename_column(text: str, *, table: str, old: str, new: str) -> str:
    """Every place in a table's mapping that names a raw column names another."""
    node = _table(text, table)
    edits = [Edit(n.start_mark.index, n.end_mark.index, _scalar(new)) for n in _columns(node) if n.value == old]
    if not edits:
        raise DeclarationError(f"the mapping of {table} names no column {old!r}", hint="it may stand in an anchor or a joined text: change the file by hand")
    return _edited(text, edits)


def ignore_column(text: str, *, table: str, column: str) -> str:
    """A raw column is known, and feeds nothing."""
    node = _table(text, table)
    there = _many(node, "ignore")
    if there is None:
        first = node.value[0][0]
        if node.flow_style:
            return _edited(text, [Edit(first.start_mark.index, first.start_mark.index, f"ignore: [{_scalar(column)}], ")])
        return _edited(text, [Edit(first.start_mark.index, first.start_mark.index, f"ignore: [{_scalar(column)}]\n{' ' * first.start_mark.column}")])
    return _edited(text, [_appended(there, _scalar(column))])


def map_column(text: str, *, table: str, entity: str, field: str, column: str) -> str:
    """A raw column fills a field, in the first mapping of the table to the entity."""
    feeds = _many(_table(text, table), "feeds")
    feed = next((f for f in (feeds.value if feeds is not None else []) if (e := _value(f, "entity")) is not None and e.value == entity), None)
    fields = _many(feed, "fields")
    if fields is None or not fields.value:
        raise DeclarationError(f"the mapping of {table} feeds no {entity}", hint="write the field into the file by hand")
    first = fields.value[0][0]
    said = f"{_scalar(field)}: {_scalar(column)}"
    parted = ", " if fields.flow_style else f"\n{' ' * first.start_mark.column}"
    return _edited(text, [Edit(first.start_mark.index, first.start_mark.index, said + parted)])


def _appended(sequence: yaml.CollectionNode, said: str) -> Edit:
    if sequence.flow_style or not sequence.value:
        end = sequence.end_mark.index - 1
        return Edit(end, end, f", {said}" if sequence.value else said)
    last = sequence.value[-1]
    return Edit(last.end_mark.index, last.end_mark.index, f"\n{' ' * (sequence.start_mark.column)}- {said}")


def _table(text: str, table: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=PlainYaml)
    tables = _value(root, "tables")
    found = _value(tables, table) if tables is not None else None
    if not isinstance(found, yaml.MappingNode) or not found.value:
        raise DeclarationError(f"the file maps no table {table!r}", hint="it was changed meanwhile; look again")
    return found


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((v for k, v in node.value if k.value == key), None)


def _many(node: yaml.Node | None, key: str) -> yaml.CollectionNode | None:
    found = _value(node, key)
    return found if isinstance(found, yaml.CollectionNode) else None


def _columns(node: yaml.Node, key: str = "") -> Iterator[yaml.ScalarNode]:
    """Scalars that may be names of raw columns; under `where` these are the keys."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _columns(item, key)
    elif isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if key == "where":
                yield name
            elif name.value not in NO_COLUMNS:
                yield from _columns(value, name.value)


def _edited(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: -e.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _scalar(value: str) -> str:
    """A word as YAML takes it for itself."""
    plain = PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in RESERVED
    return value if plain else json.dumps(value, ensure_ascii=False)
