"""Mutations by name, each with what it must be called and whom it breaks; and changes that break nobody."""

from typing import Any

from medthread.methods.compatibility import Verdict

B, C, N = Verdict.BREAKING, Verdict.COMPATIBLE, Verdict.NOT_JUDGED
Schema = Any
TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}


def thing(required: tuple[str, ...] = (), **properties: Schema) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def listed(*values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


SQUARE = thing(("kind",), kind={"const": "square"}, side=NUMBER)
DISC = thing(("kind",), kind={"const": "disc"}, radius=NUMBER)
# name: (old, new, rule, verdict where clients send it, verdict where they receive it)
SCHEMAS: dict[str, tuple[Schema, Schema, str, Verdict, Verdict]] = {
    "another type": (TEXT, WHOLE, "type.removed", B, B),
    "null is no longer taken": ({"type": ["string", "null"]}, TEXT, "type.removed", B, C),
    "null may come": (TEXT, {"anyOf": [TEXT, {"type": "null"}]}, "type.added", C, B),
    "whole numbers only": (NUMBER, WHOLE, "type.removed", B, C),
    "fractions too": (WHOLE, NUMBER, "type.added", C, B),
    "any value": (TEXT, {}, "type.added", C, B),
    "no longer any value": ({}, TEXT, "type.removed", B, C),
    "nothing fits": (TEXT, False, "type.removed", B, C),
    "an alternative less": ({"anyOf": [SQUARE, DISC]}, {"anyOf": [SQUARE]}, "alternative.removed", B, C),
    "an alternative more": ({"oneOf": [SQUARE]}, {"oneOf": [SQUARE, DISC]}, "alternative.added", C, B),
    "exactly one of": ({"anyOf": [thing(a=TEXT), thing(b=TEXT)]}, {"oneOf": [thing(a=TEXT), thing(b=TEXT)]}, "alternatives.exclusive", B, C),
    "any of": ({"oneOf": [thing(a=TEXT), thing(b=TEXT)]}, {"anyOf": [thing(a=TEXT), thing(b=TEXT)]}, "alternatives.inclusive", C, B),
    "a listed value less": (listed("a", "b"), listed("a"), "enum.value.removed", B, C),
    "a listed value more": (listed("a"), listed("a", "b"), "enum.value.added", C, B),
    "another constant": ({"const": 1}, {"const": 2}, "enum.value.removed", B, B),
    "only listed values": (TEXT, listed("a", "b"), "enum.closed", B, C),
    "any value for listed ones": (listed("a", "b"), TEXT, "enum.opened", C, B),
    "minimum up": ({**WHOLE, "minimum": 1}, {**WHOLE, "minimum": 2}, "bound.tightened", B, C),
    "minimum down": ({**WHOLE, "minimum": 2}, {**WHOLE, "minimum": 1}, "bound.loosened", C, B),
    "maximum down": ({**NUMBER, "maximum": 9}, {**NUMBER, "maximum": 8.5}, "bound.tightened", B, C),
    "maximum gone": ({**NUMBER, "maximum": 9}, NUMBER, "bound.loosened", C, B),
    "the limit itself excluded": ({**NUMBER, "maximum": 9}, {**NUMBER, "exclusiveMaximum": 9}, "bound.tightened", B, C),
    "shorter": ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}, "bound.tightened", B, C),
    "longer": ({**TEXT, "maxLength": 8}, {**TEXT, "maxLength": 9}, "bound.loosened", C, B),
    "no empty text": (TEXT, {**TEXT, "minLength": 1}, "bound.tightened", B, C),
    "a pattern": (TEXT, {**TEXT, "pattern": "^[A-Z]+$"}, "pattern.added", B, C),
    "no pattern": ({**TEXT, "pattern": "^[A-Z]+$"}, TEXT, "pattern.removed", C, B),
    "another pattern": ({**TEXT, "pattern": "^[A-Z]+$"}, {**TEXT, "pattern": "^[A-Z]*$"}, "pattern.changed", N, N),
    "a format": (TEXT, {**TEXT, "format": "date"}, "format.added", B, C),
    "no format": ({**TEXT, "format": "date"}, TEXT, "format.removed", C, B),
    "another format": ({**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}, "format.changed", B, B),
    "a narrower format": ({**WHOLE, "format": "int64"}, {**WHOLE, "format": "int32"}, "format.narrowed", B, C),
    "a wider format": ({**WHOLE, "format": "int32"}, {**WHOLE, "format": "int64"}, "format.widened", C, B),
    "tens only": ({**WHOLE, "multipleOf": 5}, {**WHOLE, "multipleOf": 10}, "multiple.tightened", B, C),
    "fives too": ({**WHOLE, "multipleOf": 10}, {**WHOLE, "multipleOf": 5}, "multiple.loosened", C, B),
    "sevens": ({**WHOLE, "multipleOf": 5}, {**WHOLE, "multipleOf": 7}, "multiple.changed", B, B),
    "steps of a cent": (NUMBER, {**NUMBER, "multipleOf": 0.01}, "multiple.tightened", B, C),
    "other elements": ({"type": "array", "items": TEXT}, {"type": "array", "items": WHOLE}, "type.removed", B, B),
    "fewer elements": ({"type": "array", "maxItems": 9}, {"type": "array", "maxItems": 8}, "bound.tightened", B, C),
    "no empty list": ({"type": "array"}, {"type": "array", "minItems": 1}, "bound.tightened", B, C),
    "no repetition": ({"type": "array"}, {"type": "array", "uniqueItems": True}, "unique.required", B, C),
    "repetition": ({"type": "array", "uniqueItems": True}, {"type": "array"}, "unique.released", C, B),
    "another first element": ({"type": "array", "prefixItems": [TEXT]}, {"type": "array", "prefixItems": [WHOLE]}, "type.removed", B, B),
    "a field gone": (thing(a=TEXT, b=TEXT), thing(a=TEXT), "property.removed", B, B),
    "a required field more": (thing(a=TEXT), thing(("b",), a=TEXT, b=TEXT), "property.added.required", B, C),
    "a field required": (thing(a=TEXT), thing(("a",), a=TEXT), "property.required", B, C),
    "a field optional": (thing(("a",), a=TEXT), thing(a=TEXT), "property.optional", C, B),
    "a field's bound": (thing(a={**TEXT, "maxLength": 9}), thing(a={**TEXT, "maxLength": 8}), "bound.tightened", B, C),
    "other fields refused": (thing(a=TEXT), {**thing(a=TEXT), "additionalProperties": False}, "object.closed", B, C),
    "values of a map": ({"type": "object", "additionalProperties": WHOLE}, {"type": "object", "additionalProperties": NUMBER}, "type.added", C, B),
    "a map of anything": ({"type": "object", "additionalProperties": WHOLE}, {"type": "object"}, "type.added", C, B),
    "fewer fields": ({"type": "object", "maxProperties": 9}, {"type": "object", "maxProperties": 8}, "bound.tightened", B, C),
    "an entry of a map described": (
        {"type": "object", "additionalProperties": TEXT}, {**thing(a=WHOLE), "additionalProperties": TEXT}, "type.removed", B, B),
    "one more condition": (thing(a=TEXT), {"allOf": [thing(a=TEXT), {"required": ["a"]}]}, "property.required", B, C),
    "a default changed": ({**WHOLE, "default": 1}, {**WHOLE, "default": 2}, "default.changed", B, C),
    "a default gone": ({**WHOLE, "default": 1}, WHOLE, "default.removed", B, C),
    "a default": (WHOLE, {**WHOLE, "default": 1}, "default.added", N, C),
    "not": (TEXT, {**TEXT, "not": {"const": "x"}}, "keyword.changed", N, N),
    "if and then": (thing(a=TEXT), {**thing(a=TEXT), "if": {"required": ["a"]}, "then": {"required": ["b"]}}, "keyword.changed", N, N),
    "fields by pattern": (thing(), {**thing(), "patternProperties": {"^x": TEXT}}, "keyword.changed", N, N),
    "names of fields": (thing(), {**thing(), "propertyNames": {"maxLength": 9}}, "keyword.changed", N, N),
    "a field forbidden": (thing(), thing(a=False), "keyword.changed", N, N),
    "fields that need each other": (thing(a=TEXT), {**thing(a=TEXT), "dependentRequired": {"a": ["b"]}}, "keyword.changed", N, N),
    "a word nobody knows": (TEXT, {**TEXT, "speltBackwards": True}, "keyword.changed", N, N),
    "a schema elsewhere": ({"$ref": "https://example.com/a.json"}, {"$ref": "https://example.com/b.json"}, "keyword.changed", N, N),
    "alternatives that may now overlap": (
        {"oneOf": [{**WHOLE, "maximum": 5}, {**WHOLE, "minimum": 6}]}, {"oneOf": [{**WHOLE, "maximum": 9}, {**WHOLE, "minimum": 6}]},
        "keyword.changed", N, B),
}
# The two ways of one change: its verdict for a reader of requests is that of its inverse for a reader of answers.
# Fields are not: whoever sends or reads a field that is gone loses by it; and a default speaks to senders alone.
ONE_WAY = {"a field gone", "a required field more", "other fields refused", "an entry of a map described", "a default changed", "a default gone", "a default",
           "a field forbidden"}

