"""Contracts of others: read within bounds, checked against the official schema, and refused with the place in the document."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import yaml

from medthread.model.errors import InvalidError
from medthread.model.yaml_file import PlainYaml

MOST = 512 << 10  # bytes: the largest contracts that are published are a fifth of it
DEEPEST = 60
SHOWN = 20
VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
HINT = "contracts are YAML or JSON after the Open Data Contract Standard 3.0 to 3.2"
TEXT = "tag:yaml.org,2002:str"
Json = dict[str, Any]
Path = Sequence[str | int]


class _Plain(yaml.CSafeLoader):
    """The quick loader, by whose words a date stays a text, as JSON Schema takes it."""


_Plain.yaml_implicit_resolvers = PlainYaml.yaml_implicit_resolvers


@dataclass(frozen=True)
class Fault:
    """What is wrong, where."""

    at: str
    line: int
    error: InvalidError


def read_contract(content: bytes, *, name: str) -> Json:
    """The contract in a file. Raises `InvalidError` with the first fault, its place and line; `faults` are all of them, up to twenty."""
    document, tree = _parsed(content, name=name)
    version = document.get("apiVersion")
    if document.get("kind") != "DataContract" or not isinstance(version, str):
        raise InvalidError(f"{name} is no data contract: it does not say kind and apiVersion", hint=HINT)
    if version not in VERSIONS:
        raise InvalidError(f"{name} is written after {version}, which is not read here", hint=f"read are {', '.join(VERSIONS)}")
    found = list(_faults(document, tree, name))[:SHOWN]
    if found:
        raise InvalidError(found[0].error.message, hint=f"faults in all: {len(found)}; the standard's schema has the words", faults=found)
    for there in document.get("schema") or ():
        _check_names(there, name)
    return document


def _check_names(there: Json, name: str) -> None:
    names = [p["name"] for p in there.get("properties") or ()]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise InvalidError(f"{name}: {there['name']} has two fields {twice!r}", hint="name each field once")


def _parsed(content: bytes, *, name: str) -> tuple[Json, yaml.Node]:
    if len(content) > MOST:
        raise InvalidError(f"{name} is larger than {MOST >> 10} KB", hint="a contract describes data; it does not hold them")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(f"{name} is not UTF-8", hint=HINT) from error
    try:
        _check_events(text, name)
        tree = yaml.compose(text, Loader=_Plain)
        _check_keys(tree, name)
        document = yaml.load(text, Loader=_Plain)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidError(f"{name}, line {line}: it cannot be read as YAML", hint=str(error.problem)[:200]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidError(f"{name} cannot be read as YAML", hint=HINT) from error
    if not isinstance(document, dict) or tree is None:
        raise InvalidError(f"{name} holds no contract", hint=HINT)
    _check_values(document, name)
    return document, tree


def _check_values(document: Json, name: str) -> None:
    """What no JSON and no database holds: infinite numbers, bytes, NUL, half a pair of surrogates."""
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise InvalidError(f"{name} holds a value that is neither text, number nor truth value", hint=HINT) from error
    if "\\u0000" in text:
        raise InvalidError(f"{name} holds a NUL", hint="leave out control characters")


def _check_events(text: str, name: str) -> None:
    """No aliases, of which a few lines make more than memory holds; no nesting without end; one document. Nothing is built yet."""
    deep = documents = 0
    for event in yaml.parse(text, Loader=_Plain):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InvalidError(f"{name}, line {line}: anchors and aliases are not taken", hint="write out what is meant; a few aliases can stand for more than memory holds")
        deep += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if deep > DEEPEST:
            raise InvalidError(f"{name}, line {line}: nested deeper than {DEEPEST} levels", hint=HINT)
        if documents > 1:
            raise InvalidError(f"{name}, line {line}: a second document begins", hint="one contract a file")


def _check_keys(node: yaml.Node | None, name: str) -> None:
    """A key that stands twice would silently lose its first value."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in one.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag != TEXT:
                    raise InvalidError(f"{name}, line {key.start_mark.line + 1}: a key is no word", hint=HINT)
                if key.value in seen:
                    raise InvalidError(f"{name}, line {key.start_mark.line + 1}: {key.value!r} is said twice", hint="keep one of them")
                seen.add(key.value)
                waiting.append(value)
        elif isinstance(one, yaml.SequenceNode):
            waiting += one.value


@cache
def _official() -> Any:
    """The standard's own schema, of the newest version: it takes the older ones of its first number."""
    said = json.loads((files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(said)


def _typed(value: Any) -> Any:
    """The same with a type wherever none is said: the schema of 3.2.0 takes a property without one for a map, a vector and all others at once."""
    if isinstance(value, list):
        return [_typed(v) for v in value]
    if not isinstance(value, dict):
        return value
    found = {n: _typed(v) for n, v in value.items()}
    for part in found.get("properties") or () if isinstance(found.get("properties"), list) else ():
        if isinstance(part, dict) and "logicalType" not in part:
            part["logicalType"] = "string"
            part.pop("logicalTypeOptions", None)
    return found


def faults_of(document: Json) -> list[str]:
    """What the official schema has against a contract: places and words, none for a valid one."""
    return [f"{_place(document, e.instance_path)}: {e.message}" for e in _official().iter_errors(document)]


def _faults(document: Json, tree: yaml.Node, name: str) -> Iterator[Fault]:
    for error in _official().iter_errors(_typed(document)):
        path = list(error.instance_path)
        line = _line(tree, path)
        yield Fault(_place(document, path), line, InvalidError(_words(error, f"{name}, line {line}: {_place(document, path)}"), hint=HINT))


def _words(error: Any, place: str) -> str:
    """What is wrong in our words; the validator's own are cut short."""
    said = error.message[:200]
    match str(list(error.schema_path)[-1]):
        case "required":
            return f"{place} lacks {_quoted(said)}"
        case "additionalProperties" | "unevaluatedProperties":
            return f"{place} says what the standard does not know: {_quoted(said.partition('(')[2])}"
        case "type":
            return f"{place} is of the wrong type: {said}"
        case "enum" | "const":
            return f"{place} has a value that the standard does not list: {said}"
        case "pattern" | "format":
            return f"{place} is not written as the standard asks: {said}"
        case _:
            return f"{place} has none of the forms that the standard knows: {said}"


def _quoted(text: str) -> str:
    return ", ".join(part for n, part in enumerate(text.replace('"', "'").split("'")) if n % 2)


def _place(document: Any, path: Path) -> str:
    """A path as people read it: elements of lists by what they are called, where they say it."""
    words: list[str] = []
    here = document
    for step in path:
        here = here[step]
        called = here.get("name") or here.get("property") or here.get("id") if isinstance(here, dict) and isinstance(step, int) else None
        words.append(str(called) if isinstance(called, str) else f"[{step}]" if isinstance(step, int) else str(step))
    return ".".join(words) or "document"


def _line(tree: yaml.Node, path: Path) -> int:
    node = tree
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((v for k, v in node.value if k.value == step), node)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
    return node.start_mark.line + 1 if node.start_mark else 1
