"""An answer about a metric: which span was asked for, its figures in order, and those that they are compared with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from medthread.governance.metrics.book import MetricBook
from medthread.governance.metrics.figure import Figure, Figures, Key, Question, Seeing, figures
from medthread.methods.periods import GRAINS, TO_DATE, TRAILING, Span, buckets, moved, previous_window, start_of, window
from medthread.model.errors import InvalidError
from medthread.model.metric import Metric

SHOWN = {"day": 31, "week": 13, "month": 12, "quarter": 8, "year": 5}  # periods where nobody says from when
WHOLE = "whole"  # the days from and to as one
PERIODS = (*GRAINS, WHOLE, *TO_DATE, "trailing_3_months", "trailing_12_months")
PREVIOUS, LAST_YEAR = "previous", "last_year"
WEEKS = 52
Moving = Callable[[date], date]


@dataclass(frozen=True)
class Wanted:
    """What somebody asks: a grain or a period by name, the days from and to it, both within, what tells figures apart, what they are compared with."""

    period: str = "month"
    first: date | None = None
    last: date | None = None
    by: tuple[str, ...] = ()
    compare: str | None = None


@dataclass(frozen=True)
class Line:
    """A figure with its key, and the one that it is compared with."""

    key: Key
    figure: Figure
    before: Figure | None = None


@dataclass(frozen=True)
class Answer:
    """The figures of a span, or of all rows where the metric has no periods."""

    span: Span | None
    grain: str | None
    lines: tuple[Line, ...]
    whole: Figure
    before: Figure | None = None


def check_wanted(metric: Metric, wanted: Wanted, *, has_periods: bool) -> None:
    """Refuse what cannot be asked of a metric."""
    strangers = [b for b in wanted.by if b not in [d.column for d in metric.dimensions]]
    if strangers:
        raise InvalidError(f"{metric.name} is not told apart by {strangers[0]!r}", hint=f"by: {', '.join(d.column for d in metric.dimensions)}")
    if len(set(wanted.by)) < len(wanted.by):
        raise InvalidError("a dimension stands twice", hint="name each once")
    if not has_periods:
        if wanted.first or wanted.last or wanted.compare:
            raise InvalidError(f"{metric.name} belongs to no period", hint="ask for it as it stands, or in an earlier release by as_of_release")
        return
    if wanted.period not in PERIODS and not TRAILING.match(wanted.period):
        raise InvalidError(f"no period {wanted.period!r}", hint=f"periods: {', '.join(PERIODS)}")
    if wanted.period not in (*GRAINS, WHOLE) and wanted.first:
        raise InvalidError(f"{wanted.period} says itself where it begins", hint="leave from out")
    if wanted.first and wanted.last and wanted.first > wanted.last:
        raise InvalidError(f"{wanted.first} is after {wanted.last}", hint="from comes before to")


def answer(metric: Metric, book: MetricBook, wanted: Wanted, seeing: Seeing, *, upto: date | None, zone: str) -> Answer:
    """The figures; `upto` is the last day that there is something of, none where the metric has no periods."""
    if upto is None:
        found = figures(metric, book, Question(by=wanted.by, zone=zone), seeing)
        return Answer(None, None, _lines(found, None), found.whole)
    last = wanted.last or upto
    question = _question(wanted, last, zone)
    found = figures(metric, book, question, seeing)
    filled = _filled(found, question) if question.grain and not wanted.by else found
    if wanted.compare is None:
        return Answer(question.span, question.grain, _lines(filled, None), filled.whole)
    earlier, back = _earlier(wanted, question, last)
    before = figures(metric, book, earlier, seeing)
    whole = before.whole
    if wanted.compare == PREVIOUS and question.grain and question.span:
        count = sum(1 for _ in buckets(question.span, question.grain))
        span = Span(moved(question.span.start, question.grain, -count), question.span.start)
        whole = figures(metric, book, Question(span, zone=zone), seeing).whole
    return Answer(question.span, question.grain, _lines(filled, before, back), filled.whole, whole)


def _question(wanted: Wanted, last: date, zone: str) -> Question:
    if wanted.period == WHOLE:
        return Question(Span(wanted.first or moved(moved(last, "day", 1), "year", -1), moved(last, "day", 1)), None, wanted.by, zone)
    if wanted.period not in GRAINS:
        return Question(window(wanted.period, last), None, wanted.by, zone)
    grain = wanted.period
    first = wanted.first or moved(start_of(last, grain), grain, 1 - SHOWN[grain])
    return Question(Span(first, moved(last, "day", 1)), grain, wanted.by, zone)


def _earlier(wanted: Wanted, question: Question, last: date) -> tuple[Question, Moving | None]:
    """The question about what is compared with, and how a period's first day leads to that of the earlier one."""
    span, grain = question.span, question.grain
    if span is None:
        return question, None
    if grain is None:
        if wanted.compare == LAST_YEAR:
            return replace(question, span=Span(moved(span.start, "year", -1), moved(span.end, "year", -1))), None
        days = (span.end - span.start).days
        return replace(question, span=previous_window(wanted.period, last) or Span(moved(span.start, "day", -days), span.start)), None

    def back(day: date) -> date:
        if wanted.compare == PREVIOUS:
            return moved(day, grain, -1)
        return moved(day, "week", -WEEKS) if grain == "week" else moved(day, "year", -1)

    return replace(question, span=Span(back(span.start), back(span.end))), back


def _filled(found: Figures, question: Question) -> Figures:
    """Every period of the span, those without rows too."""
    if question.span is None or question.grain is None:
        return found
    return replace(found, by_key={(day,): found.by_key.get((day,), found.nothing) for day in buckets(question.span, question.grain)})


def _lines(found: Figures, before: Figures | None, back: Moving | None = None) -> tuple[Line, ...]:
    """By period, and within it the greatest first."""
    lines = []
    for key, figure in found.by_key.items():
        was = None
        if before is not None:
            was = before.by_key.get((back(key[0]), *key[1:]) if back else key, before.nothing)
        lines.append(Line(key, figure, was))
    dated = any(isinstance(line.key[0], date) for line in lines if line.key)
    return tuple(sorted(lines, key=lambda ln: (ln.key[0] if dated else date.min, ln.figure.value is None, -(ln.figure.value or 0), tuple(map(str, ln.key)))))
