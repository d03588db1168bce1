"""Every operation, fed what its own description allows and more, answers without an error of ours, and as it is described."""

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from medthread.api.server import create_app
from medthread.app import Installation
from medthread.cli.demo_people import ACCOUNTS
from tests.api.conftest import PASSWORD

STARTS_WORK = {"/api/v1/runs", "/api/v1/loads", "/api/v1/runs/{id_}/events"}  # tried in tests of their own
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 8
calm = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations(app: FastAPI) -> list[schemathesis.APIOperation]:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    found = [o.ok() for o in schema.get_all_operations()]
    return [o for o in found if o.path not in STARTS_WORK or (o.method.upper() == "GET" and "events" not in o.path)]


def fuzz(operation: schemathesis.APIOperation, token: str) -> None:
    @calm
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        case.validate_response(case.call(), checks=CHECKS)

    ask()


def tokens_of(app: FastAPI, *names: str) -> list[str]:
    found = []
    with TestClient(app, headers={"X-Requested-With": "medthread"}) as client:
        for name in names:
            client.post("/api/v1/session", json={"username": name, "password": PASSWORD})
            found.append(client.post("/api/v1/tokens", json={"name": "fuzz"}).json()["token"])
            client.delete("/api/v1/session")
    return found


def test_no_request_makes_a_server_error_or_an_answer_that_is_not_described(installation: Installation) -> None:
    shown = [{"username": n, "password": PASSWORD, "role": r, "label": label} for n, label, r in ACCOUNTS]
    with installation.serving(shown) as services:
        app = create_app(services)
        tokens = tokens_of(app, "steward", "engineer", "auditor")
        tried = operations(app)
        assert len(tried) > 30
        for operation in tried:
            for token in tokens:
                fuzz(operation, token)
