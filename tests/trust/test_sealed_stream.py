"""Sealed files: what went in comes out, and nothing can be changed, moved, cut off or added unseen."""

import io
import json
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.methods.canonical import canonical
from medthread.model.errors import ConfigurationError, MedthreadError, StoreError
from medthread.trust.backup_key import BackupKey
from medthread.trust.sealed_stream import PIECE, AlteredError, hash_file, open_stream, seal_stream

KEY = BackupKey(b"k" * 32)


def sealed(content: bytes, *, pack: bool = False, key: BackupKey = KEY) -> tuple[bytes, str]:
    sink, told = io.BytesIO(), hash_file(io.BytesIO(content))
    stored = seal_stream(io.BytesIO(content), sink, key=key, content=told, pack=pack)
    assert (stored.bytes, stored.hash) == (len(sink.getvalue()), hash_file(io.BytesIO(sink.getvalue())))
    return sink.getvalue(), told


def opened(box: bytes, told: str, *, chunk: int = 70_001, key: BackupKey = KEY) -> bytes:
    sink = io.BytesIO()
    open_stream((box[i : i + chunk] for i in range(0, len(box), chunk)), sink, key=key, content=told)
    return sink.getvalue()


@given(st.binary(max_size=300), st.booleans(), st.integers(1, 400))
def test_what_went_in_comes_out(content: bytes, pack: bool, chunk: int) -> None:  # noqa: FBT001 - drawn
    box, told = sealed(content, pack=pack)
    assert opened(box, told, chunk=chunk) == content


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5])
@pytest.mark.parametrize("pack", [False, True])
def test_every_length_around_a_piece(size: int, pack: bool) -> None:  # noqa: FBT001 - a parameter of the test
    content = random.Random(size).randbytes(size)
    box, told = sealed(content, pack=pack)
    assert opened(box, told) == content


def test_the_same_content_is_sealed_to_the_same_bytes_and_under_another_key_to_others() -> None:
    assert sealed(b"content") == sealed(b"content")
    assert sealed(b"content")[0] != sealed(b"content", key=BackupKey(b"l" * 32))[0]
    assert b"content" not in sealed(b"content")[0]


def test_every_flipped_bit_is_found() -> None:
    content = random.Random(1).randbytes(1500)
    for pack in (False, True):
        box, told = sealed(content, pack=pack)
        for place in range(len(box)):
            changed = bytearray(box)
            changed[place] ^= 1 << (place % 8)
            with pytest.raises(MedthreadError):
                opened(bytes(changed), told)


def test_cut_off_lengthened_moved_and_repeated_pieces_are_found() -> None:
    content = random.Random(2).randbytes(3 * PIECE + 10)
    box, told = sealed(content)
    head = box.index(b"\n") + 1
    framed = PIECE + 16 + 4
    first, second = box[head : head + framed], box[head + framed : head + 2 * framed]
    rest = box[head + 2 * framed :]
    for wrong in (
        b"", box[:10], box[:head], box[:-1], box[: head + framed], box[: head + 2 * framed], box + b"\0", box + first,
        box[:head] + second + first + rest, box[:head] + first + first + second + rest, box[:head] + second + rest, box[:head] + rest,
        box[:head] + (2**31).to_bytes(4) + box[head + 4 :],
    ):
        with pytest.raises(AlteredError):
            opened(wrong, told)


def test_content_of_one_file_does_not_pass_for_anothers() -> None:
    one, told_one = sealed(b"one")
    two, told_two = sealed(b"two")
    assert opened(one, told_one) == b"one"
    with pytest.raises(AlteredError):
        opened(two, told_one)
    with pytest.raises(AlteredError):
        opened(one, told_two)


def test_another_key_is_said_with_both_ids() -> None:
    box, told = sealed(b"content")
    other = BackupKey(b"l" * 32)
    with pytest.raises(ConfigurationError) as found:
        opened(box, told, key=other)
    assert KEY.id in found.value.message
    assert other.id in found.value.message


def test_an_algorithm_of_later_days_is_not_guessed() -> None:
    box, told = sealed(b"content")
    head, _, rest = box.partition(b"\n")
    later = canonical({**json.loads(head), "algorithm": "sm4-gcm-stream"}) + b"\n" + rest
    with pytest.raises(StoreError, match="does not know"):
        opened(later, told)


def test_a_file_that_changed_since_it_was_hashed_is_refused() -> None:
    with pytest.raises(AlteredError):
        seal_stream(io.BytesIO(b"changed"), io.BytesIO(), key=KEY, content=hash_file(io.BytesIO(b"content")), pack=False)


def test_memory_does_not_grow_with_the_file() -> None:
    class Zeros(io.RawIOBase):
        left = 64 * PIECE

        def read(self, size: int = -1) -> bytes:
            taken = min(self.left, size)
            self.left -= taken
            return bytes(taken)

    class Nowhere(io.RawIOBase):
        def write(self, data: object) -> int:
            return len(data)  # type: ignore[arg-type]

    told = hash_file(Zeros())  # type: ignore[arg-type]
    tracemalloc.start()
    seal_stream(Zeros(), Nowhere(), key=KEY, content=told, pack=True)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * PIECE
