"""Lineage and runs as events of OpenLineage 2-0-2: a DatasetEvent for each table of now, START and COMPLETE or FAIL for each run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, select

from medthread import __version__
from medthread.governance.lineage.graph import Edge, Graph
from medthread.pipeline.build.built import Built, heads
from medthread.pipeline.build.model import Model
from medthread.pipeline.lineage import Source
from medthread.stores.postgres.tables import run

PRODUCER = f"https://github.com/medthread/medthread/tree/{__version__}"
SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
FACETS = "https://openlineage.io/spec/facets/"
MADE_OF = {"mapping", "golden", "survivorship", "matching", "model"}  # edges between data sets; rules and parts are none
ENDS = {"done": "COMPLETE", "failed": "FAIL"}


def events(tx: Connection, graph: Graph, models: Iterable[Model], *, namespace: str) -> Iterator[dict[str, Any]]:
    """Data sets as they are now, then the runs in their order. The same state gives the same identifiers."""
    by_table: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.by in MADE_OF:
            by_table[edge.end.table].append(edge)
    made, texts = heads(tx), {m.table: m for m in models}
    for table in sorted(by_table):
        yield {
            "eventTime": _moment(made[table].at if table in made else None), "producer": PRODUCER, "schemaURL": f"{SPEC}DatasetEvent",
            "dataset": _output(table, by_table[table], graph, made.get(table), namespace),
        }
    for row in tx.execute(select(run).order_by(run.c.started_at, run.c.id)):
        end = ENDS.get(row.status)
        yield _run(row, "START", row.started_at, namespace)
        if end and row.finished_at:
            outputs = [_output(t, e, graph, made.get(t), namespace) for t, e in sorted(by_table.items())] if end == "COMPLETE" else []
            inputs = sorted({e.start.table for es in by_table.values() for e in es} - by_table.keys())
            code = {t: m.text for t, m in sorted(texts.items())}
            yield {**_run(row, end, row.finished_at, namespace, code), "inputs": [{"namespace": namespace, "name": t} for t in inputs], "outputs": outputs}


def _run(row: Any, kind: str, at: datetime, namespace: str, code: Mapping[str, str] | None = None) -> dict[str, Any]:
    facets: dict[str, Any] = {"processing_engine": _facet("1-1-1/ProcessingEngineRunFacet.json", version=__version__, name="medthread")}
    if kind == "FAIL":
        facets["errorMessage"] = _facet("1-0-1/ErrorMessageRunFacet.json", message=str(row.message or "failed"), programmingLanguage="Python")
    job: dict[str, Any] = {"jobType": _facet("2-0-4/JobTypeJobFacet.json", processingType="BATCH", integration="MEDTHREAD", jobType="RUN")}
    if code:
        job["sourceCode"] = _facet("1-0-1/SourceCodeJobFacet.json", language="SQL", sourceCode=";\n".join(code.values()))
    return {
        "eventType": kind, "eventTime": _moment(at), "producer": PRODUCER, "schemaURL": f"{SPEC}RunEvent",
        "run": {"runId": str(uuid5(NAMESPACE_URL, f"medthread:{namespace}:{row.id}")), "facets": facets},
        "job": {"namespace": namespace, "name": "run", "facets": job}, "inputs": [], "outputs": [],
    }


def _output(table: str, edges: list[Edge], graph: Graph, made: Built | None, namespace: str) -> dict[str, Any]:
    """A data set with its columns, what flows into each, and how its tests went."""
    into: dict[str, dict[Source, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        into[edge.end.column][edge.start].append(edge)
    fields = {column: {"inputFields": [_input(s, e, namespace) for s, e in sorted(sources.items())]} for column, sources in into.items()}
    columns = [{"name": n, "type": k} for n, k in made.columns] if made else [{"name": c.column} for c in graph.columns if c.table == table]
    facets: dict[str, Any] = {"schema": _facet("1-2-0/SchemaDatasetFacet.json", fields=columns), "columnLineage": _facet("1-2-0/ColumnLineageDatasetFacet.json", fields=fields)}
    if made and made.findings:
        asserted = [{"assertion": f.condition, "success": f.failed == 0, "severity": "error" if f.blocks else "warn"} for f in made.findings]
        facets["dataQualityAssertions"] = _facet("1-1-0/DataQualityAssertionsDatasetFacet.json", assertions=asserted)
    return {"namespace": namespace, "name": table, "facets": facets}


def _input(source: Source, edges: list[Edge], namespace: str) -> dict[str, Any]:
    return {
        "namespace": namespace, "name": source.table, "field": source.column,
        "transformations": [{"type": "DIRECT" if e.is_value else "INDIRECT", "subtype": str(e.how), "description": e.by, "masking": False} for e in edges],
    }


def _facet(schema: str, **said: Any) -> dict[str, Any]:
    name = schema.rpartition("/")[2].removesuffix(".json")
    return {"_producer": PRODUCER, "_schemaURL": f"{FACETS}{schema}#/$defs/{name}", **said}


def _moment(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")
