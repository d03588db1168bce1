"""The contracts of an installation as they would be given out now: of every entity, and of every model that was made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from medthread.derive.contract import Promise, Words, contract_of
from medthread.derive.contract.words import Json
from medthread.governance.contracts.model import model_contract
from medthread.governance.contracts.rules import rule_as_quality
from medthread.governance.dictionary.book import Book
from medthread.methods.canonical import hash_of
from medthread.methods.contracts import BOTH, READERS, Side
from medthread.model import Home, Label, Registry, Source
from medthread.model.rule_file import Point, QualityRule
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.model import PREFIX, Model

ENTITY, MODEL = "entity", "model"
UNNUMBERED = "0.0.0"  # a contract that was not given out yet
UNITS = {"min": "min", "h": "h", "d": "d", "wd": "working days"}


@dataclass(frozen=True)
class Contract:
    """One contract; `subject` is what the dictionary calls the entity or the model's table."""

    subject: str
    kind: str
    label: Label
    owner: str
    domain: str
    table: str
    content: Json
    sides: frozenset[Side]

    @cached_property
    def digest(self) -> str:
        """Of what it says; the number of its version says nothing."""
        return digest_of(self.content)

    @property
    def there(self) -> Json:
        """The one table that it is about."""
        found: Json = self.content["schema"][0]
        return found

    def numbered(self, version: str) -> Json:
        """The content with its version."""
        return {**self.content, "version": version}


def digest_of(content: Json) -> str:
    """Hash of what a contract says, whatever the number of its version."""
    return hash_of({n: v for n, v in content.items() if n != "version"})


@dataclass(frozen=True)
class Making:
    """What contracts are made from: the dictionary's words, the declarations, the sources' promises, the company's rules."""

    book: Book
    registry: Registry
    sources: Sequence[Source]
    rules: Sequence[QualityRule]
    tenant: str

    def all(self) -> dict[str, Contract]:
        """Every contract by subject, entities in declared order, then models by name."""
        found = {name: self.entity(name) for name in self.registry}
        for known in self.book.models.values():
            if known.made is not None:
                found[known.model.table] = self.model(known.model, known.made.columns)
        return found

    def one(self, subject: str) -> Contract | None:
        """The contract of a subject; None where there is none, or it was not made yet."""
        if subject in self.registry:
            return self.entity(subject)
        known = self.book.models.get(subject.removeprefix(PREFIX)) if subject.startswith(PREFIX) else None
        return self.model(known.model, known.made.columns) if known is not None and known.made is not None else None

    def entity(self, name: str) -> Contract:
        """The contract of an entity. Records written here are supplied by clients too; what comes from sources is only read."""
        entity = self.registry[name]
        content = contract_of(entity, self.registry, version=UNNUMBERED, said=self.words, promises=self.promises([name]), tenant=self.tenant)
        table = content["schema"][0]
        for rule in self._rules(table["physicalName"]):
            place = next((p for p in table["properties"] if p["name"] == rule.on.field), table)
            place["quality"] = [*place.get("quality", ()), rule_as_quality(rule)]
        sides = BOTH if entity.about.home is Home.NATIVE else READERS
        return Contract(name, ENTITY, entity.about.label, self._owner(name, entity.about.owner), entity.about.domain, table["physicalName"], content, sides)

    def model(self, model: Model, columns: Columns) -> Contract:
        """The contract of a model with these columns."""
        content = model_contract(
            model, columns, version=UNNUMBERED, said=self.words, rules=self._rules(model.table), promises=self.promises(self._upstream(model)), tenant=self.tenant)
        return Contract(model.table, MODEL, model.label, self._owner(model.table, model.owner), model.domain, model.table, content, READERS)

    def _owner(self, subject: str, declared: str) -> str:
        item = self.book.items.get(subject)
        return item.owners.business if item else declared

    def _rules(self, table: str) -> list[QualityRule]:
        return [r for r in self.rules if r.at is not Point.INTAKE and r.on.relation == table]

    def words(self, subject: str) -> Words | None:
        """What holds of a subject in the company's words."""
        item = self.book.items.get(subject)
        if item is None:
            return None
        terms = tuple((t, self.book.items[f"term:{t}"].entry.label) for t in self.book.bound.get(subject, ()))
        return Words(item.entry.meaning, item.entry.synonyms, item.owners.business, item.owners.steward, item.owners.technical, terms)

    def promises(self, entities: Iterable[str]) -> list[Promise]:
        """How fresh their sources promise to be."""
        wanted = set(entities)
        fed = [s for s in self.sources if s.fresh_within and any(f.entity in wanted for t in s.tables.values() for f in t.feeds)]
        return [_freshness(s) for s in fed]

    def _upstream(self, model: Model) -> set[str]:
        """The entities that a model's rows come from, through other models too."""
        found: set[str] = set()
        waiting, seen = list(model.reads), set[str]()
        by_table: Mapping[str, Model] = {k.model.table: k.model for k in self.book.models.values()}
        while waiting:
            table = waiting.pop()
            if table in seen:
                continue
            seen.add(table)
            if table in by_table:
                waiting += by_table[table].reads
            elif (name := table.partition(".")[2]) in self.registry:
                found.add(name)
        return found


def _freshness(source: Source) -> Promise:
    number, unit = (source.fresh_within or "").split()
    about = Label(f"{source.zh}的数据在产生后 {source.fresh_within} 内可读", f"data of {source.en} can be read within {source.fresh_within}")
    return Promise(f"latency_{source.name}", "latency", int(number), UNITS[unit], about)
