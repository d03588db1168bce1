"""How many letters apart two words are."""


def distance(a: str, b: str) -> int:
    """Letters to put in, take out or change (Levenshtein 1965), by one machine word a letter (Myers 1999, as Hyyrö 2003 states it)."""
    if not a:
        return len(b)
    places: dict[str, int] = {}
    for n, letter in enumerate(a):
        places[letter] = places.get(letter, 0) | 1 << n
    mask, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    more, less, found = mask, 0, len(a)
    for letter in b:
        here = places.get(letter, 0)
        same = (((here & more) + more) ^ more) | here | less
        up, down = less | ~(same | more) & mask, more & same
        found += bool(up & last) - bool(down & last)
        up = (up << 1 | 1) & mask
        more, less = (down << 1) & mask | ~(same | up) & mask, up & same
    return found
