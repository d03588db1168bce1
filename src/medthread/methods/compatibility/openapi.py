"""Two OpenAPI 3.1 documents compared, operation by operation, as clients use them: parameters, body, answers, security."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from medthread.methods.compatibility.document import Document, text_of
from medthread.methods.compatibility.rules import Change, Direction, change
from medthread.methods.compatibility.schemas import Comparison
from medthread.model.errors import InvalidError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WORDING = frozenset({"description", "summary", "example", "examples", "externalDocs", "tags", "title"})
DOCUMENT = frozenset({"openapi", "info", "paths", "components", "servers", "security", "tags", "externalDocs", "jsonSchemaDialect"})
STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}  # OpenAPI 3.1.1, 4.8.12.2
SUNSET = "x-sunset"  # the day after which an operation may be gone (RFC 8594), as our own descriptions announce it
PATH = "(path)"  # kept with each operation for the names of its parameters
ITEM = frozenset({*METHODS, "parameters", "servers", "$ref"})
REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE
Object = Mapping[str, Any]


def compare_openapi(old: Any, new: Any, *, today: date | None = None) -> list[Change]:
    """Every difference between two documents. `today` tells which announced sunsets are past.

    Raises `InvalidError` for what is no OpenAPI 3.1 document.
    """
    before, after = Document(old, name="old"), Document(new, name="new")
    for document in (before, after):
        version = document.content.get("openapi")
        if not isinstance(version, str) or not version.startswith("3.1."):
            raise InvalidError(f"{document.name}: not an OpenAPI 3.1 document", hint=f"`openapi` says {version!r}")
    try:
        return list(OpenApi(before, after, today).changes())
    except RecursionError as error:
        raise InvalidError("the description is nested too deeply", hint="no interface needs hundreds of levels") from error


class OpenApi:
    """The comparison of one pair of documents."""

    def __init__(self, old: Document, new: Document, today: date | None) -> None:
        self.old, self.new, self.today = old, new, today
        self.requests, self.responses = Comparison(old, new, REQUEST), Comparison(old, new, RESPONSE)

    def changes(self) -> Iterator[Change]:
        """Of the whole."""
        old, new = self.old.content, self.new.content
        yield from self._rest(old, new, DOCUMENT)
        yield from self._servers(old, new)
        items = self.old.part(old, "paths"), self.new.part(new, "paths")
        for path in sorted(set(items[0]) & set(items[1])):
            pair = self.old.resolved(items[0][path], path), self.new.resolved(items[1][path], path)
            yield from (c.within(path) for c in self._rest(*pair, ITEM))
        was, is_ = _operations(self.old), _operations(self.new)
        for key in [*was, *(k for k in is_ if k not in was)]:
            shown = f"{key[0].upper()} {(is_ if key in is_ else was)[key][0]}"
            if key not in is_:
                yield self._removed(was[key][1]).within(shown)
            elif key not in was:
                yield change("operation.added", REQUEST).within(shown)
            else:
                yield from (c.within(shown) for c in self._operation(was[key][1], is_[key][1]))

    def _removed(self, operation: Object) -> Change:
        sunset = operation.get(SUNSET)
        announced = operation.get("deprecated") is True and isinstance(sunset, str) and _is_past(sunset, self.today)
        return change("operation.withdrawn" if announced else "operation.removed", REQUEST, before=sunset)

    def _operation(self, old: Object, new: Object) -> Iterator[Change]:
        if old.get("operationId") != new.get("operationId"):
            yield change("operation.renamed", REQUEST, before=old.get("operationId"), after=new.get("operationId"))
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            yield change("operation.deprecated" if new.get("deprecated") else "operation.reinstated", REQUEST)
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(self.old.part(old, "responses"), self.new.part(new, "responses"))
        yield from self._security(old, new)
        yield from self._servers(old, new)
        yield from self._rest(old, new, {"operationId", "deprecated", "parameters", "requestBody", "responses", "security", "servers", PATH})

    def _parameters(self, old: Object, new: Object) -> Iterator[Change]:
        was, is_ = _parameters_of(self.old, old), _parameters_of(self.new, new)
        for key in [*was, *(k for k in is_ if k not in was)]:
            at = f"{key[0]} {key[1]}"
            if key not in is_:
                yield change("parameter.removed", REQUEST, at)
            elif key not in was:
                needed = is_[key].get("required") is True
                yield change("parameter.added.required" if needed else "parameter.added", REQUEST, at)
            else:
                yield from (c.within(at) for c in self._parameter(key[0], was[key], is_[key]))

    def _parameter(self, place: str, old: Object, new: Object) -> Iterator[Change]:
        needed = [p.get("required") is True for p in (old, new)]
        if needed[0] != needed[1] and place != "path":
            yield change("parameter.required" if needed[1] else "parameter.optional", REQUEST)
        if _written(place, old) != _written(place, new):
            yield change("parameter.written", REQUEST, before=_written(place, old), after=_written(place, new))
        yield from self.requests.schemas(old.get("schema", True), new.get("schema", True))
        if "content" in old or "content" in new:
            yield from self._media(self.requests, old, new)
        yield from self._rest(old, new, {"name", "in", "required", "schema", "content", "style", "explode", "deprecated"})

    def _body(self, old: Any, new: Any) -> Iterator[Change]:
        if old is None and new is None:
            return
        was, is_ = self.old.resolved(old, "requestBody"), self.new.resolved(new, "requestBody")
        if new is None:
            yield change("body.removed", REQUEST, "body")
        elif old is None:
            yield change("body.added.required" if is_.get("required") is True else "body.added", REQUEST, "body")
        else:
            needed = [b.get("required") is True for b in (was, is_)]
            if needed[0] != needed[1]:
                yield change("parameter.required" if needed[1] else "parameter.optional", REQUEST, "body")
            yield from (c.within("body") for c in self._media(self.requests, was, is_))
            yield from (c.within("body") for c in self._rest(was, is_, {"content", "required"}))

    def _media(self, comparison: Comparison, old: Object, new: Object) -> Iterator[Change]:
        was, is_ = (_media_of(d, o) for d, o in ((self.old, old), (self.new, new)))
        for name in [*was, *(n for n in is_ if n not in was)]:
            if name not in is_:
                yield change("media.removed", comparison.direction, name)
            elif name not in was:
                yield change("media.added", comparison.direction, name)
            else:
                changes = comparison.schemas(was[name].get("schema", True), is_[name].get("schema", True))
                yield from (c.within(name) for c in [*changes, *self._rest(was[name], is_[name], {"schema"})])

    def _answers(self, old: Object, new: Object) -> Iterator[Change]:
        for status in old:
            other = _fitting(status, new)
            if other is None:
                yield change("status.removed" if _is_success(status) else "refusal.removed", RESPONSE, status)
            elif not status.startswith("x-"):
                yield from (c.within(status) for c in self._answer(old[status], new[other]))
        for status in new:
            if status not in old:
                other = _fitting(status, old)
                if other is None:
                    yield change("status.added" if _is_success(status) else "refusal.added", RESPONSE, status)
                else:
                    yield from (c.within(status) for c in self._answer(old[other], new[status]))

    def _answer(self, old: Any, new: Any) -> Iterator[Change]:
        was, is_ = self.old.resolved(old, "response"), self.new.resolved(new, "response")
        yield from self._media(self.responses, was, is_)
        yield from self._headers(was, is_)
        yield from self._rest(was, is_, {"content", "headers"})

    def _headers(self, old: Object, new: Object) -> Iterator[Change]:
        was, is_ = ({n.lower(): d.resolved(h, n) for n, h in d.part(o, "headers").items()} for d, o in ((self.old, old), (self.new, new)))
        for name in sorted({*was, *is_} - {"content-type"}):
            at = f"header {name}"
            if name not in is_ or name not in was:
                yield change("header.added" if name in is_ else "header.removed", RESPONSE, at)
                continue
            needed = [h.get("required") is True for h in (was[name], is_[name])]
            if needed[0] != needed[1]:
                yield change("property.required" if needed[1] else "property.optional", RESPONSE, at)
            changes = self.responses.schemas(was[name].get("schema", True), is_[name].get("schema", True))
            yield from (c.within(at) for c in [*changes, *self._rest(was[name], is_[name], {"schema", "required", "deprecated"})])

    def _security(self, old: Object, new: Object) -> Iterator[Change]:
        was, is_ = _ways_in(self.old, old), _ways_in(self.new, new)
        lost = [w for w in was if not any(_asks_no_more(i, w) for i in is_)]
        won = [i for i in is_ if not any(_asks_no_more(w, i) for w in was)]
        if lost:
            yield change("security.tightened", REQUEST, before=[dict(w) for w in lost], after=[dict(i) for i in is_])
        elif won:
            yield change("security.loosened", REQUEST, after=[dict(i) for i in won])
        for name in sorted({n for ways in (was, is_) for w in ways for n in w}):
            schemes = [d.part(d.part(d.content, "components"), "securitySchemes").get(name) for d in (self.old, self.new)]
            if None not in schemes:
                yield from (c.within(f"security {name}") for c in self._rest(
                    self.old.resolved(schemes[0], name), self.new.resolved(schemes[1], name), set()))

    def _servers(self, old: Object, new: Object) -> Iterator[Change]:
        was, is_ = ([self_.mapping(s, "server").get("url") for s in self_.sequence(o.get("servers"), "servers")] for self_, o in (
            (self.old, old), (self.new, new)))
        yield from (change("server.removed", REQUEST, "servers", before=u) for u in was if u not in is_)
        yield from (change("server.added", REQUEST, "servers", after=u) for u in is_ if u not in was)

    def _rest(self, old: Object, new: Object, seen: Iterable[str]) -> Iterator[Change]:
        """What is left of two objects when all that is understood was looked at."""
        for word in sorted((set(old) | set(new)) - set(seen)):
            if word in WORDING or word.startswith("x-"):
                if text_of(old.get(word)) != text_of(new.get(word)):
                    yield change("wording.changed", REQUEST, before=old.get(word), after=new.get(word))
            elif text_of(self.old.expanded(old.get(word))) != text_of(self.new.expanded(new.get(word))):
                yield change("keyword.changed", REQUEST, before={word: old.get(word)}, after={word: new.get(word)})


def _operations(document: Document) -> dict[tuple[str, str], tuple[str, Object]]:
    """(method, path without the names of its parameters) to (path as written, the operation with its path's parameters)."""
    found: dict[tuple[str, str], tuple[str, Object]] = {}
    for path, given in document.part(document.content, "paths").items():
        item = document.resolved(given, path)
        for method in METHODS:
            if method in item:
                operation = document.mapping(item[method], path)
                shared = document.sequence(item.get("parameters"), path)
                whole = {"servers": item.get("servers"), **operation, "parameters": [*shared, *document.sequence(operation.get("parameters"), path)],
                         PATH: path}
                found[method, re.sub(r"\{[^}]*\}", "{}", path)] = (path, whole)
    return found


def _parameters_of(document: Document, operation: Object) -> dict[tuple[str, str], Object]:
    """By place and name; a path's parameters by their position, for their names are nobody's business."""
    positions = {name: str(n + 1) for n, name in enumerate(re.findall(r"\{([^}]*)\}", operation[PATH]))}
    found: dict[tuple[str, str], Object] = {}
    for given in operation["parameters"]:
        parameter = document.resolved(given, "parameter")
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        key = positions.get(name, name) if place == "path" else name.lower() if place == "header" else name
        found[place, key] = parameter
    return found


def _written(place: str, parameter: Object) -> tuple[str, bool]:
    style = str(parameter.get("style", STYLES.get(place, "")))
    return style, bool(parameter.get("explode", style == "form"))


def _media_of(document: Document, holder: Object) -> dict[str, Object]:
    """By media type, which is written in small letters and whose charset says nothing of JSON."""
    content = document.part(holder, "content")
    return {re.sub(r";\s*charset=[^;]*", "", name.lower()).strip(): document.mapping(m, name) for name, m in content.items()}


def _fitting(status: str, among: Object) -> str | None:
    """The answer described for a status: its own, its class's, or the default."""
    return next((s for s in (status, f"{status[:1]}XX", "default") if s in among), None)


def _is_success(status: str) -> bool:
    return not status.startswith(("4", "5")) and status != "default"


def _ways_in(document: Document, operation: Object) -> list[dict[str, Any]]:
    """Alternatives of who is let in; one that asks for nothing where nobody is asked."""
    given = operation.get("security", document.content.get("security"))
    ways = [dict(document.mapping(w, "security")) for w in document.sequence(given, "security")]
    return ways or [{}]


def _asks_no_more(way: Mapping[str, Any], than: Mapping[str, Any]) -> bool:
    return all(name in than and set(scopes or ()) <= set(than[name] or ()) for name, scopes in way.items())


def _is_past(day: str, today: date | None) -> bool:
    try:
        return today is not None and date.fromisoformat(day) < today
    except ValueError:
        return False
