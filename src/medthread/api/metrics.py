"""Metrics for whoever asks: over the rows that they may see, as JSON and as tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from medthread.api.listing import Listing, list_page, listing_of
from medthread.api.naming import names_of
from medthread.api.row_names import sees_behind
from medthread.api.services import Services
from medthread.api.sharing import described
from medthread.derive.columns import DUCK
from medthread.derive.form import pair
from medthread.derive.metric import Measured, MeasuredColumn, metric_words
from medthread.derive.sharing import RULE
from medthread.governance.metrics.answer import PREVIOUS, Answer, Line, Wanted, answer, check_wanted
from medthread.governance.metrics.book import MetricBook
from medthread.governance.metrics.figure import Figure, Seen, within
from medthread.governance.metrics.measured import Tables, coded
from medthread.governance.quality_index import today_in
from medthread.methods.periods import Span
from medthread.model import Home
from medthread.model.errors import ForbiddenError, InvalidError
from medthread.model.metric import Metric
from medthread.model.owners import owner_label
from medthread.model.sharing import Effect, SharingRule
from medthread.pipeline.build.model import PREFIX
from medthread.stores.serving import LakeRows, Snapshot, all_of, belonging, parse_condition
from medthread.trust.access import Actor

NAMED = 500  # values of a dimension whose records are named
YEAR = "trailing_12_months"


@dataclass(frozen=True)
class Asking:
    """Somebody who asks about metrics, in a release, narrowed by filters as lists take them."""

    given: Services
    actor: Actor
    book: MetricBook
    tables: Tables
    where: tuple[str, ...] = ()
    as_of_release: str | None = None

    @property
    def zone(self) -> str:
        """The organisation's."""
        return self.given.workflow.calendar.zone

    @cached_property
    def snapshot(self) -> Snapshot:
        """The release that is read."""
        return self.given.reader.of(self.as_of_release) if self.as_of_release else self.given.reader.current()

    def measured(self, metric: Metric) -> Measured | None:
        """What it measures itself."""
        return self.tables(metric.over) if metric.over else None

    def dimensions(self, metric: Metric) -> dict[str, MeasuredColumn]:
        """Its dimensions; those of a metric made of others as the first has them."""
        own = metric if metric.over else self.book.behind(metric)[0]
        measured, wanted = self.measured(own), [d.column for d in metric.dimensions]
        return coded(measured, [(d.column, d.like) for d in own.dimensions if d.column in wanted], self.given.registry) if measured else {}

    def has_periods(self, metric: Metric) -> bool:
        """Whether its rows belong to periods."""
        return all(m.at is not None for m in self.book.behind(metric))

    def answer(self, metric: Metric, wanted: Wanted) -> Answer:
        """The figures that are asked for. Raises `ForbiddenError` where a figure is made of what the actor sees masked."""
        dated = self.has_periods(metric)
        check_wanted(metric, wanted, has_periods=dated)
        self._check_where(metric)
        hidden = [b for m in self.book.behind(metric) for b in wanted.by if b not in self.seen(m).kinds]
        if hidden:
            raise ForbiddenError(f"{hidden[0]} is masked for you", hint="ask who may see it in clear", actor=self.actor.name, action="entities:read")
        upto = (wanted.last or self._newest(metric)) if dated else None
        return answer(metric, self.book, wanted, partial(self.seen, by=wanted.by), upto=upto, zone=self.zone)

    def _check_where(self, metric: Metric) -> None:
        known = [d.column for d in metric.dimensions]
        stranger = next((f for f in (w.partition(":")[0] for w in self.where) if metric.made_of and f not in known), None)
        if stranger is not None:
            raise InvalidError(f"cannot filter by {stranger!r}", hint=f"fields: {', '.join(known)}")

    def _newest(self, metric: Metric) -> date:
        """The last day that there is something of, today at the latest."""
        today, days = today_in(self.zone), []
        for one in self.book.behind(metric):
            seen = self.seen(one)
            found = seen.query(f'select max("{one.at}") as newest from {seen.relation} where {seen.where}', seen.parameters)[0]["newest"]
            if found is not None:
                days.append(found.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date() if isinstance(found, datetime) else found)
        return min(max(days, default=today), today)

    def seen(self, metric: Metric, by: Sequence[str] = ()) -> Seen:
        """The rows of a metric's table that the actor may see, with what tells figures apart."""
        over = metric.over or ""
        if over.startswith(PREFIX):
            return self._seen_of_model(metric)
        listing = self.listing(metric)
        whole = " and ".join(f"({w})" for w in (listing.where, *self._shared(metric, listing, by)))
        native = listing.entity.about.home is Home.NATIVE
        return Seen(listing.source, listing.rows.query, listing.kinds, whole, listing.parameters, "postgres" if native else "duckdb")

    def listing(self, metric: Metric) -> Listing:
        """The list of the rows that a metric of an entity measures."""
        entity = self.given.registry[(metric.over or "").partition(".")[2]]
        native = entity.about.home is Home.NATIVE
        if native and self.as_of_release:
            raise InvalidError(f"{metric.name} measures records as they stand now", hint="leave as_of_release out")
        listing = listing_of(self.given, entity, self.actor, q=None, filters=self.where, sort=None)
        if not native:
            listing = replace(listing, rows=LakeRows(self.snapshot, entity, self.given.registry))
        hidden = sorted(self.book.fields(metric) - listing.kinds.keys())
        if hidden:
            self._refuse(metric)
        return listing

    def _shared(self, metric: Metric, listing: Listing, by: Sequence[str] = ()) -> Iterator[str]:
        """Rows whose fields a sharing rule keeps back are in no figure that is made of them."""
        terms = listing.terms
        used = {*self.book.fields(metric), *by}
        chains = {terms.chains.index(terms.fields[f]) for f in used if f in terms.fields}
        return (f'"{RULE}{n}" is null' for n in sorted(chains))

    def _refuse(self, metric: Metric) -> None:
        raise ForbiddenError(
            f"{metric.name} is made of what you see masked", hint="ask who may see it in clear", labels=[metric.label], actor=self.actor.name, action="entities:read")

    def _seen_of_model(self, metric: Metric) -> Seen:
        table, measured = metric.over or "", self.measured(metric)
        if measured is None or not sees_behind(self.given, self.actor, self.tables.known, table):
            self._refuse(metric)
        kinds = {n: c.kind for n, c in measured.columns.items()} if measured else {}
        bounds = list(self.actor.reach.bounds(None))
        if self.actor.reach.regions or any(column not in kinds for column, _ in bounds):
            self._refuse(metric)  # its rows say of no place, so nobody can tell which are theirs
        whole = all_of([*(parse_condition(w, kinds=kinds, zone=self.zone) for w in self.where), belonging(bounds)])
        relation = self.snapshot.relation(table, [(n, DUCK[k]) for n, k in kinds.items()])
        return Seen(relation, self.snapshot.query, kinds, whole.sql, whole.parameters)

    def sharing(self, metric: Metric, by: Sequence[str]) -> list[dict[str, Any]]:
        """The sharing rules that may keep rows out of its figures."""
        found: dict[str, SharingRule] = {}
        for one in self.book.behind(metric):
            if not (one.over or "").startswith(PREFIX):
                terms = self.given.workflow.sharing.terms(self.given.registry[(one.over or "").partition(".")[2]], self.actor)
                used = {*self.book.fields(one), *by}
                chains = (terms.records, *(terms.fields[f] for f in used if f in terms.fields))
                found |= {r.name: r for chain in chains for r in chain if r.effect is not Effect.ALLOW}
        return [described(r) for r in found.values()]

    def rows(self, metric: Metric, span: Span | None, *, limit: int, after: str | None) -> dict[str, Any]:
        """A page of the rows that a figure counts."""
        if (metric.over or "").startswith(PREFIX):
            raise InvalidError(f"{metric.name} measures the table of a model", hint=f"GET /api/v1/models/{(metric.over or '').removeprefix(PREFIX)} says what it is made from")
        listing, holds = self.listing(metric), self.book.holds(metric, dialect=self.seen(metric).dialect)
        inside, days = within(metric, span, listing.kinds.get(metric.at or ""), self.zone)
        kept = [holds[q] for q in (*metric.where, *metric.of.where)]
        where = " and ".join(f"({w})" for w in (listing.where, *self._shared(metric, listing), inside, *kept))
        return {"entity": listing.entity.name, **list_page(replace(listing, where=where, parameters=(*listing.parameters, *days)), limit=limit, after=after)}


