"""Sealed values open with their key only, differ each time, and compare only through their index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medthread.model.errors import InvalidError
from medthread.trust.seal import blind_index, is_sealed, key_id_of, seal_all, unseal

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.text())
def test_a_sealed_value_comes_back(value: str) -> None:
    [sealed] = seal_all([value], key=KEY, key_id="L1")
    assert sealed is not None
    assert is_sealed(sealed)
    assert key_id_of(sealed) == "L1"
    assert unseal(sealed, key=KEY) == value


def test_equal_values_do_not_look_equal() -> None:
    first, second = seal_all(["13800001111", "13800001111"], key=KEY, key_id="L1")
    assert first != second


def test_another_key_opens_nothing() -> None:
    [sealed] = seal_all(["x"], key=KEY, key_id="L1")
    with pytest.raises(InvalidError, match="changed"):
        unseal(str(sealed), key=OTHER)


def test_the_index_sees_through_spelling_but_not_without_its_key() -> None:
    a, b, nothing = blind_index(["(0755) 8123-4567", "075581234567", None], key=KEY)
    assert a == b
    assert nothing is None
    assert blind_index(["075581234567"], key=OTHER) != [a]
