"""The graph of an installation, read from what is declared and what runs: mappings, the SQL of the golden layer, models, rules."""

from collections.abc import Callable, Iterator, Mapping

import duckdb
import sqlglot

from medthread.derive.checks import checks_of
from medthread.derive.columns import INDEX, MASKED, SCHEME, golden_columns, native_columns, standard_columns
from medthread.governance.lineage.declared import Declared
from medthread.governance.lineage.graph import Edge, Gap, Graph
from medthread.governance.lineage.outside.drawn import MADE, outside, own_names
from medthread.governance.lineage.outside.says import Says
from medthread.governance.lineage.outside.standing import Standing
from medthread.governance.lineage.readers import Readers
from medthread.model import Entity, FieldMapping, Home, Label, Registry
from medthread.model import Source as System
from medthread.pipeline.build.golden import golden_sql
from medthread.pipeline.build.model import Model, in_order
from medthread.pipeline.build.shapes import declared_columns
from medthread.pipeline.lineage import Columns, Direct, Indirect, Source, Target, Word, read_query, read_script
from medthread.pipeline.match.survive import golden
from medthread.stores.engines import DuckEngine, Input

UNMAPPED, NO_SOURCE = "no source maps it", "no source feeds the entity"
MAPPING, SURVIVORSHIP, MATCHING, GOLDEN, MODEL, RULE, API, PART = "mapping", "survivorship", "matching", "golden", "model", "rule", "api", "part"


def lineage_of(declared: Declared, said: Mapping[Standing, Says] | None = None) -> Graph:
    """From source columns through standard and golden to models, rules, processes, parts of the product and the interface; with what is told from outside."""
    drawing = _Drawing(declared.registry, tuple(declared.sources))
    for entity in declared.registry.values():
        drawing.entity(entity)
    for model in in_order(declared.models):
        drawing.model(model)
    for consumer in declared.consumers:
        drawing.labels[f"part:{consumer.name}"] = consumer.label
        drawing.edges += [Edge(Source(t, f), Source(f"part:{consumer.name}", f), Direct.IDENTITY, PART) for t, fields in consumer.reads.items() for f in fields]
    drawing.readers(declared)
    own = Graph(drawing.edges, words=drawing.words, gaps=drawing.gaps, columns=drawing.columns, labels=drawing.labels)
    if not said:
        return own
    tables = {*(p.table for p in own.columns), *(p.table for e in own.edges if e.by in MADE for p in (e.start, e.end)), *(f"{s.name}.{t}" for s in declared.sources for t in s.tables)}
    found = outside(said, own, own_names(declared.sources, tables, declared.namespace), declared.namespace)
    return own.and_outside(found.edges, found.places, found.contradictions)


