"""Pages through dlt's client: its paginators find the next one, its auth signs the request; what stands in them is read by our own decoder, which keeps digits."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    HeaderLinkPaginator,
    JSONLinkPaginator,
    JSONResponseCursorPaginator,
    OffsetPaginator,
    PageNumberPaginator,
    SinglePagePaginator,
)

from medthread.model.errors import SourceError
from medthread.stores.readers import Extract
from medthread.stores.readers.record import UnfitError, check, compact
from medthread.stores.rest.asking import Asking, Paging
from medthread.stores.rest.door import Limits, Where
from medthread.stores.rest.session import Session

LIMIT = 100  # records of a page, where the mapping says none


class _Client(RESTClient):  # type: ignore[misc] # dlt's types are not followed
    """Gives the records as our decoder reads them."""

    records: tuple[str, ...] = ()

    def extract_response(self, response: Any, data_selector: Any) -> list[Any]:  # noqa: ARG002 - as dlt calls it
        return records_of(self.session.page, self.records)


def read_pages(where: Where, resource: str, asking: Asking, limits: Limits, out: Path) -> Extract:
    """All records, one per line."""
    names: dict[str, None] = {}
    rows = 0
    with out.open("wb") as file:
        for number, page in enumerate(_pages(where, resource, asking, limits), start=1):
            if number > limits.pages:
                raise SourceError(f"{where.shown}: more than {limits.pages:,} pages of {resource}", hint="does the paginator ever end? correct it in the mapping")
            for record in page:
                file.write(_line(record))
                if isinstance(record, dict):
                    names.update(dict.fromkeys(record))
                rows += 1
    return Extract(out, tuple(names), rows)


def records_of(page: Any, path: tuple[str, ...]) -> list[Any]:
    """The records of a page. A page without them is an error, and no end."""
    value = page
    for step in path:
        if not isinstance(value, dict) or step not in value:
            raise SourceError(f"a page has no array at {'.'.join(path)!r}", hint="correct `records` in the mapping")
        value = value[step]
    if value is None and path:
        return []
    if not isinstance(value, list):
        raise SourceError(f"a page has no array at {'.'.join(path)!r}", hint="correct `records` in the mapping")
    return value


def _pages(where: Where, resource: str, asking: Asking, limits: Limits) -> Iterator[list[Any]]:
    parts = urlsplit(where.url)
    base = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    seen: dict[bytes, int] = {}
    with Session(where, limits) as session:
        config = RuntimeConfiguration(dlthub_telemetry=False)
        client = _Client(base, headers=asking.headers, auth=_signed(where, asking), session=session, config=config)
        client.records = asking.records
        found = client.paginate(resource, params=dict(asking.params), paginator=_paginator(asking.paging), data_selector="$", hooks={"response": []})
        try:
            for number, page in enumerate(found, start=1):
                digest = hashlib.sha256(page.response.content).digest()
                first = seen.setdefault(digest, number)
                if first != number and page:
                    raise SourceError(f"{where.shown}: page {number} of {resource} is page {first} again", hint="the paginator does not fit the interface; correct it in the mapping")
                yield list(page)
        except ValueError as error:  # a paginator that does not find what it was told to look for
            raise SourceError(f"{where.shown}: {error}", hint="the paginator does not fit the interface; correct it in the mapping") from error


def _signed(where: Where, asking: Asking) -> Any:
    if where.secret is None:
        return None
    user = unquote(urlsplit(where.url).username or "")
    kind, word = asking.auth or ("basic" if user else "bearer", "")
    if kind == "basic":
        return HttpBasicAuth(user, where.secret)
    if kind == "bearer":
        return BearerTokenAuth(token=where.secret)
    return APIKeyAuth(name=word, api_key=where.secret, location="header" if kind == "api_key" else "query")


def _paginator(paging: Paging) -> BasePaginator:
    word, more = paging.word, paging.more
    if paging.kind == "page":
        first = int(more.get("first", 1))
        return PageNumberPaginator(base_page=first, page=first, page_param=word, total_path=more.get("total"))
    if paging.kind == "offset":
        limit = int(more.get("limit", LIMIT))
        return OffsetPaginator(limit, offset_param=word, limit_param=str(more.get("limit_param", "limit")), total_path=more.get("total"))
    if paging.kind == "link":
        return JSONLinkPaginator(word)
    if paging.kind == "link_header":
        return HeaderLinkPaginator(word or "next")
    if paging.kind == "cursor":
        return JSONResponseCursorPaginator(cursor_path=str(more["at"]), cursor_param=word)
    return SinglePagePaginator()


def _line(record: Any) -> bytes:
    """What no store takes becomes a text of ASCII, which the reader sets aside."""
    try:
        check(record)
    except UnfitError as error:
        return (json.dumps(json.dumps({"reason": str(error), "text": json.dumps(record)})) + "\n").encode()
    return (compact(record) + "\n").encode()
