"""What stewards decided, as matching takes it: links that come before every edge, tokens that keep apart, values that stand, weights.

A decision says something about records, not about clusters, so it holds however often everything is matched again: those
that were parted carry a token of their side, and records that come later may join either side but never bridge them. Of
two decisions that say the opposite of the same records the later one counts.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations, pairwise

from sqlalchemy import Connection, or_, select

from medthread.stores.postgres.tables import match_decision

MERGE, SPLIT, VALUE, SETTING, LINK = "merge", "split", "value", "setting", "link"
IDENTIFIER = "sure"  # the namespace of identifiers that two things never share: no steward puts two of them together
FEW = 50  # records that are linked each with each; more are linked in a row
Tokens = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Decision:
    """One that is in force. `sides` holds record ids: of a split at least two lists, of a setting none, of a link the lower and the upper, else one."""

    id: int
    kind: str
    sides: tuple[tuple[str, ...], ...]
    values: Mapping[str, str | None]
    at: datetime

    @property
    def records(self) -> tuple[str, ...]:
        """Of all sides."""
        return tuple(r for side in self.sides for r in side)

    @property
    def namespace(self) -> str:
        """That keeps its sides apart."""
        return f"split:{self.id}"


@dataclass(frozen=True)
class Decisions:
    """Those of one master, in the order in which they came into force."""

    all: tuple[Decision, ...] = ()

    @classmethod
    def in_force(cls, tx: Connection, entity: str, *, on: date | None = None) -> "Decisions":
        """As they stand now; with a day, without the values that no longer stand on it."""
        table = match_decision
        query = select(table).where(table.c.entity == entity, table.c.status == "in_force").order_by(table.c.decided_at, table.c.id)
        if on is not None:
            query = query.where(or_(table.c.until.is_(None), table.c.until > on))
        return cls(tuple(
            Decision(r.id, r.kind, tuple(map(tuple, r.sides)), r.values or {}, r.decided_at) for r in tx.execute(query)
        ))

    def with_one(self, decision: Decision) -> "Decisions":
        """These and a newer one: what would be if it were in force."""
        return Decisions((*self.all, decision))

    def of(self, kind: str) -> tuple[Decision, ...]:
        """Those of a kind."""
        return tuple(d for d in self.all if d.kind == kind)

    @property
    def fingerprint(self) -> str:
        """Names what they say."""
        return hashlib.sha256(repr([(d.id, d.kind, d.sides, sorted(d.values.items())) for d in self.all]).encode()).hexdigest()[:16]

    @property
    def last(self) -> datetime | None:
        """When the newest came into force."""
        return max((d.at for d in self.all), default=None)

    def links(self) -> Iterator[tuple[str, str]]:
        """Pairs of records that belong together, the newest word first."""
        for merge in reversed(self.of(MERGE)):
            yield from combinations(merge.records, 2) if len(merge.records) <= FEW else pairwise(merge.records)

    def applied(self, tokens: Mapping[str, Mapping[str, str]]) -> Tokens:
        """The tokens of records with what was decided: sides that stay apart; no more of what names and places say of records that were put together."""
        told = {record: dict(said) for record, said in tokens.items()}
        for decision in self.all:
            if decision.kind == SPLIT:
                for side, records in enumerate(decision.sides):
                    for record in records:
                        if record in told:
                            told[record][decision.namespace] = str(side)
            elif decision.kind == MERGE:
                _loosen(told, [r for r in decision.records if r in told])
        return told

    def apart(self) -> Iterator[tuple[int, int, str]]:
        """Of each split: its id, the number of a side, a record of it."""
        for split in self.of(SPLIT):
            for side, records in enumerate(split.sides):
                for record in records:
                    yield split.id, side, record


def _loosen(tokens: Tokens, records: list[str]) -> None:
    """Take the values from records that were put together where they disagree, but for the identifier."""
    for namespace in {ns for r in records for ns in tokens[r]} - {IDENTIFIER}:
        if len({tokens[r][namespace] for r in records if namespace in tokens[r]}) > 1:
            for record in records:
                tokens[record].pop(namespace, None)
