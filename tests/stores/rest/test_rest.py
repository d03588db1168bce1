"""An interface's pages against a real server: all of them with their digits, or nothing and the reason."""

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from medthread.model.errors import SourceError
from medthread.stores.readers import Extract, ReadRequest, read_to_parquet
from medthread.stores.rest import Limits, read_resource
from tests.stores.bus.certificates import certificate
from tests.stores.rest.server import Answer, Asked, Server, page

QUICK = Limits(pause=0.02, tries=4)
ROWS = [{"id": n, "名称": f"件{n}"} for n in range(25)]
SIZE = 10


def read(server: Server, out: Path, *, resource: str = "items", **more: Any) -> Extract:
    more = {"options": {"paginator": "single"}, "limits": QUICK, **more}
    return read_resource(more.pop("url", server.url), resource, out, **more)


def landed(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def part(number: int) -> list[dict[str, Any]]:
    return ROWS[number * SIZE : (number + 1) * SIZE]


def by_page(asked: Asked, _: int) -> Answer:
    return page({"data": {"items": part(int(asked.params["page"]) - 1), "pages": 3}})


def by_offset(asked: Asked, _: int) -> Answer:
    at = int(asked.params["skip"])
    return page(ROWS[at : at + int(asked.params["take"])])


def by_link(asked: Asked, _: int) -> Answer:
    at = int(asked.params.get("at", 0))
    return page({"items": part(at), "paging": {"next": f"/items?at={at + 1}" if at < 2 else None}})


def by_header(asked: Asked, _: int) -> Answer:
    at = int(asked.params.get("at", 0))
    return page(part(at), **({"Link": f'<http://{asked.headers["Host"]}/items?at={at + 1}>; rel="next"'} if at < 2 else {}))


def by_cursor(asked: Asked, _: int) -> Answer:
    at = int(asked.params.get("cursor", "c0").removeprefix("c"))
    return page({"items": part(at), "next": f"c{at + 1}" if at < 2 else None})


PAGED: dict[str, tuple[Callable[[Asked, int], Answer], dict[str, Any]]] = {
    "page": (by_page, {"records": "data.items", "paginator": {"page": "page"}}),
    "page with a total": (by_page, {"records": "data.items", "paginator": {"page": "page", "total": "data.pages"}}),
    "offset": (by_offset, {"paginator": {"offset": "skip", "limit": SIZE, "limit_param": "take"}}),
    "link": (by_link, {"records": "items", "paginator": {"link": "paging.next"}}),
    "link header": (by_header, {"paginator": "link_header"}),
    "cursor": (by_cursor, {"records": "items", "paginator": {"cursor": "cursor", "at": "next"}}),
}


@pytest.mark.parametrize("kind", PAGED)
def test_all_pages_are_read_once(tmp_path: Path, kind: str) -> None:
    answer, options = PAGED[kind]
    out = tmp_path / "items.jsonl"
    with Server(answer) as server:
        made = read(server, out, options=options)
    assert landed(out) == ROWS
    assert (made.columns, made.rows) == (("id", "名称"), 25)


def test_numbers_keep_their_digits_and_what_is_no_record_is_set_aside(tmp_path: Path) -> None:
    out = tmp_path / "items.jsonl"
    content = b'[{"qty": 1.100, "big": 12345678901234567890.5, "in": {"a": [1.0]}},\n 17, {"lot": "a\\u0000"}, {"lot": "\\ud800"}, {"lot": "good"}]'
    with Server(lambda *_: Answer(content)) as server:
        assert read(server, out).rows == 5
    made = read_to_parquet(ReadRequest(path=out, format="json"), out=tmp_path / "items.parquet")
    rows = pq.read_table(made.path).to_pylist()
    assert (rows[0]["qty"], rows[0]["big"], rows[0]["in"]) == ("1.100", "12345678901234567890.5", '{"a":[1.0]}')
    assert rows[1]["lot"] == "good"
    assert [r.row for r in made.rejects] == [2, 3, 4]


def test_what_is_asked_is_what_the_mapping_says(tmp_path: Path) -> None:
    options = {"paginator": "single", "params": {"state": "released", "all": True}, "headers": {"Accept-Language": "zh-CN"}, "since": "updated_after"}
    with Server(lambda *_: page([])) as server:
        read(server, tmp_path / "a", options=options, since="2026-11-26 08:30:00.000001+00:00", secret="t0ken", url=f"{server.url}/api/v1")
        read(server, tmp_path / "b", options=options, since=None)
        read(server, tmp_path / "c", options=options, since="17", secret="right", url=server.url.replace("//", "//ann@"))
        read(server, tmp_path / "d", options={**options, "auth": {"api_key": "X-Key"}}, secret="k")
        read(server, tmp_path / "e", options={**options, "auth": {"api_key_param": "key"}}, secret="k")
    first, second, third, fourth, fifth = server.asked
    assert first.path == "/api/v1/items"
    assert first.params == {"state": "released", "all": "true", "updated_after": "2026-11-26T08:30:00.000001+00:00"}
    assert (first.headers["Authorization"], first.headers["Accept-Language"]) == ("Bearer t0ken", "zh-CN")
    assert second.params == {"state": "released", "all": "true"}
    assert "Authorization" not in second.headers
    assert (third.headers["Authorization"], third.params["updated_after"]) == ("Basic YW5uOnJpZ2h0", "17")
    assert fourth.headers["X-Key"] == "k"
    assert fifth.params["key"] == "k"


def test_who_is_busy_is_asked_again(tmp_path: Path) -> None:
    def busy(_: Asked, number: int) -> Answer:
        return {1: Answer(status=503), 2: Answer(status=429, headers={"Retry-After": "1"})}.get(number, page([{"id": 1}]))

    began = time.monotonic()
    with Server(busy) as server:
        assert read(server, tmp_path / "a").rows == 1
        assert len(server.asked) == 3
    assert time.monotonic() - began > 1
    with Server(lambda *_: Answer(status=503)) as server:
        with pytest.raises(SourceError, match="503 Service Unavailable"):
            read(server, tmp_path / "b")
        assert len(server.asked) == 4
    assert list(tmp_path.glob("b*")) == []


def again(asked: Asked, _: int) -> Answer:
    return page([{"id": 1}])


def growing(_: Asked, number: int) -> Answer:
    return page([{"id": number}])


def breaks(asked: Asked, _: int) -> Answer:
    return Answer(status=500) if asked.params["page"] == "2" else page(ROWS[:3])


def cut_off(*_: object) -> Answer:
    return Answer(b'[{"id": 1}', headers={"Content-Length": "4000"})


PAGES = {"paginator": {"page": "page"}}
WRONG: dict[str, tuple[Callable[[Asked, int], Answer], dict[str, Any], Limits, str]] = {
    "no JSON": (lambda *_: Answer(b"<html>"), {"paginator": "single"}, QUICK, "a page is no JSON"),
    "no text": (lambda *_: Answer(bytes(range(256))), {"paginator": "single"}, QUICK, "a page is no JSON"),
    "nothing": (lambda *_: Answer(b"", status=204), {"paginator": "single"}, QUICK, "a page is no JSON"),
    "bottomless": (lambda *_: Answer(b"[" * 100_000), {"paginator": "single"}, QUICK, "nested more than"),
    "an object": (lambda *_: page({"error": "x"}), {"paginator": "single"}, QUICK, "a page has no array"),
    "no records": (lambda *_: page({"data": {}}), {"paginator": "single", "records": "data.items"}, QUICK, r"a page has no array at 'data\.items'"),
    "a page twice": (again, PAGES, QUICK, "page 2 of items is page 1 again"),
    "endless": (growing, PAGES, Limits(pages=5), "more than 5 pages of items"),
    "endless in bytes": (growing, PAGES, Limits(bytes=100), "all pages are larger than 100 bytes"),
    "endless in time": (growing, PAGES, Limits(seconds=0.3), "it took longer"),
    "a giant": (lambda *_: Answer(b"[" + b" " * 5000 + b"]"), {"paginator": "single"}, Limits(page=1000), "a page is larger than 1,000 bytes"),
    "a bomb": (lambda *_: Answer(gzip.compress(b" " * 9_000_000), headers={"Content-Encoding": "gzip"}), {"paginator": "single"}, Limits(page=100_000), "larger than 100,000"),
    "half packed": (lambda *_: Answer(b"no gzip", headers={"Content-Encoding": "gzip"}), {"paginator": "single"}, QUICK, "gzip"),
    "no total": (again, {"paginator": {"page": "page", "total": "pages"}}, QUICK, "pages"),
    "breaks in the middle": (breaks, PAGES, QUICK, "500 Internal Server Error"),
    "cut off": (cut_off, {"paginator": "single"}, Limits(tries=2, pause=0.01), "IncompleteRead"),
    "not there": (lambda *_: Answer(status=404), {"paginator": "single"}, QUICK, "404 Not Found"),
    "may not": (lambda *_: Answer(status=403), {"paginator": "single"}, QUICK, "403 Forbidden"),
    "round in circles": (lambda *_: Answer(status=302, headers={"Location": "/items"}), {"paginator": "single"}, QUICK, "redirects"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    answer, options, limits, said = WRONG[kind]
    with Server(answer) as server, pytest.raises(SourceError, match=said) as told:
        read(server, tmp_path / "items.jsonl", options=options, limits=limits, secret="hush")
    assert told.value.hint
    assert "hush" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_the_token_goes_to_no_other_host(tmp_path: Path) -> None:
    with Server(lambda *_: page([{"id": 1}])) as other:
        elsewhere = f"{other.url}/items"
        asks: list[tuple[Callable[[Asked, int], Answer], dict[str, Any]]] = [
            (lambda *_: Answer(status=302, headers={"Location": elsewhere}), {"paginator": "single"}),
            (lambda *_: page({"items": [{"id": 1}], "next": elsewhere}), {"records": "items", "paginator": {"link": "next"}}),
            (lambda *_: page([{"id": 1}], Link=f'<{elsewhere}>; rel="next"'), {"paginator": "link_header"}),
        ]
        for answer, options in asks:
            with Server(answer) as server, pytest.raises(SourceError, match="it leads to another host"):
                read(server, tmp_path / "a", options=options, secret="t0ken")
        assert other.asked == []

    def moved(asked: Asked, _: int) -> Answer:
        return page([{"id": 1}]) if asked.path == "/new" else Answer(status=301, headers={"Location": "/new"})

    with Server(moved) as server:
        assert read(server, tmp_path / "b", secret="t0ken").rows == 1
        assert server.asked[-1].headers["Authorization"] == "Bearer t0ken"
        with pytest.raises(SourceError, match="leads to another host"):
            read(server, tmp_path / "c", resource="https://elsewhere.example/items")
    with pytest.raises(SourceError, match="is not encrypted"):
        read_resource("http://erp.example", "items", tmp_path / "d", options={"paginator": "single"}, secret="t0ken")


def test_an_encrypted_server_is_who_its_authority_says(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path, "ours"), certificate(tmp_path, "theirs")
    with Server(lambda *_: page([{"id": 1}]), certificate=ours) as server:
        assert read(server, tmp_path / "a", ca=ours[0], secret="t0ken").rows == 1
        for ca in (theirs[0], None):
            with pytest.raises(SourceError, match="its certificate is not believed"):
                read(server, tmp_path / "b", ca=ca)
        assert len(server.asked) == 1


def test_nobody_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"http://127\.0\.0\.1:1: .*refused"):
        read_resource("http://ann@127.0.0.1:1", "items", tmp_path / "a", options={"paginator": "single"}, limits=QUICK)


@pytest.mark.parametrize(("options", "said"), [
    ({}, "how the next page is found"),
    ({"paginator": "guess"}, "how the next page is found"),
    ({"paginator": ["page"]}, "how the next page is found"),
    ({"paginator": {"page": ""}}, "the paginator page"),
    ({"paginator": {"page": "p", "size": 3}}, "the paginator page"),
    ({"paginator": {"page": "p", "first": "one"}}, "counts in whole numbers"),
    ({"paginator": {"cursor": "c"}}, "the paginator cursor"),
    ({"paginator": "single", "record": "x"}, "no word 'record'"),
    ({"paginator": "single", "params": ["a"]}, "names with values"),
    ({"paginator": "single", "auth": "kerberos"}, "knows no auth 'kerberos'"),
    ({"paginator": "single", "auth": "api_key"}, "knows no auth"),
])
def test_options_that_are_not_understood_are_told(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=said) as told:
        read_resource("http://127.0.0.1:1", "items", tmp_path / "a", options=options)
    assert told.value.hint