def number(value: Decimal | None) -> float | None:
    """A figure as JSON, to nine digits after the point."""
    return None if value is None else round(float(value), 9)


def told_figure(figure: Figure, before: Figure | None) -> dict[str, Any]:
    """A figure with what it is of, and the earlier one where one was asked for."""
    told = {"value": number(figure.value), "of": number(figure.of), "per": number(figure.per)}
    return told | ({"before": number(before.value)} if before is not None else {})


def told_answer(asking: Asking, metric: Metric, wanted: Wanted, found: Answer) -> dict[str, Any]:
    """An answer as JSON."""
    dimensions = asking.dimensions(metric)
    return {
        "from": found.span.start if found.span else None, "to": date.fromordinal(found.span.end.toordinal() - 1) if found.span else None,
        "period": wanted.period if found.span else None, "grain": found.grain, "by": list(wanted.by), "compare": wanted.compare, "zone": asking.zone,
        "release": asking.snapshot.release.id if any(not (m.over or "").startswith("native.") for m in asking.book.behind(metric)) else None,
        "whole": told_figure(found.whole, found.before),
        "items": [_told_line(ln, found, wanted.by) for ln in found.lines] if found.grain or wanted.by else [],
        "names": {b: _names(asking, dimensions[b], [ln.key[-len(wanted.by) + n] for ln in found.lines]) for n, b in enumerate(wanted.by)},
        "sharing": asking.sharing(metric, wanted.by),
    }