# name: two ways of saying the same, or what no client can notice
FALSE_ALARMS: dict[str, tuple[Schema, Schema]] = {
    "the order of words": ({"type": "string", "maxLength": 3}, {"maxLength": 3, "type": "string"}),
    "the order of fields": (thing(("a", "b"), a=TEXT, b=TEXT), thing(("b", "a"), b=TEXT, a=TEXT)),
    "the order of listed values": (listed("a", "b"), listed("b", "a")),
    "a list of one type": ({"type": ["string"]}, TEXT),
    "null as an alternative": ({"type": ["string", "null"]}, {"anyOf": [{"type": "null"}, TEXT]}),
    "a constant as a list of one": ({"const": "a"}, listed("a")),
    "constants as alternatives": ({"anyOf": [{"const": "a"}, {"const": "b"}]}, listed("a", "b")),
    "above nought as from one": ({**WHOLE, "exclusiveMinimum": 0}, {**WHOLE, "minimum": 1}),
    "no shorter than nothing": (TEXT, {**TEXT, "minLength": 0}),
    "1 and 1.0": ({**NUMBER, "maximum": 1}, {**NUMBER, "maximum": 1.0}),
    "a pattern that all fits": (TEXT, {**TEXT, "pattern": ".*"}),
    "other fields allowed, said and unsaid": (thing(a=TEXT), {**thing(a=TEXT), "additionalProperties": True}),
    "any value in two ways": ({}, True),
    "all of one": (thing(a=TEXT), {"allOf": [thing(a=TEXT)]}),
    "all of two halves": (thing(("a",), a=TEXT, b=TEXT), {"allOf": [thing(("a",), a=TEXT), thing(b=TEXT)]}),
    "one of types that exclude each other": ({"anyOf": [TEXT, WHOLE]}, {"oneOf": [TEXT, WHOLE]}),
    "alternatives in another order": ({"anyOf": [SQUARE, DISC]}, {"anyOf": [DISC, SQUARE]}),
    "an alternative twice": ({"anyOf": [TEXT, TEXT]}, TEXT),
    "an alternative within another": ({"anyOf": [{**TEXT, "maxLength": 3}, {**TEXT, "maxLength": 9}]}, {**TEXT, "maxLength": 9}),
    "repetition said to be allowed": ({"type": "array"}, {"type": "array", "uniqueItems": False}),
    "a number beside a whole number": ({"type": ["integer", "number"]}, NUMBER),
}
