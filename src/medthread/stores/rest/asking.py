"""What a mapping says of an interface, under `options`.

options:
records: data.items                  # the array in each page; none where the page is the array
paginator: {page: page, first: 1}    # see PAGINATORS; `single` where there is but one page
params: {status: released}
headers: {Accept-Language: zh-CN}
since: updated_after                 # the parameter that takes the last changed_at
auth: {api_key: X-Api-Key}           # or bearer (a token; what is used without this) or basic (the name in the url)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from medthread.model.errors import SourceError

WORDS = ("records", "paginator", "params", "headers", "since", "auth")
# The first word says which kind it is and how its parameter or place is called; then what else may be said.
PAGINATORS: dict[str, tuple[str, ...]] = {
    "single": (),  # but one page
    "page": ("first", "total"),  # numbered pages; total: where the number of pages stands, else the first empty page is the last
    "offset": ("limit", "limit_param", "total"),  # so many records from the n-th on
    "link": (),  # where the address of the next page stands in the page
    "link_header": (),  # the relation in the header Link
    "cursor": ("at",),  # the parameter; at: where its next value stands in the page
}
AUTHS = ("bearer", "basic", "api_key", "api_key_param")


@dataclass(frozen=True)
class Paging:
    """How the next page is found."""

    kind: str
    word: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """What is asked, and where the answers stand."""

    records: tuple[str, ...]
    paging: Paging
    params: dict[str, str]
    headers: dict[str, str]
    auth: tuple[str, str] | None

    @classmethod
    def read(cls, options: Mapping[str, Any], *, since: str | None) -> Self:
        """From the words of a mapping. Raises `SourceError`."""
        stranger = next((w for w in options if w not in WORDS), None)
        if stranger is not None:
            raise SourceError(f"options of an interface have no word {stranger!r}", hint=f"they know {', '.join(WORDS)}")
        params = {k: _word(v) for k, v in _mapping(options, "params").items()}
        if since is not None and options.get("since"):
            params[str(options["since"])] = since
        records = tuple(str(options["records"]).split(".")) if options.get("records") else ()
        headers = {k: _word(v) for k, v in _mapping(options, "headers").items()}
        return cls(records, _paging(options.get("paginator")), params, headers, _auth(options.get("auth")))


def _mapping(options: Mapping[str, Any], name: str) -> dict[str, Any]:
    given = options.get(name) or {}
    if not isinstance(given, dict):
        raise SourceError(f"{name} of an interface are names with values", hint=f"write {name}: {{NAME: VALUE}}")
    return given


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _paging(given: Any) -> Paging:
    if isinstance(given, str) and given in PAGINATORS:
        given = {given: ""}
    kind = next(iter(given), None) if isinstance(given, dict) else None
    if kind not in PAGINATORS:
        raise SourceError("it is not said how the next page is found", hint=f"write paginator: with one of {', '.join(PAGINATORS)}")
    more = {k: v for k, v in given.items() if k != kind}
    stranger = next((w for w in more if w not in PAGINATORS[kind]), None)
    if stranger is not None or (kind not in ("single", "link_header") and not given[kind]) or (kind == "cursor" and "at" not in more):
        needs = ", ".join((f"{kind}: NAME", *PAGINATORS[kind]))
        raise SourceError(f"the paginator {kind} is not understood", hint=f"it knows {needs}")
    if any(not isinstance(more.get(n, 0), int) for n in ("first", "limit")):
        raise SourceError(f"the paginator {kind} counts in whole numbers", hint="correct first or limit")
    return Paging(kind, str(given[kind] or ""), more)


def _auth(given: Any) -> tuple[str, str] | None:
    if given is None:
        return None
    kind, word = next(iter(given.items()), ("", "")) if isinstance(given, dict) else (given, "")
    if kind not in AUTHS or (kind.startswith("api_key") and not word):
        raise SourceError(f"an interface knows no auth {given!r}", hint=f"there are {', '.join(AUTHS)}; a key has its name behind it: {{api_key: X-Api-Key}}")
    return kind, str(word)
