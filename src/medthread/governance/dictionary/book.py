"""The dictionary as it stands on a day: what is declared, with a company's own words over it, and its terms; found by one search."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

from medthread.derive.dictionary import Entry, Finder, Sort, code_lists, entries
from medthread.governance.dictionary.changes import stamp
from medthread.governance.dictionary.words import DEFINITION, PREFIX, TERM, Definition, Status, Term
from medthread.governance.metrics.book import NOTHING, MetricBook
from medthread.governance.metrics.said import METRIC, overlaid
from medthread.governance.quality_index import today_in
from medthread.governance.rule_library import ListedRule, listed
from medthread.model import Label, Registry
from medthread.model.metric import Metric
from medthread.model.rule_file import QualityRule
from medthread.pipeline.build.known import Known
from medthread.pipeline.said import Said, standing
from medthread.stores.postgres.store import Store
from medthread.workflow import Calendar


@dataclass(frozen=True)
class Owners:
    """Who answers for it: for what it means, for what stands in it, for how it is kept."""

    business: str
    steward: str = ""
    technical: str = ""


@dataclass(frozen=True)
class Item:
    """An entry with what is declared and what is said over it; `entry` has the words that hold."""

    entry: Entry
    declared: Entry
    owners: Owners
    said: Said | None = None
    term: Term | None = None

    @property
    def overlaid(self) -> bool:
        """Whether the company's own words stand over the declaration."""
        return self.term is None and self.said is not None and self.said.content is not None

    @property
    def has_meaning(self) -> bool:
        """Whether anybody says what it means."""
        return self.entry.meaning is not None


@dataclass(frozen=True)
class Book:
    """Everything that can be looked up on a day, by subject."""

    on: date
    items: Mapping[str, Item]
    said: Mapping[str, Said]
    rules: Mapping[str, ListedRule]
    models: Mapping[str, Known]

    @cached_property
    def finder(self) -> Finder:
        """Entries by what people type."""
        return Finder([i.entry for i in self.items.values()])

    @cached_property
    def terms(self) -> dict[str, Term]:
        """The terms by name."""
        return {i.entry.entity: i.term for i in self.items.values() if i.term is not None}

    @cached_property
    def bound(self) -> dict[str, list[str]]:
        """By subject the terms that are bound to it."""
        found: dict[str, list[str]] = {}
        for name, term in self.terms.items():
            for subject in term.bound:
                found.setdefault(subject, []).append(name)
        return found

    @property
    def gaps(self) -> dict[str, int]:
        """How many columns of models have no declared meaning, and how many there are."""
        columns = [i for i in self.items.values() if i.entry.sort is Sort.COLUMN]
        return {"columns": len(columns), "without_meaning": sum(not i.has_meaning for i in columns)}

    def find(self, text: str, *, most: int) -> list[Item]:
        """Those that a text fits, best first."""
        return [self.items[e.subject] for e in self.finder.find(text, most=most)]


