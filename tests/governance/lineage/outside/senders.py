"""Events as Airflow, Spark and dbt send them, cut to what lineage is read from."""

from typing import Any

SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
AIRFLOW = "https://github.com/apache/airflow/tree/providers-openlineage/2.5.0"
RUN = "0198c1f0-0000-7000-8000-000000000001"


def facet(**said: Any) -> dict[str, Any]:
    """A facet with what every one has."""
    return {"_producer": AIRFLOW, "_schemaURL": "https://openlineage.io/spec/facets/1-0-0/X.json", **said}


def data_set(name: str, namespace: str = "postgres://erp:5432", **facets: Any) -> dict[str, Any]:
    """A data set with facets."""
    return {"namespace": namespace, "name": name, "facets": {n: facet(**f) for n, f in facets.items()}}


def ran(state: str, minute: int, *, job: str = "nightly.load", run: str = RUN, facets: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    """A RunEvent at a minute of an hour."""
    return {
        "eventType": state, "eventTime": f"2026-11-01T02:{minute:02}:00.000Z", "producer": AIRFLOW, "schemaURL": f"{SPEC}RunEvent",
        "run": {"runId": run, "facets": facets or {}}, "job": {"namespace": "airflow", "name": job, "facets": {}}, **data,
    }


def source(name: str, field: str, *ways: tuple[str, str], namespace: str = "postgres://erp:5432") -> dict[str, Any]:
    """An input field with its transformations."""
    told = [{"type": kind, "subtype": subtype, "description": "", "masking": False} for kind, subtype in ways]
    return {"namespace": namespace, "name": name, "field": field, **({"transformations": told} if told else {})}