class _Drawing:
    def __init__(self, registry: Registry, sources: tuple[System, ...]) -> None:
        self._registry, self._sources = registry, sources
        self._engine = DuckEngine(memory="256MB", threads=1)
        self._shapes: dict[str, Columns] = {}
        self.edges: list[Edge] = []
        self.words: dict[Source, Word] = {}
        self.gaps: list[Gap] = []
        self.columns: list[Source] = []
        self.labels: dict[str, Label] = {}

    def entity(self, entity: type[Entity]) -> None:
        """What an entity's columns come from, and who reads them as such."""
        self.labels |= dict.fromkeys((f"{layer}.{entity.name}" for layer in ("standard", "golden", "native")), entity.about.label)
        if entity.about.home is Home.NATIVE:  # entered here, by people
            served = f"native.{entity.name}"
            self.columns += [Source(served, c.name) for c in native_columns(entity) if not c.name.startswith("_")]
        else:
            served = f"golden.{entity.name}"
            self._standard(entity)
            self._golden(entity)
        api = f"api:/entities/{entity.name}"
        self.edges += [Edge(Source(served, f), Source(api, f), Direct.IDENTITY, API) for f in entity.fields]
        read = "native" if entity.about.home is Home.NATIVE else "standard"
        for check in checks_of(entity, self._registry):
            for field in dict.fromkeys(filter(None, (check.field, *check.rule.needs))):
                if field in entity.fields:
                    self.edges.append(Edge(Source(f"{read}.{entity.name}", field), Source(f"rule:{check.id}", ""), Indirect.CONDITIONAL, RULE))
                    self.labels[f"rule:{check.id}"] = check.rule.about

    def readers(self, declared: Declared) -> None:
        """Who reads fields beside the batch path."""
        readers = Readers(self._registry, self._shapes)
        if declared.rulebook is not None:
            readers.rulebook(declared.rulebook)
        readers.sharing(declared.sharing)
        readers.rules(declared.rules)
        readers.metrics(declared.metrics)
        readers.exports()
        self.edges += readers.edges
        self.labels |= readers.labels
        self.gaps += readers.gaps

    def _standard(self, entity: type[Entity]) -> None:
        table, fed = f"standard.{entity.name}", set()
        feeds = [(s, name, t, feed) for s in self._sources for name, t in s.tables.items() for feed in t.feeds if feed.entity == entity.name]
        for system, name, _, feed in feeds:
            at = f"{system.name}.{name}"
            decides = [(at, c, Indirect.FILTER) for c in (*feed.where, *feed.present)]
            for field, mapping in feed.fields.items():
                fed.add(field)
                target = entity.fields[field]
                names = [field + s for s in ("", MASKED, INDEX)] if target.is_personal else [field]
                for place in (Source(table, n) for n in names):
                    flows = [*_mapped(mapping, system.name, at), *decides]
                    self.edges += [Edge(Source(t, c), place, how, MAPPING) for t, c, how in flows]
                    if mapping.constant is not None:
                        self.words[place] = Word.CONSTANT
        for column in standard_columns(entity, self._registry):
            base = column.name.removesuffix(MASKED).removesuffix(INDEX)
            if column.name.startswith("_") or column.name.endswith(SCHEME):
                continue  # where a row comes from; said by the machine itself
            self.columns.append(Source(table, column.name))
            if base not in fed:
                self.gaps.append(Gap(table, column.name, UNMAPPED if feeds else NO_SOURCE))

    def _golden(self, entity: type[Entity]) -> None:
        table, standard, match = f"golden.{entity.name}", f"standard.{entity.name}", entity.about.match
        columns = [(c.name, c.duck) for c in standard_columns(entity, self._registry)]
        places = {"standard": standard, "member": standard} | {f"xref.{e}": f"golden.{e}_xref" for e in self._registry}
        if match is None:
            known = {"standard": columns, "trusts": [("name", "varchar"), ("trust", "bigint")]}
            known |= {f"xref.{e}": [("record_id", "varchar"), ("golden_id", "varchar")] for e in self._registry}
            [target] = read_script(golden_sql(entity, self._registry, self._sources), known)
            renamed: dict[Source, Source] = {}
        else:
            known = {"member": [*columns, ("golden_id", "varchar"), ("record_id", "varchar"), ("trust", "bigint"), ("poor", "boolean")]}
            [target] = read_script(golden(entity, self._registry), known)
            xref = f"golden.{entity.name}_xref"
            renamed = {Source("member", "golden_id"): Source(xref, "golden_id"), Source("member", "record_id"): Source(standard, "_key"),
                       Source("member", "poor"): Source(standard, match.name), Source("member", "trust"): Source("trusts", "trust")}
            self.edges += [Edge(Source(standard, f), Source(xref, "golden_id"), Indirect.JOIN, MATCHING) for f in dict.fromkeys(match.fields)]
        expected = [c.name for c in golden_columns(entity, self._registry)]
        by = SURVIVORSHIP if match or "first(" in golden_sql(entity, self._registry, self._sources) else GOLDEN
        self._take(target, table, by, expected, lambda s: renamed.get(s) or Source(places.get(s.table, s.table), s.column))

    def model(self, model: Model) -> None:
        """The columns of a model through its statement, held against the engine's own, and what its tests look at."""
        self.labels |= {model.table: model.label, **{f"{model.table}.{c}": label for c, label in model.columns.items()}}
        tables = {t: columns for t in model.reads if (columns := self._shapes.get(t) or declared_columns(t, self._registry))}
        try:
            described: Columns = tuple(self._engine.columns_of(model.text, inputs={t: Input((), tuple(c)) for t, c in tables.items()}))
        except duckdb.Error as error:
            self.gaps.append(Gap(model.table, "*", f"its statement cannot be run: {str(error).splitlines()[0]}"))
            described = ()
        target = read_query(model.statement, tables, described=described or None)
        self._shapes[model.table] = described or tuple((c.name, "") for c in target.columns)
        self._take(target, model.table, MODEL, [n for n, _ in described], lambda s: s)
        for asked in model.expectations:
            shown = f"rule:{model.name}: {asked.condition}"
            looked = read_query(sqlglot.parse_one(f"select {asked.condition} from {model.table}", read="duckdb"), {**tables, model.table: self._shapes[model.table]})
            read = {s for c in looked.columns for s in (*c.values, *(i for i, _ in c.influences))}
            self.edges += [Edge(s, Source(shown, ""), Indirect.CONDITIONAL, RULE) for s in sorted(read)]

    def _take(self, target: Target, table: str, by: str, expected: list[str], named: Callable[[Source], Source]) -> None:
        """What was read of a statement, as edges, words and gaps; a column that it should give and does not is a gap."""
        for why in target.gaps:
            self.gaps.append(Gap(table, "*", why))
        for column in target.columns:
            place = Source(table, column.name)
            self.edges += [Edge(named(s), place, how, by) for s, how in column.values.items()]
            self.edges += [Edge(named(s), place, how, by) for s, how in sorted(column.influences)]
            if column.gap:
                self.gaps.append(Gap(table, column.name, column.gap))
            elif column.word and not column.values:
                self.words[place] = column.word
        given = {c.name for c in target.columns}
        self.gaps += [Gap(table, n, "its statement does not give it") for n in expected if n not in given]
        self.columns += [Source(table, n) for n in dict.fromkeys((*expected, *given)) if not n.startswith("_")]


def _mapped(mapping: FieldMapping, system: str, table: str) -> Iterator[tuple[str, str, str]]:
    """What one mapping takes: columns and how, of its own table or of the one that it looks up in."""
    plain = mapping.from_ is not None and mapping.path is None and mapping.codes is None and mapping.unit is None and mapping.change in ((), ("trim",))
    direct = Direct.IDENTITY if plain else Direct.TRANSFORMATION
    if mapping.lookup is not None:
        yield f"{system}.{mapping.lookup.table}", mapping.lookup.give, Direct.IDENTITY if mapping.codes is None else Direct.TRANSFORMATION
        yield f"{system}.{mapping.lookup.table}", mapping.lookup.match, Indirect.JOIN
        yield table, mapping.lookup.from_, Indirect.JOIN
    decides = {mapping.lookup.from_} if mapping.lookup else set()
    if mapping.unit is not None:
        decides.add(mapping.unit.from_)
        yield table, mapping.unit.from_, Indirect.CONDITIONAL
    for column in mapping.columns:
        if column not in decides:
            yield table, column, direct
