"""Whatever a message is, it becomes one line that the reader of landing files takes, or sets aside with its reason."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.pipeline.collect.message import LARGEST, line_of
from medthread.stores.bus import Delivery
from medthread.stores.readers import Extract, ReadRequest, read_to_parquet

AT = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def delivery(content: bytes, **known: object) -> Delivery:
    return Delivery("MES:1", content, None, **{"id": "MES:1", "subject": "mes.lot", "sent_at": AT, **known})  # type: ignore[arg-type]


def read(folder: Path, *contents: bytes) -> Extract:
    path = folder / "one.jsonl"
    path.write_bytes(b"".join(line_of(delivery(c, id=f"MES:{n}")).content for n, c in enumerate(contents)))
    return read_to_parquet(ReadRequest(path=path, format="json", options={"columns": ["lot_no"]}), out=folder / "one.parquet")


def test_attributes_stand_beside_what_the_broker_knows_and_numbers_keep_their_digits(tmp_path: Path) -> None:
    made = read(tmp_path, '{"lot_no": "批-1", "qty": 1.100, "big": 12345678901234567890, "in": {"a": [1.0, true]}}'.encode(), b"{}", b'{\n  "lot_no": "x",\r\n "qty": 1e2\n}\n')
    rows = pq.read_table(made.path).to_pylist()
    assert made.rejects == ()
    assert rows[0] == {
        "lot_no": "批-1", "qty": "1.100", "big": "12345678901234567890", "in": '{"a":[1.0,true]}',
        "_message_id": "MES:0", "_subject": "mes.lot", "_key": None, "_sent_at": "2026-11-26T08:30:00+00:00"}
    assert rows[1]["_message_id"] == "MES:1"
    assert (rows[2]["lot_no"], rows[2]["qty"]) == ("x", "1e2")


POISON = {
    "nothing": (b"", "Expecting value"),
    "blank": (b" \n ", "Expecting value"),
    "text": (b"hello", "Expecting value"),
    "cut off": (b'{"lot_no": "1', "Unterminated"),
    "two objects": (b'{"a":1}{"a":2}', "Extra data"),
    "number": (b"17", "no JSON object"),
    "null": (b"null", "no JSON object"),
    "array": (b'[{"lot_no": "1"}]', "no JSON object"),
    "bytes": (bytes(range(256)), "not UTF-8"),
    "gb18030": ('{"lot_no": "批"}'.encode("gb18030"), "not UTF-8"),
    "utf-16": ('{"lot_no": "1"}'.encode("utf-16"), "not UTF-8"),
    "NUL": (b'{"lot_no": "a\0b"}', "Invalid control character"),
    "escaped NUL": (b'{"lot_no": "a\\u0000b"}', "NUL"),
    "half a pair": (b'{"lot_no": "\\ud800"}', "surrogate"),
    "half a pair in a name": (b'{"\\udfff": 1}', "surrogate"),
    "surrogate bytes": (b'{"lot_no": "\xed\xa0\x80"}', "not UTF-8"),
    "deep": (b'{"lot_no":' + b"[" * 150 + b"]" * 150 + b"}", "nested"),
    "bottomless": (b'{"lot_no":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
    "giant": (b'{"lot_no": "' + b"x" * LARGEST + b'"}', "at most"),
    "twins": (b'{"lot_no": 1, "lot_no": 2}', "stands twice"),
    "twins in case": (b'{"lot_no": 1, "LOT_NO": 2}', "only in case"),
    "our id": (b'{"_message_id": "mine"}', "is taken"),
    "our hash": (b'{"_Hash": "mine"}', "is taken"),
    "a seal's mask": (b'{"lot_no__masked": "mine"}', "is taken"),
    "no name": (b'{"": 1}', "blank"),
    "a name of controls": (b'{"a\\u0007": 1}', "control characters"),
    "a long name": (b'{"' + b"n" * 300 + b'": 1}', "more than 200"),
    "many names": (json.dumps({f"n{n}": n for n in range(600)}).encode(), "600 attributes"),
}


@pytest.mark.parametrize("kind", POISON)
@pytest.mark.parametrize("place", [0, 1])
def test_what_cannot_be_a_row_is_set_aside_alone_with_its_reason_and_text(tmp_path: Path, kind: str, place: int) -> None:
    content, reason = POISON[kind]
    among = [b'{"lot_no": "good"}', b'{"lot_no": "better"}']
    among.insert(place, content)
    made = read(tmp_path, *among)
    assert [r["lot_no"] for r in pq.read_table(made.path).to_pylist()] == ["good", "better"]
    (reject,) = made.rejects
    assert reject.row == place + 1
    assert reason in reject.raw
    assert f"MES:{place}" in reject.raw
    assert reject.raw.isprintable()
    told = json.loads(json.loads((tmp_path / "one.jsonl").read_text().splitlines()[place]))
    assert told["text"].encode() == content[:LARGEST].decode("utf-8", "backslashreplace").encode()
    assert told["bytes"] == len(content)


def test_nothing_but_poison_is_a_load_too(tmp_path: Path) -> None:
    made = read(tmp_path, b"x", b"y")
    assert (made.rows, len(made.rejects)) == (0, 2)
    assert "lot_no" in made.columns


def test_what_the_broker_knows_is_never_what_breaks_a_line(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(line_of(delivery(b'{"lot_no": 1}', id='a\0\n"', subject="\udcff", key="键")).content)
    made = read_to_parquet(ReadRequest(path=path, format="json"), out=tmp_path / "one.parquet")
    (row,) = pq.read_table(made.path).to_pylist()
    assert row == {"lot_no": "1", "_message_id": 'a\\x00\n"', "_subject": "\\udcff", "_key": "键", "_sent_at": AT.isoformat()}


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20)
ANY = st.binary(max_size=200) | JSON.map(lambda v: json.dumps(v).encode()) | st.dictionaries(st.text(max_size=5), JSON, max_size=4).map(lambda v: json.dumps(v, indent=1).encode())


@given(st.lists(ANY, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_as_many_come_out_as_went_in(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("message")
    lines = [line_of(delivery(c)) for c in contents]
    names = {n.lower() for line in lines for n in line.names}
    if len(names) != len({n for line in lines for n in line.names}):
        return  # such messages lie in files of their own
    made = read(folder, *contents)
    poisoned = [n for n, line in enumerate(lines, start=1) if line.poison]
    assert [r.row for r in made.rejects] == poisoned
    assert made.rows == len(contents) - len(poisoned)