@dataclass
class Dictionary:
    """The books of an installation: that of a day is made once for as long as nothing of it changes."""

    store: Store
    registry: Registry
    rules: Callable[[], tuple[QualityRule, ...]]
    models: Callable[[], Mapping[str, Known]]
    zone: str = Calendar.zone
    measures: Callable[[Mapping[str, Known]], MetricBook] = lambda _: NOTHING
    _made: dict[tuple[Any, ...], Book] = field(default_factory=dict, repr=False)
    _making: Lock = field(default_factory=Lock, repr=False)

    def book(self, on: date | None = None) -> Book:
        """The book of a day, today's where none is named. Models and rules are as they are now: their history is kept with their files."""
        day = on or today_in(self.zone)
        models, rules = self.models(), self.rules()
        metrics = self.measures(models)
        with self.store.transaction() as tx:
            key = (day, stamp(tx), tuple((n, k.version.version if k.version else 0, k.made.at if k.made else None) for n, k in models.items()), repr(rules), metrics.key)
            with self._making:
                if key not in self._made:
                    if len(self._made) > 8:  # noqa: PLR2004 - days that are looked at in turn
                        self._made.clear()
                    self._made[key] = self._make(day, standing(tx, day), models, rules, metrics)
                return self._made[key]

    def _make(self, day: date, said: dict[str, Said], models: Mapping[str, Known], rules: tuple[QualityRule, ...], metrics: MetricBook) -> Book:
        library = {r.id: r for r in listed(self.registry, rules)}
        declared = [*entries(self.registry), *model_entries(models), *code_lists(self.registry), *map(_rule, library.values())]
        items = {e.subject: _overlaid(e, said.get(e.subject)) for e in declared}
        items |= {i.entry.subject: i for i in metric_items(metrics, said)}
        for name, term, one in terms_in(said):
            entry = Entry(name, None, Label(term.zh, term.en), _meaning(term), "term", "", term.owner, tuple(term.synonyms), None, sort=Sort.TERM)
            items[entry.subject] = Item(entry, entry, Owners(term.owner), one, term)
        return Book(day, items, said, library, models)


def metric_items(metrics: MetricBook, said: Mapping[str, Said]) -> list[Item]:
    """Every metric, in the company's own words where it has some."""
    found = []
    for metric in metrics.metrics.values():
        declared = _metric(metric)
        one = said.get(declared.subject)
        own = _metric(overlaid(metric, one.content)) if one is not None and one.kind == METRIC and one.content is not None else declared
        found.append(Item(own, declared, Owners(own.owner), one))
    return found


def _metric(metric: Metric) -> Entry:
    meaning = Label(metric.meaning.zh, metric.meaning.en)
    return Entry(metric.name, None, metric.label, meaning, metric.unit or "metric", "", metric.owner, metric.synonyms, None, sort=Sort.METRIC, domain=metric.domain)


def terms_in(said: Mapping[str, Said]) -> list[tuple[str, Term, Said]]:
    """The terms among what is said, by name."""
    return [
        (subject.removeprefix(PREFIX), Term.model_validate(one.content), one)
        for subject, one in sorted(said.items()) if one.kind == TERM and one.content is not None
    ]


def deprecated(term: Term | None) -> bool:
    """Whether a term is not to be used any more."""
    return term is not None and term.status is Status.DEPRECATED


def model_entries(models: Mapping[str, Known]) -> list[Entry]:
    """Every model and each of its columns; a column's meaning is nobody's to guess."""
    found = []
    for known in models.values():
        model = known.model
        found.append(Entry(model.table, None, model.label, model.meaning, "model", "", model.owner, (), None, sort=Sort.MODEL, domain=model.domain))
        for name, kind in known.made.columns if known.made else ():
            said = model.columns.get(name)
            found.append(Entry(model.table, name, said or Label(name, name), said, kind, "", model.owner, (), None, sort=Sort.COLUMN, domain=model.domain))
    return found


def _rule(rule: ListedRule) -> Entry:
    return Entry(rule.id, None, rule.label, None, rule.dimension.value, "", rule.owner, (), None, sort=Sort.RULE, domain=rule.domain)


def _overlaid(declared: Entry, said: Said | None) -> Item:
    if said is None or said.kind != DEFINITION or said.content is None:
        return Item(declared, declared, Owners(declared.owner), said)
    own = Definition.model_validate(said.content)
    meaning = declared.meaning if own.meaning is None else Label(own.meaning.zh or own.meaning.en, own.meaning.en or own.meaning.zh)
    owners = Owners(own.business or declared.owner, own.steward or "", own.technical or "")
    synonyms = declared.synonyms if own.synonyms is None else tuple(own.synonyms)
    return Item(replace(declared, meaning=meaning, synonyms=synonyms, owner=owners.business), declared, owners, said)


def _meaning(term: Term) -> Label | None:
    said = term.definition
    return Label(said.zh or said.en, said.en or said.zh) if said.zh or said.en else None
