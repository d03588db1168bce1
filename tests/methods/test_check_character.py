"""The check character finds every wrong sign and every two that changed places (ISO/IEC 7064, MOD 37,36)."""

from itertools import pairwise

import pytest

from medthread.methods.check_character import ALPHABET, check_character, is_checked


def test_it_is_that_of_the_standard() -> None:
    # ISO/IEC 7064:2003, the example of MOD 37,36 in its annex, which ISO 15706 (ISAN) uses as well.
    assert check_character("A12425GABC1234002") == "M"


def test_every_single_error_and_every_swap_of_neighbours_is_found() -> None:
    code = "SUP-000042"
    whole = code + check_character(code)
    assert is_checked(whole)
    assert is_checked(whole.lower())
    signs = [n for n, s in enumerate(whole) if s in ALPHABET]
    wrong = [whole[:n] + s + whole[n + 1:] for n in signs for s in ALPHABET if s != whole[n]]
    assert len(wrong) == 350
    assert not [w for w in wrong if is_checked(w)]
    swaps = [whole[:a] + whole[b] + whole[a + 1:b] + whole[a] + whole[b + 1:] for a, b in pairwise(signs) if whole[a] != whole[b]]
    assert len(swaps) == 6
    assert not [w for w in swaps if is_checked(w)]


@pytest.mark.parametrize("code", ["", "7"])
def test_too_short_a_code_is_not_checked(code: str) -> None:
    assert not is_checked(code)
