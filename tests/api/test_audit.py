"""The audit log over HTTP."""

from fastapi.testclient import TestClient


def test_health_and_readiness_tell_of_alarms(nobody: TestClient) -> None:
    assert nobody.get("/health").json() == {"status": "ok", "alarms": []}
    ready = nobody.get("/ready").json()
    assert ready["status"] == "ready"
    assert ready["alarms"] == []
