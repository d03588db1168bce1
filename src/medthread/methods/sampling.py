"""Single sampling by attributes, lot by lot: ISO 2859-1:1999 / GB/T 2828.1-2012, and its switching rules.

In the master tables a plan depends only on how far the AQL's column lies from the one in which a code letter accepts
on zero: the tables are diagonals, and so they are kept here. AQLs are those for percent nonconforming, up to 10.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

LETTERS = "ABCDEFGHJKLMNPQRS"
NORMAL, TIGHTENED, REDUCED = "normal", "tightened", "reduced"
AQLS = ("0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10")
# Table 1: the largest lot of each row, and the letters of the levels.
LARGEST = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
LEVELS = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
UP, DOWN = "up", "down"


@dataclass(frozen=True)
class Diagonals:
    """A master table: sample sizes by letter, the AQL column in which letter A would accept on zero, what follows along the row."""

    sizes: Sequence[int]
    zero: int
    row: Sequence[int | str]
    first: int = 0  # the first letter that has a plan accepting on zero
    last: int = 15  # the last letter

    def cell(self, letter: int, aql: int) -> int | str:
        """The acceptance number, or where to go on."""
        at = aql - (self.zero - letter)
        if at < 0 or (at == 0 and letter < self.first):
            return DOWN
        return self.row[at] if at < len(self.row) else UP


# Table 2-A and 2-B as published. In 2-C the cells between 0 and 1 lead, here, to the larger sample of the two that the
# arrows choose from.
MASTER = {
    NORMAL: Diagonals(SIZES, 14, (0, UP, DOWN, 1, 2, 3, 5, 7, 10, 14, 21)),
    TIGHTENED: Diagonals(SIZES, 15, (0, DOWN, DOWN, 1, 2, 3, 5, 8, 12, 18), first=1, last=16),
    REDUCED: Diagonals((2, 2, 2, *SIZES[1:14]), 14, (0, DOWN, DOWN, DOWN, 1, 2, 3, 5, 6, 8, 10)),
}


@dataclass(frozen=True)
class Plan:
    """What to draw and when to accept. `letter` is the plan's own; `every_one` says that the whole lot is inspected."""

    letter: str
    sample: int
    accept: int
    reject: int
    every_one: bool = False


def code_letter(lot_size: int, level: str) -> str:
    """The sample-size code letter (table 1). Lots of one have no row; ValueError for them and for unknown levels."""
    if lot_size < 2:  # noqa: PLR2004 - the first row of the table begins with two
        raise ValueError("a lot of fewer than two is inspected whole")
    if level not in LEVELS:
        raise ValueError(f"no inspection level {level!r}")
    return LEVELS[level][bisect_left(LARGEST, lot_size)]


def plan(lot_size: int, level: str, aql: str, severity: str = NORMAL) -> Plan:
    """The single sampling plan (tables 2-A, 2-B, 2-C), arrows followed. ValueError for words that the standard does not know."""
    if severity not in MASTER:
        raise ValueError(f"no severity {severity!r}")
    if aql not in AQLS:
        raise ValueError(f"no AQL {aql!r}")
    table, column = MASTER[severity], AQLS.index(aql)
    begin = LETTERS.index(code_letter(lot_size, level))
    letter = _follow(table, begin, column)
    accept = table.cell(letter, column)
    assert isinstance(accept, int)  # noqa: S101 - what an arrow leads to is a plan
    size = table.sizes[letter]
    every_one = size >= lot_size
    return Plan(LETTERS[letter], lot_size if every_one else size, accept, accept + 1, every_one)


def _follow(table: Diagonals, letter: int, column: int) -> int:
    """Along the arrows to a plan. An arrow that would leave the table is followed the other way."""
    step = 1 if table.cell(letter, column) == DOWN else -1
    for direction in (step, -step):
        path = range(letter, table.last + 1) if direction > 0 else range(letter, -1, -1)
        for at in path:
            if isinstance(table.cell(at, column), int):
                return at
    raise ValueError("no plan in that column")


def next_severity(now: str, accepted: Sequence[bool]) -> str | None:
    """What inspection of the next lot is to be (9.3), from lots judged first time under the present severity, oldest first.

    Two of five or fewer rejected: tightened. Five in a row accepted under tightened: normal. One rejected under reduced:
    normal. Reduced is begun by a person (9.3.3 asks for a steady production and a responsible decision), so it is never
    given here. Five rejected under tightened: `None`, inspection is discontinued until the supplier has acted (9.4).
    """
    if now == NORMAL:
        return TIGHTENED if list(accepted[-5:]).count(False) >= 2 else NORMAL  # noqa: PLR2004 - two of five
    if now == REDUCED:
        return REDUCED if all(accepted) else NORMAL
    if now != TIGHTENED:
        raise ValueError(f"no severity {now!r}")
    if list(accepted).count(False) >= 5:  # noqa: PLR2004 - five
        return None
    run = sum(1 for _ in takewhile(bool, reversed(accepted)))
    return NORMAL if run >= 5 else TIGHTENED  # noqa: PLR2004 - five in a row


def switching_score(plans: Sequence[tuple[Plan, int]], aql_one_step_tighter: Sequence[bool]) -> int:
    """The switching score (9.3.3.2) over lots under normal inspection: (plan, nonconforming), and whether each would have passed one AQL step tighter.

    Acceptance number 2 or more: 3 points where the lot would also have passed one step tighter, else back to zero. Acceptance
    number 0 or 1: 2 points when accepted, else back to zero. Thirty allow a person to begin reduced inspection.
    """
    score = 0
    for (drawn, bad), tighter in zip(plans, aql_one_step_tighter, strict=True):
        if drawn.accept >= 2:  # noqa: PLR2004 - as the standard divides them
            score = score + 3 if bad <= drawn.accept and tighter else 0
        else:
            score = score + 2 if bad <= drawn.accept else 0
    return score


def sampling_plan(lot_size: Decimal, aql: str, level: str = "II", severity: str = NORMAL) -> dict[str, object]:
    """The plan as a plain answer, for whoever asks over the API. A lot of less than two units is inspected whole."""
    whole = int(lot_size)
    if whole < 2:  # noqa: PLR2004 - table 1 begins with two
        return {"letter": None, "sample_quantity": max(whole, 0), "accept_no": 0, "reject_no": 1, "every_one": True}
    found = plan(whole, level, aql, severity)
    return {"letter": found.letter, "sample_quantity": found.sample, "accept_no": found.accept, "reject_no": found.reject, "every_one": found.every_one}
