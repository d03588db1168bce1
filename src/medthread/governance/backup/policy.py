"""Which backups stay: the newest always, every one of the last day, then one a day and one a week for as long as declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar


class Made(Protocol):
    """Something with a moment that it stands for."""

    @property
    def point_at(self) -> datetime:
        """The moment."""


T = TypeVar("T", bound=Made)


@dataclass(frozen=True)
class Policy:
    """How many days and weeks back one backup each is kept."""

    daily: int = 7
    weekly: int = 8

    def kept(self, backups: Iterable[T], *, now: datetime) -> list[T]:
        """Those that stay, newest first."""
        newest_first = sorted(backups, key=lambda b: b.point_at, reverse=True)
        days = list(dict.fromkeys(b.point_at.date() for b in newest_first))[: self.daily]
        weeks = list(dict.fromkeys(b.point_at.isocalendar()[:2] for b in newest_first))[: self.weekly]
        last_of_day = {b.point_at.date(): b for b in reversed(newest_first)}
        last_of_week = {b.point_at.isocalendar()[:2]: b for b in reversed(newest_first)}
        chosen = [*newest_first[:1], *(last_of_day[d] for d in days), *(last_of_week[w] for w in weeks)]
        return [b for b in newest_first if any(b is c for c in chosen) or now - b.point_at < timedelta(days=1)]
