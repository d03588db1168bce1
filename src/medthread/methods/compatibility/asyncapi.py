"""Two AsyncAPI 3.0 documents compared: channels, and the messages that go over them in either direction."""

from collections.abc import Iterator, Mapping
from typing import Any

from medthread.methods.compatibility.document import Document, text_of
from medthread.methods.compatibility.rules import Change, Direction, change
from medthread.methods.compatibility.schemas import Comparison
from medthread.model.errors import InvalidError

WORDING = frozenset({"title", "summary", "description", "tags", "externalDocs", "examples"})
DOCUMENT = frozenset({"asyncapi", "id", "info", "channels", "operations", "components", "defaultContentType"})
Object = Mapping[str, Any]
OUT, IN = Direction.RESPONSE, Direction.REQUEST


def compare_asyncapi(old: Any, new: Any) -> list[Change]:
    """Every difference between two documents. What the application sends is read by clients, what it receives by itself.

    Raises `InvalidError` for what is no AsyncAPI 3.0 document.
    """
    documents = Document(old, name="old"), Document(new, name="new")
    for document in documents:
        version = document.content.get("asyncapi")
        if not isinstance(version, str) or not version.startswith("3."):
            raise InvalidError(f"{document.name}: not an AsyncAPI 3 document", hint=f"`asyncapi` says {version!r}")
    try:
        return list(AsyncApi(*documents).changes())
    except RecursionError as error:
        raise InvalidError("the description is nested too deeply", hint="no interface needs hundreds of levels") from error


class AsyncApi:
    """The comparison of one pair of documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.comparisons = {d: Comparison(old, new, d) for d in Direction}

    def changes(self) -> Iterator[Change]:
        """Of the whole."""
        old, new = self.old.content, self.new.content
        yield from self._rest(old, new, DOCUMENT)
        yield from self._channels(self.old.part(old, "channels"), self.new.part(new, "channels"))
        was, is_ = self.old.part(old, "operations"), self.new.part(new, "operations")
        for name in [*was, *(n for n in is_ if n not in was)]:
            at = f"operation {name}"
            if name not in is_ or name not in was:
                yield change("operation.added" if name in is_ else "operation.removed", IN, at)
            else:
                yield from (c.within(at) for c in self._operation(was[name], is_[name]))

    def _channels(self, old: Object, new: Object) -> Iterator[Change]:
        for name in [*old, *(n for n in new if n not in old)]:
            at = f"channel {name}"
            if name not in new or name not in old:
                yield change("channel.added" if name in new else "channel.removed", IN, at)
                continue
            was, is_ = self.old.resolved(old[name], name), self.new.resolved(new[name], name)
            if was.get("address") != is_.get("address"):
                yield change("channel.moved", IN, at, before=was.get("address"), after=is_.get("address"))
            yield from (c.within(at) for c in self._rest(was, is_, {"address", "messages"}))

    def _operation(self, old: Any, new: Any) -> Iterator[Change]:
        was, is_ = self.old.resolved(old, "operation"), self.new.resolved(new, "operation")
        yield from self._rest(was, is_, {"messages", "channel"})  # another action among them: the whole turns round
        yield from self._messages(_messages_of(self.old, was), _messages_of(self.new, is_), OUT if is_.get("action") == "send" else IN)

    def _messages(self, old: Object, new: Object, direction: Direction) -> Iterator[Change]:
        for name in [*old, *(n for n in new if n not in old)]:
            if name not in new or name not in old:
                yield change("message.added" if name in new else "message.removed", direction, name)
            else:
                yield from (c.within(name) for c in self._message(old[name], new[name], direction))

    def _message(self, old: Object, new: Object, direction: Direction) -> Iterator[Change]:
        media = [m.get("contentType", d.content.get("defaultContentType")) for m, d in ((old, self.old), (new, self.new))]
        if media[0] != media[1]:
            yield change("media.removed", direction, before=media[0], after=media[1])
        for part in ("payload", "headers"):
            changes = self.comparisons[direction].schemas(old.get(part, True), new.get(part, True))
            yield from (c.within(part) for c in changes)
        yield from self._rest(old, new, {"payload", "headers", "contentType", "name"})

    def _rest(self, old: Object, new: Object, seen: frozenset[str] | set[str]) -> Iterator[Change]:
        for word in sorted((set(old) | set(new)) - seen):
            if word in WORDING or word.startswith("x-"):
                if text_of(old.get(word)) != text_of(new.get(word)):
                    yield change("wording.changed", IN, before=old.get(word), after=new.get(word))
            elif text_of(self.old.expanded(old.get(word))) != text_of(self.new.expanded(new.get(word))):
                yield change("keyword.changed", IN, before={word: old.get(word)}, after={word: new.get(word)})


def _messages_of(document: Document, operation: Object) -> dict[str, Object]:
    """Messages of an operation by their name in its channel; all of the channel's where it names none."""
    channel = document.resolved(operation.get("channel"), "channel")
    among = document.part(channel, "messages")
    given = operation.get("messages")
    names = list(among) if given is None else [_last(document.mapping(m, "message")) for m in document.sequence(given, "messages")]
    return {n: document.resolved(among.get(n), n) for n in names}


def _last(reference: Object) -> str:
    return str(reference.get("$ref", "")).rpartition("/")[2]