def _told_line(line: Line, found: Answer, by: Sequence[str]) -> dict[str, Any]:
    values = line.key[1:] if found.grain else line.key
    return {"period": line.key[0] if found.grain else None, "by": {b: _plain(v) for b, v in zip(by, values, strict=True)}, **told_figure(line.figure, line.before)}


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _names(asking: Asking, column: MeasuredColumn, values: Sequence[Any]) -> dict[str, Any]:
    """What values of a dimension are called: codes in both languages, records of masters by their names, as far as the actor sees them."""
    wanted = list(dict.fromkeys(str(v) for v in values if v is not None))[:NAMED]
    if column.codes:
        return {v: pair(column.codes[v]) for v in wanted if v in column.codes}
    return {v: {"zh": t, "en": t} for v, t in names_of(asking.given, asking.actor, column.ref, wanted).items()}


def line_of(asking: Asking, metric: Metric) -> dict[str, Any]:
    """What the list says of a metric."""
    own = asking.book.behind(metric)
    return {
        "name": metric.name, "label": pair(metric.label), "meaning": pair(metric.meaning.label), "owner": metric.owner, "owner_label": pair(owner_label(metric.owner)),
        "domain": metric.domain, "unit": metric.unit, "direction": metric.direction.value, "decimals": metric.decimals, "target": metric.target,
        "additive": metric.is_additive, "ratio": metric.is_ratio, "periods": asking.has_periods(metric), "over": [m.over for m in own], "made_of": list(metric.made_of),
        "dimensions": [{"name": n, "label": pair(c.label), "ref": c.ref} for n, c in asking.dimensions(metric).items()],
    }


def cards_of(asking: Asking) -> list[dict[str, Any]]:
    """The metrics of the first page: their last twelve months beside the twelve before, as far as the actor may see them."""
    found, wanted = [], Wanted(YEAR, compare=PREVIOUS)
    for metric in asking.book.metrics.values():
        if metric.home and asking.has_periods(metric):
            with suppress(ForbiddenError):
                told = asking.answer(metric, wanted)
                found.append({
                    "name": metric.name, "label": pair(metric.label), "unit": metric.unit, "decimals": metric.decimals, "direction": metric.direction.value,
                    "target": metric.target, "to": date.fromordinal(told.span.end.toordinal() - 1) if told.span else None, **told_figure(told.whole, told.before),
                })
    return sorted(found, key=lambda c: c["name"])


def words_of(asking: Asking, metric: Metric) -> dict[str, str]:
    """The definition in words."""
    words = metric_words(metric, asking.measured(metric), asking.book.qualifiers, asking.book.metrics)
    return {"zh": words.zh, "en": words.en}


HEADS = {"zh": ("期间", "数值", "分子", "分母", "对比"), "en": ("Period", "Value", "Of", "Per", "Compared with")}


def table_of(asking: Asking, metric: Metric, wanted: Wanted, found: Answer, language: str) -> tuple[list[str], list[list[Any]]]:
    """An answer as a table: its heads, and a row for each figure, the whole at the end."""
    spoken = "zh" if language.startswith("zh") else "en"
    period, value, of, per, before = HEADS[spoken]
    dimensions, told = asking.dimensions(metric), told_answer(asking, metric, wanted, found)
    heads = [period, *(dimensions[b].label.in_(spoken) for b in wanted.by), f"{value} ({metric.unit})" if metric.unit else value, of]
    heads += ([per] if metric.is_ratio else []) + ([before] if wanted.compare else [])

    def row(when: Any, by: Mapping[str, Any], figure: Mapping[str, Any]) -> list[Any]:
        named = [told["names"][b].get(str(by.get(b)), {}).get(spoken, by.get(b)) for b in wanted.by]
        return [when, *named, figure["value"], figure["of"], *([figure["per"]] if metric.is_ratio else []), *([figure.get("before")] if wanted.compare else [])]

    rows = [row(i["period"], i["by"], i) for i in told["items"]]
    span = f"{told['from']}–{told['to']}" if told["from"] else ""
    return heads, [*rows, row(span, {}, told["whole"])]
