"""A check character for codes of letters and digits: ISO/IEC 7064, MOD 37,36. It finds every wrong character and every two that changed places."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
M = len(ALPHABET)


def check_character(code: str) -> str:
    """The character that follows a code. Signs other than letters and digits are looked past, and small letters count as capital ones."""
    rest = M
    for sign in _counted(code):
        total = (rest + ALPHABET.index(sign)) % M or M
        rest = total * 2 % (M + 1)
    return ALPHABET[(M + 1 - rest) % M]


def is_checked(code: str) -> bool:
    """Whether the last letter or digit of a code is its check character."""
    signs = _counted(code)
    return len(signs) > 1 and check_character(signs[:-1]) == signs[-1]


def _counted(code: str) -> str:
    return "".join(s for s in code.upper() if s in ALPHABET)
