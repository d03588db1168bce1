"""One event of OpenLineage 2-0-2 as it comes: RunEvent, JobEvent or DatasetEvent, checked by what its specification asks for.

Facets that nothing here reads are left out of what is kept and named: those of engines carry environments and settings, with credentials in them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from medthread.governance.lineage.outside.facets import Dataset, JobFacets, RunFacets, Text
from medthread.governance.lineage.outside.says import Says, hashed_text, json_of
from medthread.model.errors import InvalidError

Kind = Literal["run", "job", "dataset"]
STATES = ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")
ENDS = frozenset({"COMPLETE", "ABORT", "FAIL"})
READ = frozenset({
    "columnLineage", "dataQualityAssertions", "dataSource", "documentation", "errorMessage", "jobType", "lifecycleStateChange", "lineage", "nominalTime",
    "ownership", "parent", "processing_engine", "schema", "sourceCodeLocation", "sql", "symlinks",
})
MOST_FLOWS = 100_000
NO_CHARACTER = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # NUL, as `json.dumps` writes it
NO_TEXT, NO_TEXT_HINT = "the event holds a character that no text has", "leave out NUL and lone halves of surrogate pairs"
HINT = "https://openlineage.io/spec/2-0-2/OpenLineage.json says what an event is made of"


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Run(_Part):
    runId: UUID  # noqa: N815 - the specification's own words
    facets: RunFacets = RunFacets()


class _Job(_Part):
    namespace: Text
    name: Text
    facets: JobFacets = JobFacets()


class _Event(_Part):
    eventTime: AwareDatetime  # noqa: N815
    producer: Annotated[str, Field(min_length=1, max_length=2000)]


class _OfDatasets(_Event):
    inputs: tuple[Dataset, ...] = ()
    outputs: tuple[Dataset, ...] = ()


class RunEvent(_OfDatasets):
    """Something happened in a run of a job."""

    eventType: Literal["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"] = "OTHER"  # noqa: N815
    run: _Run
    job: _Job


class JobEvent(_OfDatasets):
    """A job is declared."""

    job: _Job


class DatasetEvent(_Event):
    """A data set is declared."""

    dataset: Dataset


@dataclass(frozen=True)
class Event:
    """An event that can be understood: of what it is, when it was, what it says; `message` is why a run failed, in the sender's words."""

    hash: str
    kind: Kind
    namespace: str
    name: str
    run: str | None
    state: str | None
    moment: datetime
    says: Says
    message: str | None
    body: dict[str, Any]


def read_event(given: Any) -> Event:
    """The event; raises `InvalidError` that says at which place what is wrong."""
    if not isinstance(given, dict):
        raise InvalidError("it is no event: not a JSON object", hint=HINT)
    try:
        written = json_of(given)
        hashed = hashed_text(written)
        if "\\u0000" in written and NO_CHARACTER.search(written):
            raise InvalidError(NO_TEXT, hint=NO_TEXT_HINT)
        event = _understood(given, hashed)
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise InvalidError(NO_TEXT, hint=NO_TEXT_HINT) from error
    except RecursionError as error:
        raise InvalidError("the event is nested too deeply", hint=HINT) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place, cause = ".".join(map(str, first["loc"])), str(first["msg"])
        raise InvalidError(f"the event cannot be read at {place}: {cause}", hint=HINT) from error
    if len(event.says.flows) > MOST_FLOWS:
        raise InvalidError(f"one event names more than {MOST_FLOWS:,} flows between columns", hint="let the sender tell each output by an event of its own")
    return event


def mark_of(given: Any) -> str:
    """What an event is known by, also one that cannot be read."""
    try:
        return hashed_text(json_of(given))
    except UnicodeEncodeError:
        return hashed_text(json.dumps(given))


def _understood(given: dict[str, Any], hashed: str) -> Event:
    body = _kept(given)
    if "run" in given:
        ran = RunEvent.model_validate(given)
        lineage = (*ran.run.facets.entries, *ran.job.facets.entries)
        says = Says.of(ran.inputs, ran.outputs, lineage)
        return Event(hashed, "run", ran.job.namespace, ran.job.name, str(ran.run.runId), ran.eventType, ran.eventTime, says, ran.run.facets.message, body)
    if "job" in given:
        job = JobEvent.model_validate(given)
        says = Says.of(job.inputs, job.outputs, job.job.facets.entries)
        return Event(hashed, "job", job.job.namespace, job.job.name, None, None, job.eventTime, says, None, body)
    if "dataset" in given:
        one = DatasetEvent.model_validate(given)
        return Event(hashed, "dataset", one.dataset.namespace, one.dataset.name, None, None, one.eventTime, Says.of((), (one.dataset,), ()), None, body)
    raise InvalidError("it is no event: it has neither run nor job nor dataset", hint=HINT)


def _kept(given: Mapping[str, Any]) -> dict[str, Any]:
    """The event with the facets that are read; `left_out` names the others."""
    left: set[str] = set()

    def without(part: Any) -> Any:
        if isinstance(part, list):
            return [without(p) for p in part]
        if not isinstance(part, dict):
            return part
        found = {}
        for name, value in part.items():
            if name in ("facets", "inputFacets", "outputFacets") and isinstance(value, dict):
                left.update(value.keys() - READ)
                found[name] = {k: v for k, v in value.items() if k in READ}
            else:
                found[name] = without(value) if name in ("run", "job", "dataset", "inputs", "outputs") else value
        return found

    kept: dict[str, Any] = without(dict(given))
    return {**kept, "left_out": sorted(left)} if left else kept
