"""The graph as JSON: places with what people call them, steps of a walk, gaps."""

from typing import Any

from medthread.derive.form import pair
from medthread.governance.lineage.graph import TABLE, Contradiction, Direction, Gap, Graph, Step, Through
from medthread.model import Registry
from medthread.model.wording import worded
from medthread.pipeline.lineage import Source


def place(graph: Graph, registry: Registry, at: Source) -> dict[str, Any]:
    """A column: its table, its name, the label that its entity or model declares for it, and what people call the table or reader (`called`)."""
    layer, _, name = at.table.partition(".")
    entity = registry[name] if layer in ("golden", "standard", "native") and name in registry else None
    field = entity.fields.get(at.column) if entity else None
    said = field.label if field else graph.labels.get(f"{at.table}.{at.column}")
    return {"table": at.table, "column": at.column, "label": pair(said) if said else None, "called": pair(label) if (label := graph.labels.get(at.table)) else None}


def step(graph: Graph, registry: Registry, one: Step, direction: Direction) -> dict[str, Any]:
    """One edge of a walk. `flow` is how the beginning of the walk is reached over it: by value, under influence only, or over jobs of which tables alone are told."""
    edge = one.edge
    return {
        "from": place(graph, registry, edge.start), "to": place(graph, registry, edge.end), "how": str(edge.how), "kind": TABLE if edge.how == TABLE else "DIRECT" if edge.is_value else "INDIRECT",
        "flow": one.flow, "by": edge.by, "job": edge.job or None, "depth": one.depth, "direction": direction,
    }


def gap(one: Gap, language: str) -> dict[str, str]:
    """A column whose lineage is not known, and why, in a language."""
    return {"table": one.table, "column": one.column, "why": worded(one.why, language)}


def contradiction(graph: Graph, registry: Registry, one: Contradiction, language: str) -> dict[str, Any]:
    """What somebody outside says of a column, and why it cannot be."""
    return {"to": place(graph, registry, one.end), "from": place(graph, registry, one.start), "job": one.job or None, "why": worded(one.why, language)}


def walked(graph: Graph, registry: Registry, start: Source, directions: tuple[Direction, ...], through: Through, language: str) -> dict[str, Any]:
    """A field with every step from it; gaps are those of tables that are met."""
    steps = [step(graph, registry, s, d) for d in directions for s in graph.walk(start, d, through=through)]
    met = {start.table} | {s["job"] for s in steps if s["job"]} | {s[end]["table"] for s in steps for end in ("from", "to")}
    columns = {(start.table, start.column), *((s[e]["table"], s[e]["column"]) for s in steps for e in ("from", "to"))}
    word = graph.words.get(start)
    return {
        "field": place(graph, registry, start), "word": str(word) if word else None, "steps": steps, "tables": sorted(met),
        "gaps": [gap(g, language) for g in graph.gaps if (g.table, g.column) in columns or (g.column == "*" and g.table in met)],
        "contradictions": [contradiction(graph, registry, c, language) for c in graph.contradictions if c.end.table in met],
    }
