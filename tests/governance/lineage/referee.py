"""An event judged by the classes that OpenLineage generates from its own schemas: every part is of its kind, nothing is missing, nothing is unknown."""

from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attr
from openlineage.client import facet_v2
from openlineage.client.generated.base import DatasetEvent, JobEvent, RunEvent
from openlineage.client.serde import Serde

EVENTS = {"run": RunEvent, "dataset": DatasetEvent, "job": JobEvent}
FACETS: dict[str, type[Any]] = {
    "schema": facet_v2.schema_dataset.SchemaDatasetFacet, "columnLineage": facet_v2.column_lineage_dataset.ColumnLineageDatasetFacet,
    "dataQualityAssertions": facet_v2.data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet,
    "processing_engine": facet_v2.processing_engine_run.ProcessingEngineRunFacet, "errorMessage": facet_v2.error_message_run.ErrorMessageRunFacet,
    "jobType": facet_v2.job_type_job.JobTypeJobFacet, "sourceCode": facet_v2.source_code_job.SourceCodeJobFacet,
}


def judge(event: dict[str, Any]) -> None:
    """Raises where the event is not what the specification says; nothing of it is lost on the way through the classes."""
    kind = next(cls for key, cls in EVENTS.items() if key in event)
    built = _built(kind, event, at="event")
    assert _bare(Serde.to_dict(built)) == _bare(event)


def _built(kind: Any, given: Any, *, at: str) -> Any:
    if get_origin(kind) in (Union, UnionType):
        if given is None:
            assert NoneType in get_args(kind), f"{at} is missing"
            return None
        [kind] = [k for k in get_args(kind) if k is not NoneType]
    if get_origin(kind) is list:
        assert isinstance(given, list), f"{at} is no list"
        return [_built(get_args(kind)[0], g, at=f"{at}.{n}") for n, g in enumerate(given)]
    if get_origin(kind) is dict:
        parts = get_args(kind)[1]
        is_facets = isinstance(parts, type) and parts.__name__.endswith("Facet")
        return {n: _built(FACETS[n] if is_facets else parts, g, at=f"{at}.{n}") for n, g in given.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(given)
    if isinstance(kind, type) and attr.has(kind):
        return _object(kind, given, at=at)
    assert kind is Any or isinstance(given, kind), f"{at} is {given!r} and no {kind}"
    return given


def _object(kind: Any, given: dict[str, Any], *, at: str) -> Any:
    hints, fields = get_type_hints(kind), attr.fields_dict(kind)
    assert set(given) <= set(fields), f"{at} has {set(given) - set(fields)}, which {kind.__name__} does not know"
    if (url := given.get("_schemaURL", given.get("schemaURL"))) is not None:
        assert url == kind._get_schema(), at
    return kind(**{fields[n].alias: _built(hints[n], g, at=f"{at}.{n}") for n, g in given.items() if fields[n].init})


def _bare(told: Any) -> Any:
    """Without what is empty: the classes fill in empty parts."""
    if isinstance(told, dict):
        return {n: b for n, v in told.items() if (b := _bare(v)) not in (None, [], {})}
    return [_bare(v) for v in told] if isinstance(told, list) else told
