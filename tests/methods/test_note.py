"""Signed notes by the word of C2SP signed-note and tlog-checkpoint: what is written, and everything that is not accepted."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.algorithms import SIGNATURES
from medthread.methods.note import Checkpoint, NoteKey, decode, encode, opened, signed

ED25519 = SIGNATURES["ed25519"]
PRIVATE = bytes(range(32))
KEY = NoteKey("example.com/log", "ed25519", ED25519.public_of(PRIVATE))
OTHER_PRIVATE = bytes(range(1, 33))
OTHER = NoteKey("example.com/log", "ed25519", ED25519.public_of(OTHER_PRIVATE))
CHECKPOINT = Checkpoint("example.com/log", 7, bytes(32), "sha256")
NOTE = signed(CHECKPOINT.text, KEY, private=PRIVATE)


def test_a_note_opens_to_its_text() -> None:
    assert opened(NOTE, [KEY]) == CHECKPOINT.text
    assert Checkpoint.parse(CHECKPOINT.text) == CHECKPOINT
    assert NOTE.endswith("\n")
    assert "\n\n— example.com/log " in NOTE


def test_the_example_of_the_specification_opens_under_its_key() -> None:
    """The note of golang.org/x/mod/sumdb/note, whose key and signature are public."""
    algorithm, name = "ed25519", "PeterNeumann"
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    key = NoteKey(name, algorithm, public[1:])
    assert key.text == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = ("If you think cryptography is the answer to your problem,\n"
            "then you don't know what your problem is.\n")
    note = text + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    assert opened(note, [key]) == text


def test_a_second_signature_of_an_unknown_key_is_passed_over_and_of_a_known_one_is_checked() -> None:
    line = signed(CHECKPOINT.text, OTHER, private=OTHER_PRIVATE).rpartition("\n\n")[2]
    both = NOTE + line
    assert opened(both, [KEY]) == opened(both, [OTHER]) == opened(both, [KEY, OTHER]) == CHECKPOINT.text
    forged = NOTE + signed("x\n", OTHER, private=OTHER_PRIVATE).rpartition("\n\n")[2]
    assert opened(forged, [KEY]) == CHECKPOINT.text
    assert opened(forged, [KEY, OTHER]) is None


@pytest.mark.parametrize("note", [
    "", "\n", "text\n", NOTE.replace("\n7\n", "\n8\n"), NOTE.replace("— ", "- "), NOTE.replace("example.com/log ", "example.com/other "),
    NOTE[:-3] + "\n", NOTE.replace("\n\n", "\n"), CHECKPOINT.text + "\n— example.com/log AAAA\n", CHECKPOINT.text + "\n— example.com/log ****\n", NOTE + "x\n",
])
def test_what_is_no_note_of_the_key_does_not_open(note: str) -> None:
    assert opened(note, [KEY]) is None


def test_another_key_opens_nothing() -> None:
    assert opened(NOTE, [OTHER]) is None
    assert opened(NOTE, []) is None


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_no_bit_of_a_note_can_be_turned(bit: int) -> None:
    raw = bytearray(NOTE.encode())
    raw[bit // 8] ^= 1 << bit % 8
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    assert opened(text, [KEY]) is None


@pytest.mark.parametrize("text", [
    "", CHECKPOINT.text + "more\n", CHECKPOINT.text.replace("7", "07"), CHECKPOINT.text.replace("7", "x"), CHECKPOINT.text.replace("sha256", "md5"),
    CHECKPOINT.text.replace("example.com/log", "two words"), CHECKPOINT.text.replace("hash ", "salt "), CHECKPOINT.text.replace("AAA=", "AAB="), CHECKPOINT.text[:-1],
])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - some come from the number or the base64 in it
        Checkpoint.parse(text)


@given(st.binary(max_size=70))
def test_base64_is_read_in_the_one_way_it_is_written(raw: bytes) -> None:
    text = encode(raw)
    assert decode(text) == raw
    for other in {text + "\n", text.rstrip("="), text + "="} - {text}:
        with pytest.raises(ValueError):  # noqa: PT011 - binascii names none
            decode(other)


def test_a_checkpoint_says_when_it_was_signed_and_after_what() -> None:
    times = ("2026-10-01T00:00:00.000001Z", "2026-09-30T23:59:59.000000Z")
    for n in (0, 1, 2):
        said = Checkpoint("example.com/log", 7, bytes(32), "sha256", *times[:n])
        assert Checkpoint.parse(said.text) == said
        assert said.text.count("\n") == (5 if n else 4)


@pytest.mark.parametrize("line", ["time \n", "time yesterday\n", "time 2026-10-01T00:00:00Z\n", "time 2026-10-01T00:00:00.1Z\n", "at 2026-10-01T00:00:00.000001Z\n",
                                  "time 2026-10-01T00:00:00.000001Z 2026-10-01T00:00:00.000001Z 2026-10-01T00:00:00.000001Z\n", "\n"])
def test_another_time_line_is_no_checkpoint_of_ours(line: str) -> None:
    with pytest.raises(ValueError, match=r"not a checkpoint|does not match format|another way"):
        Checkpoint.parse(CHECKPOINT.text + line)
