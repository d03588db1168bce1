"""Two schemas of the same value compared: every difference with its rule, from which the verdict follows."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from medthread.methods.compatibility.branches import ANNOTATIONS, BEARS, EVERY, Branch, Words, shape_of
from medthread.methods.compatibility.document import Document, is_inner, text_of
from medthread.methods.compatibility.pairing import may_overlap, pair_up
from medthread.methods.compatibility.rules import Change, Direction, Verdict, change

ANYTHING = frozenset({"", ".*", "^.*$", "^", "$"})  # patterns that everything fits
WIDER = {("int32", "int64"), ("float", "double")}
BOUNDS = (("minLength", None, "lower"), ("maxLength", None, "upper"), ("minItems", None, "lower"), ("maxItems", None, "upper"),
          ("minProperties", None, "lower"), ("maxProperties", None, "upper"), ("minimum", "exclusiveMinimum", "lower"),
          ("maximum", "exclusiveMaximum", "upper"))
UNDERSTOOD = frozenset({
    "enum", "pattern", "format", "multipleOf", "items", "prefixItems", "uniqueItems", "properties", "required", "additionalProperties",
    *(word for bound in BOUNDS for word in bound[:2] if word),
})
Limit = tuple[Fraction, int]  # the value, and 1 where it is itself excluded


class Comparison:
    """Comparing schemas of two documents, for what is read in one direction."""

    def __init__(self, old: Document, new: Document, direction: Direction) -> None:
        self.old, self.new, self.direction = old, new, direction
        self._known: dict[tuple[str, str], list[Change]] = {}

    def schemas(self, old: Any, new: Any) -> list[Change]:
        """Every difference between two schemas; two that refer to the same pair again are compared once."""
        if isinstance(old, bool) and old is new:
            return []
        if not (isinstance(old, dict) and isinstance(new, dict) and is_inner(old) and is_inner(new)):
            return list(self._schemas(old, new))
        key = (text_of(old), text_of(new))
        if key not in self._known:
            self._known[key] = []  # what holds itself is as its parts are
            self._known[key] = list(self._schemas(old, new))
        return self._known[key]

    def _change(self, rule: str, at: str = "", *, before: Any = None, after: Any = None) -> Change:
        return change(rule, self.direction, at, before=before, after=after)

    def _schemas(self, old: Any, new: Any) -> Iterator[Change]:
        yield from self._annotations(_said(self.old, old), _said(self.new, new))
        shapes = shape_of(self.old, old), shape_of(self.new, new)
        before, after = (s.branches for s in shapes)
        paired = pair_up(before, after)
        yield from self._types(before, after)
        gone = [b for b in paired.gone if any(_fits(b, a) for a in after) and not _covered(b, self.old, after, self.new)]
        come = [b for b in paired.come if any(_fits(o, b) or _fits(b, o) for o in before) and not _covered(b, self.new, before, self.old)]
        yield from (self._change("alternative.removed", before=b.name or b.type) for b in gone)
        yield from (self._change("alternative.added", after=b.name or b.type) for b in come)
        inner = [c for one, other in paired.pairs for c in self.branches(one, other)]
        yield from inner
        if shapes[0].exclusive != shapes[1].exclusive and (may_overlap(before) or may_overlap(after)):
            yield self._change("alternatives.exclusive" if shapes[1].exclusive else "alternatives.inclusive")
        elif shapes[1].exclusive and may_overlap(after) and (gone or come or any(c.rule != "wording.changed" for c in inner)):
            yield self._change("keyword.changed", after="oneOf whose alternatives may overlap")

    def _annotations(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        for word in sorted(ANNOTATIONS - {"default"}):
            if text_of(old.get(word)) != text_of(new.get(word)):
                yield self._change("wording.changed", before=old.get(word), after=new.get(word))
        if ("default" in old, text_of(old.get("default"))) != ("default" in new, text_of(new.get("default"))):
            how = "changed" if "default" in old and "default" in new else "added" if "default" in new else "removed"
            yield self._change(f"default.{how}", before=old.get("default"), after=new.get("default"))

    def _types(self, before: tuple[Branch, ...], after: tuple[Branch, ...]) -> Iterator[Change]:
        """Types that only one side has. A whole number is a number."""
        was, is_ = {b.type for b in before}, {b.type for b in after}
        gone, come = was - is_, is_ - was
        if "integer" in gone and "number" in come:
            gone, come = gone - {"integer"}, come - {"number"}
            yield self._change("type.added", before="integer", after="number")
        elif "number" in gone and "integer" in come:
            gone, come = gone - {"number"}, come - {"integer"}
            yield self._change("type.removed", before="number", after="integer")
        if gone:
            yield self._change("type.removed", before=sorted(gone))
        if come:
            yield self._change("type.added", after=sorted(come))

    def branches(self, old: Branch, new: Branch) -> Iterator[Change]:
        """Every difference between two alternatives of one type."""
        yield from self._lists(old.words, new.words)
        for word, excluded, side in BOUNDS:
            if word in BEARS[old.type]:
                yield from self._bound(old, new, word, excluded, side)
        if old.type == "string":
            yield from self._pattern(old.words, new.words)
        if old.type in ("string", "number", "integer"):
            yield from self._format(old.words.get("format"), new.words.get("format"))
            yield from self._multiple(old.words.get("multipleOf"), new.words.get("multipleOf"))
        if old.type == "array":
            yield from self._array(old.words, new.words)
        if old.type == "object":
            yield from self._object(old.words, new.words)
        yield from self._not_understood(old.words, new.words)

    def _lists(self, old: Words, new: Words) -> Iterator[Change]:
        if "enum" not in old and "enum" not in new:
            return
        if "enum" not in old or "enum" not in new:
            yield self._change("enum.closed" if "enum" in new else "enum.opened", before=old.get("enum"), after=new.get("enum"))
            return
        was, is_ = ({text_of(v): v for v in w["enum"]} for w in (old, new))
        yield from (self._change("enum.value.removed", before=was[k]) for k in was if k not in is_)
        yield from (self._change("enum.value.added", after=is_[k]) for k in is_ if k not in was)

    def _bound(self, old: Branch, new: Branch, word: str, excluded: str | None, side: str) -> Iterator[Change]:
        sign = 1 if side == "lower" else -1
        was, is_ = (_limit(b, word, excluded, sign) for b in (old, new))
        if was == is_:
            return
        tighter = was is None or (is_ is not None and is_ > was)
        rule = "bound.tightened" if tighter else "bound.loosened"
        yield self._change(rule, before=_shown(old.words, word, excluded), after=_shown(new.words, word, excluded))

    def _pattern(self, old: Words, new: Words) -> Iterator[Change]:
        was, is_ = (None if w.get("pattern") in ANYTHING else w.get("pattern") for w in (_hashable(old), _hashable(new)))
        if was != is_:
            rule = "pattern.added" if was is None else "pattern.removed" if is_ is None else "pattern.changed"
            yield self._change(rule, before=was, after=is_)

    def _format(self, was: Any, is_: Any) -> Iterator[Change]:
        if text_of(was) == text_of(is_):
            return
        names = (text_of(was).strip('"'), text_of(is_).strip('"'))
        rule = ("format.added" if was is None else "format.removed" if is_ is None else
                "format.widened" if names in WIDER else "format.narrowed" if names[::-1] in WIDER else "format.changed")
        yield self._change(rule, before=was, after=is_)

    def _multiple(self, was: Any, is_: Any) -> Iterator[Change]:
        if text_of(was) == text_of(is_):
            return
        if was is None or is_ is None:
            yield self._change("multiple.tightened" if was is None else "multiple.loosened", before=was, after=is_)
        elif isinstance(was, dict) or isinstance(is_, dict) or not was or not is_:
            yield self._change("multiple.changed", before=was, after=is_)
        else:
            one, other = Fraction(str(was)), Fraction(str(is_))
            rule = "tightened" if (other / one).denominator == 1 else "loosened" if (one / other).denominator == 1 else "changed"
            yield self._change(f"multiple.{rule}", before=was, after=is_)

    def _array(self, old: Words, new: Words) -> Iterator[Change]:
        first = [w.get("prefixItems", []) for w in (old, new)]
        rest = [w.get("items", True) for w in (old, new)]
        for n in range(max(len(f) for f in first)):
            one, other = (f[n] if n < len(f) else r for f, r in zip(first, rest, strict=True))
            yield from (c.within(f"[{n}]") for c in self.schemas(one, other))
        yield from (c.within("[]") for c in self.schemas(*rest))
        if old.get("uniqueItems", False) != new.get("uniqueItems", False):
            yield self._change("unique.required" if new.get("uniqueItems") else "unique.released")

    def _object(self, old: Words, new: Words) -> Iterator[Change]:
        was, is_ = self._fields(self.old, old), self._fields(self.new, new)
        others = [w.get("additionalProperties", True) for w in (old, new)]
        for name in [*was, *(n for n in is_ if n not in was)]:
            yield from (c.within(f".{name}") for c in self._field(name, (was, is_), (old, new), others))
        opened = [self._is_open(d, o) for d, o in zip((self.old, self.new), others, strict=True)]
        if opened == [True, False] and not shape_of(self.new, others[1]).branches:
            yield self._change("object.closed")
        elif opened == [False, True] and not shape_of(self.old, others[0]).branches:
            yield self._change("object.opened")
        else:
            yield from (c.within(".*") for c in self.schemas(*others))

    def _is_open(self, document: Document, others: Any) -> bool:
        branches = shape_of(document, others).branches
        return {b.type for b in branches} == set(EVERY) and not any(b.words for b in branches)

    def _fields(self, document: Document, words: Words) -> Words:
        """The fields that are there in this direction, by name; a required one that nobody describes may be anything."""
        hidden = "readOnly" if self.direction is Direction.REQUEST else "writeOnly"
        fields = dict.fromkeys(words.get("required", ()), True) | words.get("properties", {})
        return {n: f for n, f in fields.items() if not _said(document, f).get(hidden, False)}

    def _field(self, name: str, fields: tuple[Words, Words], words: tuple[Words, Words], others: list[Any]) -> Iterator[Change]:
        was, is_ = fields
        needed = [name in w.get("required", ()) for w in words]
        if name in was and name in is_:
            if needed[0] != needed[1]:
                yield self._change("property.required" if needed[1] else "property.optional")
            yield from self.schemas(was[name], is_[name])
        elif name in was:
            if shape_of(self.old, was[name]).branches:
                yield self._change("property.removed")
        elif not shape_of(self.new, is_[name]).branches:
            yield self._change("keyword.changed", after="a field that must not be there")
        else:
            yield self._change("property.added.required" if needed[1] else "property.added")
            if others[0] is not False and not self._is_open(self.old, others[0]):
                yield from self.schemas(others[0], is_[name])  # it was one of a map's entries

    def _not_understood(self, old: Words, new: Words) -> Iterator[Change]:
        for word in sorted((set(old) | set(new)) - UNDERSTOOD):
            was, is_ = (d.expanded(w.get(word)) for d, w in ((self.old, old), (self.new, new)))
            if text_of(was) != text_of(is_):
                rule = "wording.changed" if word.startswith("x-") else "keyword.changed"
                yield self._change(rule, before={word: was}, after={word: is_})


def _fits(branch: Branch, other: Branch) -> bool:
    return branch.type == other.type or (branch.type, other.type) == ("integer", "number")


def _covered(branch: Branch, of: Document, others: tuple[Branch, ...], theirs: Document) -> bool:
    """Whether everything that one alternative allows is allowed by one of the others."""
    taking = Comparison(of, theirs, Direction.REQUEST)
    return any(_fits(branch, o) and all(c.verdict is Verdict.COMPATIBLE for c in taking.branches(branch, o)) for o in others)


def _said(document: Document, schema: Any) -> Mapping[str, Any]:
    """What a schema says at its own level, over what the schema that it refers to says."""
    if not isinstance(schema, dict):
        return {}
    said = dict(schema)
    seen = set()
    while is_inner(said) and said["$ref"] not in seen:
        seen.add(said["$ref"])
        target = document.target(said.pop("$ref"))
        said = {**(target if isinstance(target, dict) else {}), **said}
    return said


def _hashable(words: Words) -> Words:
    return {k: text_of(v) if isinstance(v, dict) else v for k, v in words.items()}


def _limit(branch: Branch, word: str, excluded: str | None, sign: int) -> Limit | None:
    """A bound so that a larger one is the tighter one; nothing where none binds."""
    words = branch.words
    found = [(Fraction(str(words[word])) * sign, 0)] if word in words else []
    if excluded and excluded in words:
        limit = Fraction(str(words[excluded])) * sign
        found.append((limit + 1, 0) if branch.type == "integer" and limit.denominator == 1 else (limit, 1))
    best = max(found, default=None)
    return None if best is not None and word.startswith("min") and excluded is None and best[0] <= 0 else best


def _shown(words: Words, word: str, excluded: str | None) -> dict[str, Any] | None:
    return {w: words[w] for w in (word, excluded) if w and w in words} or None
