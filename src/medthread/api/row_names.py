"""Whether findings of models may name rows to a reader: only where every row and every value behind them is theirs to see.

A test is asked of all rows of a table, whoever reads its outcome: keys of rows that fail are told to whoever sees all rows
of all plants, meets no sharing rule, and is cleared for every field that the table is made from. Whoever is
not, and wherever the fields cannot be told, learns how many rows there are, and not which.
"""

from collections.abc import Collection, Mapping
from functools import cache, partial

from medthread.api.services import Services
from medthread.derive.view import masked_fields
from medthread.model import Registry
from medthread.pipeline.build.built import Columns
from medthread.pipeline.build.fields import fields_used
from medthread.pipeline.build.known import Known
from medthread.pipeline.build.model import PREFIX, Model
from medthread.pipeline.build.shapes import declared_columns
from medthread.trust.access import Actor


def named_models(given: Services, actor: Actor, known: Mapping[str, Known]) -> frozenset[str]:
    """The models whose failing rows may be named to the actor."""
    if actor.reach.is_bound or given.workflow.sharing.restricts(actor):
        return frozenset()
    sees = _Sees(given.registry, known, actor)
    return frozenset(name for name in known if sees.all_of(PREFIX + name))


def names_rows(given: Services, actor: Actor, known: Mapping[str, Known], tables: Collection[str]) -> bool:
    """Whether rows of tables may be named to the actor: all of them, in every field."""
    if actor.reach.is_bound or given.workflow.sharing.restricts(actor):
        return False
    sees = _Sees(given.registry, known, actor)
    return all(map(sees.all_of, tables))


def sees_behind(given: Services, actor: Actor, known: Mapping[str, Known], table: str) -> bool:
    """Whether the actor is cleared for every field that a model's table is made from, whichever of its rows they reach."""
    return not given.workflow.sharing.restricts(actor) and _Sees(given.registry, known, actor).all_of(table)


class _Sees:
    def __init__(self, registry: Registry, known: Mapping[str, Known], actor: Actor) -> None:
        self._registry, self._known = registry, known
        self._hidden = cache(partial(_hidden, registry, actor))
        self._found: dict[str, bool] = {}

    def all_of(self, table: str, fields: Collection[str] | None = None) -> bool:
        """Whether the actor sees these fields of a table, or all; of a model's table everything behind it."""
        layer, _, name = table.partition(".")
        if f"{layer}." == PREFIX:
            if table not in self._found:
                self._found[table] = name in self._known and self._behind(self._known[name])
            return self._found[table]
        if name not in self._registry:
            return False
        hidden = self._hidden(name)
        return not hidden if fields is None else hidden.isdisjoint(f.partition("__")[0] for f in fields)

    def _behind(self, known: Known) -> bool:
        models = [m for m in (known.model, known.declared) if m]
        asked = {t for m in models for e in m.expectations for t in e.reads if t != m.table}
        return all(self.all_of(t, f) for m in models for t, f in self._used(m).items()) and all(map(self.all_of, asked))

    def _used(self, model: Model) -> dict[str, set[str] | None]:
        return fields_used(model.statement, {t: columns for t in model.reads if (columns := self._columns(t))})

    def _columns(self, table: str) -> Columns:
        there = self._known.get(table.removeprefix(PREFIX)) if table.startswith(PREFIX) else None
        return there.made.columns if there and there.made else declared_columns(table, self._registry)


def _hidden(registry: Registry, actor: Actor, entity: str) -> frozenset[str]:
    return masked_fields(registry[entity], actor.clearance)
