"""A record that pursues a metric: which of its fields say what is to be reached from where, and until when. How far it is, is computed and never typed in."""

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Pursuit:
    """Fields of the record: the metric's name, its period, the figure at the start and the one to reach, the first day and the last."""

    metric: str
    period: str
    start: str
    target: str
    since: str
    due: str

    @property
    def fields(self) -> tuple[str, ...]:
        """All of them."""
        return astuple(self)
