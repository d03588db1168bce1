"""What a share counted in a sample says of the whole."""

from math import sqrt

Z95 = 1.959963984540054  # of a normal distribution, two-sided 95 %


def wilson(count: int, of: int, *, z: float = Z95) -> tuple[float, float]:
    """The interval that holds the true share, from 0 to 1, by Wilson's score (E. B. Wilson, JASA 22, 1927): right for small samples and for shares near 0 or 1."""
    if of == 0:
        return 0.0, 1.0
    share, square = count / of, z * z
    middle = share + square / (2 * of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
