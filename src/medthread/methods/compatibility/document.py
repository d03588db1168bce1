"""A description as parsed JSON: references followed, shapes checked."""

import json
from collections.abc import Mapping
from typing import Any

from medthread.model.errors import InvalidError

DEEPEST = 80  # levels of references and alternatives within one schema


class Document:
    """One document. Whatever is not of the shape that the standard gives it raises `InvalidError` with its place."""

    def __init__(self, content: Any, *, name: str) -> None:
        self.name = name
        self.content = self.mapping(content, "the document")

    def mapping(self, value: Any, at: str) -> Mapping[str, Any]:
        """An object, or nothing where there is none."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise InvalidError(f"{self.name}: {at} is no object", hint="is it the description that you meant?")
        return value

    def sequence(self, value: Any, at: str) -> list[Any]:
        """A list, or nothing where there is none."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise InvalidError(f"{self.name}: {at} is no list", hint="is it the description that you meant?")
        return value

    def part(self, of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """An object under a name."""
        return self.mapping(of.get(name), name)

    def resolved(self, value: Any, at: str) -> Mapping[str, Any]:
        """An object or what its `$ref` leads to (objects other than schemas)."""
        found = self.mapping(value, at)
        for _ in range(DEEPEST):
            if not is_inner(found):
                return found
            found = self.mapping(self.target(found["$ref"]), at)
        raise InvalidError(f"{self.name}: {at} refers to itself", hint="break the circle of $ref")

    def target(self, ref: str) -> Any:
        """What `#/a/b` leads to."""
        here: Any = self.content
        for step in ref.removeprefix("#/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(here, dict) or name not in here:
                raise InvalidError(f"{self.name}: {ref} leads nowhere", hint="the document is not whole")
            here = here[name]
        return here

    def expanded(self, value: Any, trail: tuple[str, ...] = ()) -> Any:
        """A value with every inner `$ref` put in, for comparing what is not understood; a circle ends where it closes."""
        if isinstance(value, dict):
            if is_inner(value):
                ref = value["$ref"]
                inner = {"$ref": "circle"} if ref in trail else self.expanded(self.target(ref), (*trail, ref))
                rest = {k: self.expanded(v, trail) for k, v in value.items() if k != "$ref"}
                return {"$ref": inner, **rest} if rest else inner
            return {k: self.expanded(v, trail) for k, v in value.items()}
        return [self.expanded(v, trail) for v in value] if isinstance(value, list) else value


def is_inner(value: Mapping[str, Any]) -> bool:
    """Whether an object refers to another place of the same document."""
    return isinstance(value.get("$ref"), str) and value["$ref"].startswith("#/")


def text_of(value: Any) -> str:
    """One text for one JSON value; `1` and `1.0` are one number, `true` is none."""
    return json.dumps(_same(value), sort_keys=True, ensure_ascii=False)


def _same(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(k): _same(v) for k, v in value.items()}
    return [_same(v) for v in value] if isinstance(value, list) else value
