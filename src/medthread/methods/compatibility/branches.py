"""A JSON Schema (2020-12, as OpenAPI 3.1 uses it) taken apart: the plain alternatives that it allows, one JSON type each.

`$ref`, `allOf`, `anyOf`, `oneOf`, `type` lists and `const` are gone afterwards; what is left of an alternative are the
keywords that bear on values of its type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from medthread.methods.compatibility.document import Document, is_inner, text_of
from medthread.model.errors import InvalidError

Words = dict[str, Any]
EVERY = ("array", "boolean", "null", "number", "object", "string")
MOST = 256  # alternatives of one schema; beyond that it is compared as text only
WHOLE = "(whole)"
ANNOTATIONS = frozenset({"title", "description", "examples", "example", "deprecated", "$comment", "externalDocs", "xml", "default"})
COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"})
BEARS: dict[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format", "contentMediaType", "contentEncoding"}),
    "number": NUMBERS,
    "integer": NUMBERS,
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"}),
    "object": frozenset({
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties",
        "dependentRequired", "dependentSchemas",
    }),
    "boolean": frozenset(),
    "null": frozenset(),
}
SOME_TYPES = frozenset().union(*BEARS.values())
LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})


@dataclass(frozen=True)
class Branch:
    """One alternative: values of one type, the keywords that they obey, the name by which it is known."""

    type: str
    words: Words
    name: str = ""

    @property
    def tag(self) -> frozenset[str]:
        """What tells it from others: required fields that hold one given value."""
        fixed = {n: p for n, p in self.words.get("properties", {}).items() if n in self.words.get("required", ()) and isinstance(p, dict)}
        values = {n: p["enum"] if isinstance(p.get("enum"), list) else [p["const"]] if "const" in p else [] for n, p in fixed.items()}
        return frozenset(f"{n}={text_of(v[0])}" for n, v in values.items() if len(v) == 1)


@dataclass(frozen=True)
class Shape:
    """All alternatives of a schema; `exclusive` where a value may fit only one of them."""

    branches: tuple[Branch, ...]
    exclusive: bool


def shape_of(document: Document, schema: Any) -> Shape:
    """Take a schema apart."""
    found, exclusive = _alternatives(document, schema, ())
    branches = [b for words, name in found for b in _typed(words, name)]
    return Shape(tuple(_joined(branches)), exclusive)


Alternative = tuple[Words, str]


def _alternatives(document: Document, schema: Any, trail: tuple[str, ...]) -> tuple[list[Alternative], bool]:
    """Alternatives before they are told apart by type."""
    if schema is True or schema is None:
        return [({}, "")], False
    if schema is False:
        return [], False
    given = document.mapping(schema, "a schema")
    own = {k: v for k, v in given.items() if k not in COMBINING and k not in ANNOTATIONS}
    groups = [[(_checked(document, own), _title(given))]]
    exclusive = False
    if is_inner(given):
        ref = given["$ref"]
        if ref in trail:
            raise InvalidError(f"{document.name}: {ref} is defined by itself", hint="break the circle of $ref")
        found, exclusive = _alternatives(document, document.target(ref), (*trail, ref))
        groups.insert(0, [(w, ref.rpartition("/")[2] if len(found) == 1 else n) for w, n in found])
    elif "$ref" in given:
        groups.append([({"$ref": given["$ref"]}, "")])  # of another document: compared as text
    for part in document.sequence(given.get("allOf"), "allOf"):
        found, inner = _alternatives(document, part, trail)
        groups.append(found)
        exclusive |= inner
    for word in ("anyOf", "oneOf"):
        if word in given:
            parts = [_alternatives(document, p, trail) for p in document.sequence(given[word], word)]
            groups.append([a for found, _ in parts for a in found])
            exclusive |= any(inner for _, inner in parts) or (word == "oneOf" and len(parts) > 1)
    return _multiplied(document, given, groups), exclusive


def _title(given: Mapping[str, Any]) -> str:
    return given["title"] if isinstance(given.get("title"), str) else ""


def _multiplied(document: Document, given: Any, groups: list[list[Alternative]]) -> list[Alternative]:
    size = 1
    for group in groups:
        size *= len(group)
    if size > MOST:
        return [({WHOLE: document.expanded(given)}, "")]
    found = []
    for chosen in product(*groups):
        words: Words = {}
        for more, _ in chosen:
            words = both(words, more)
        found.append((words, next((n for _, n in chosen if n), "")))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


SHAPES: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys((LOWER | UPPER | {"multipleOf"}), _is_number),
    **dict.fromkeys(("pattern", "format"), lambda v: isinstance(v, str)),
    "properties": lambda v: isinstance(v, dict),
    "patternProperties": lambda v: isinstance(v, dict),
    "required": _is_texts,
    "enum": lambda v: isinstance(v, list),
    "uniqueItems": lambda v: isinstance(v, bool),
    "prefixItems": lambda v: isinstance(v, list),
    "type": lambda v: all(t in BEARS for t in v) if _is_texts(v) else v in BEARS if isinstance(v, str) else False,
}


def _checked(document: Document, own: Words) -> Words:
    for word, value in own.items():
        if word in SHAPES and not SHAPES[word](value):
            raise InvalidError(f"{document.name}: {word} is {text_of(value)[:80]}", hint="OpenAPI 3.1 describes values in JSON Schema 2020-12")
    words = {**own, "enum": _common(own.get("enum"), [own["const"]])} if "const" in own else dict(own)
    words.pop("const", None)
    if isinstance(words.get("type"), str):
        words["type"] = [words["type"]]
    return words


def _common(some: list[Any] | None, others: list[Any]) -> list[Any]:
    kept = {text_of(v) for v in others}
    return others if some is None else [v for v in some if text_of(v) in kept]


def both(some: Words, others: Words) -> Words:
    """The keywords of a value that must obey two schemas."""
    arrays = [w for w in (some, others) if {"items", "prefixItems"} & set(w)]
    if len(arrays) > 1 and any("prefixItems" in w for w in arrays):  # `items` counts from its own schema's prefix on
        return {**some, **others, "(arrays)": [{k: w[k] for k in ("items", "prefixItems") if k in w} for w in arrays]}
    merged = {**some, **others}
    for word in set(some) & set(others):
        merged[word] = _meet(word, some[word], others[word])
    if "properties" in merged:
        merged["properties"] = _properties(some, others)
    return merged


def _meet(word: str, one: Any, other: Any) -> Any:
    if word in MEETING:
        return MEETING[word](one, other)
    return one if text_of(one) == text_of(other) else {"allOf": [one, other]}


def _common_types(one: list[str], other: list[str]) -> list[str]:
    return [t for t in EVERY if t in one and t in other] + (["integer"] if _whole(one, other) else [])


def _whole(one: list[str], other: list[str]) -> bool:
    return _allows(one, "integer") and _allows(other, "integer") and not ("number" in one and "number" in other)


def _allows(types: list[str], type_: str) -> bool:
    return type_ in types or (type_ == "integer" and "number" in types)


MEETING: dict[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(LOWER, max),
    **dict.fromkeys(UPPER, min),
    "type": _common_types,
    "enum": _common,
    "required": lambda one, other: [*one, *(n for n in other if n not in one)],
    "uniqueItems": lambda one, other: one or other,
}


def _properties(some: Words, others: Words) -> Words:
    """Fields of two schemas together; a field that one does not name obeys what it says of others."""
    left, right = some.get("properties", {}), others.get("properties", {})
    found: Words = {}
    for name in [*left, *(n for n in right if n not in left)]:
        said = [w.get("properties", {}).get(name, w.get("additionalProperties", True)) for w in (some, others)]
        narrow = [s for s in said if s is not True]
        found[name] = {"allOf": narrow} if len(narrow) > 1 else narrow[0] if narrow else True
    return found


def _typed(words: Words, name: str) -> list[Branch]:
    rest = {k: v for k, v in words.items() if k not in {"type", "enum", "readOnly", "writeOnly"}}  # the last two are seen where the field is
    listed, types = words.get("enum"), words.get("type", EVERY)
    found = []
    for type_ in types:
        if type_ == "integer" and "number" in types:
            continue
        bearing = {k: v for k, v in rest.items() if k in BEARS[type_] or k not in SOME_TYPES}
        if listed is not None:
            values = [v for v in listed if type_ in _types_of(v)]
            if not values:
                continue
            bearing["enum"] = values
        found.append(Branch(type_, bearing, name))
    return found


def _types_of(value: Any) -> tuple[str, ...]:
    if value is None or isinstance(value, bool):
        return ("null",) if value is None else ("boolean",)
    if isinstance(value, int | float):
        return ("number", "integer") if float(value).is_integer() else ("number",)
    return ("string",) if isinstance(value, str) else ("array",) if isinstance(value, list) else ("object",)


def _joined(branches: list[Branch]) -> list[Branch]:
    """Lists of values of one type become one list; what stands twice stands once."""
    listed: dict[str, list[Any]] = {}
    kept: dict[str, Branch] = {}
    for branch in branches:
        if set(branch.words) == {"enum"}:
            values = listed.setdefault(branch.type, [])
            values += [v for v in branch.words["enum"] if text_of(v) not in {text_of(k) for k in values}]
        else:
            kept.setdefault(text_of([branch.type, branch.words]), branch)
    return [*kept.values(), *(Branch(t, {"enum": v}) for t, v in listed.items())]
