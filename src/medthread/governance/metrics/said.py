"""What a company says of a metric itself: its words, its target, what narrows it; an approved change like any other (`pipeline.said`)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from medthread.governance.metrics.book import Measuring, MetricBook, check_metric
from medthread.model.bilingual import Bilingual
from medthread.model.errors import DeclarationError, InvalidError
from medthread.model.metric import Metric
from medthread.pipeline.said import Said, standing

METRIC, PREFIX = "metric", "metric:"


class MetricSaid(BaseModel):
    """What is to hold instead of what is declared; what is left out stays as declared. `where` are the qualifiers that narrow the whole metric."""

    model_config = ConfigDict(extra="forbid")
    zh: str | None = Field(default=None, min_length=1, max_length=200)
    en: str | None = Field(default=None, min_length=1, max_length=200)
    meaning: Bilingual | None = None
    owner: str | None = Field(default=None, min_length=1, max_length=60)
    target: float | None = None
    where: list[str] | None = Field(default=None, max_length=20)


def said_of_metrics(tx: Connection, on: date) -> dict[str, Said]:
    """What holds on a day, by the metric's name."""
    return {s.removeprefix(PREFIX): said for s, said in standing(tx, on, kind=METRIC).items() if said.content is not None}


def with_said(book: MetricBook, said: Mapping[str, Said]) -> MetricBook:
    """The book with a company's own words over those of the files; what no longer fits a changed file is left as the file has it."""
    metrics = dict(book.metrics)
    for name, one in said.items():
        if name in metrics and one.content is not None:
            changed = overlaid(metrics[name], one.content)
            metrics[name] = changed if all(q in book.qualifiers for q in changed.where) else metrics[name]
    return replace(book, metrics=metrics)


def overlaid(metric: Metric, content: Mapping[str, Any]) -> Metric:
    """A metric as a company has it."""
    said = MetricSaid.model_validate(content)
    changes = {n: v for n in ("zh", "en", "meaning", "owner", "target") if (v := getattr(said, n)) is not None}
    return metric.model_copy(update=changes | ({"where": tuple(said.where)} if said.where is not None else {}))


def check_said(subject: str, content: Mapping[str, Any] | None, book: MetricBook, measuring: Measuring) -> dict[str, Any] | None:
    """The content as it is kept. Refuses words of a metric that there is not, and qualifiers that do not fit it."""
    name = subject.removeprefix(PREFIX)
    if not subject.startswith(PREFIX) or name not in book.metrics:
        raise InvalidError(f"{subject} is no metric", hint="write metric: and its name; GET /api/v1/metrics lists them")
    if content is None:
        return None
    try:
        said = MetricSaid.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", hint="see the description of the interface") from error
    kept = said.model_dump(mode="json", exclude_none=True)
    if not kept:
        raise InvalidError(f"nothing is said of {subject}", hint="say what differs from the declaration, or take back what was said")
    changed = overlaid(book[name], kept)
    if changed.where and changed.made_of:
        raise InvalidError(f"{name} is made of other metrics", hint="narrow those that it is made of")
    try:
        check_metric(changed, book, measuring)
    except DeclarationError as error:
        raise InvalidError(error.message, hint=error.hint) from error
    return kept
