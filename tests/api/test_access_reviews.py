"""A review goes over every account and role once; what is withdrawn is gone at once, and nobody decides about themselves."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from medthread.stores.postgres.tables import account
from tests.api.conftest import House

API = "/api/v1"


@pytest.fixture
def alone(house: House) -> Iterator[House]:
    """With only this test's persons having roles."""
    with house.installation.store.transaction() as tx:
        before = tx.execute(update(account).where(account.c.disabled_at.is_(None)).values(disabled_at=account.c.at).returning(account.c.name)).scalars().all()
    yield house
    with house.installation.store.transaction() as tx:
        tx.execute(update(account).where(account.c.name.in_(before)).values(disabled_at=None))


def decide(client: TestClient, review: str, name: str, role: str, *, keep: bool, reason: str | None = None) -> int:
    body = {"account": name, "role": role, "keep": keep, "reason": reason}
    return client.post(f"{API}/access-reviews/{review}/decisions", json=body).status_code


def test_a_review_from_beginning_to_end(alone: House) -> None:
    security, audit = alone.make("rev_sec", "security_admin"), alone.make("rev_aud", "audit_admin")
    person = alone.make("rev_person", "qa", "doc")
    id_ = security.post(f"{API}/access-reviews").json()["id"]
    assert security.post(f"{API}/access-reviews").status_code == 409, "one at a time"
    lines = security.get(f"{API}/access-reviews/{id_}").json()["items"]
    assert {(x["account"], x["role"]) for x in lines} == {("rev_sec", "security_admin"), ("rev_aud", "audit_admin"), ("rev_person", "qa"), ("rev_person", "doc")}
    assert decide(security, id_, "rev_sec", "security_admin", keep=True) == 403
    assert decide(security, id_, "rev_person", "doc", keep=False) == 422, "withdrawn for a reason"
    assert decide(security, id_, "rev_person", "sqe", keep=True) == 404
    assert decide(security, id_, "rev_person", "doc", keep=False, reason="moved to another department") == 204
    assert decide(security, id_, "rev_person", "doc", keep=True) == 409
    assert person.get(f"{API}/session").json()["roles"] == ["qa"], "gone at once"
    assert decide(security, id_, "rev_aud", "audit_admin", keep=False, reason="no longer") == 409, "the last of its kind"
    assert decide(security, id_, "rev_aud", "audit_admin", keep=True) == 204
    assert decide(security, id_, "rev_person", "qa", keep=True) == 204
    assert security.post(f"{API}/access-reviews/{id_}/closing").status_code == 409, "one line is open"
    assert decide(audit, id_, "rev_sec", "security_admin", keep=True) == 204
    assert security.post(f"{API}/access-reviews/{id_}/closing").status_code == 204
    assert security.post(f"{API}/access-reviews/{id_}/closing").status_code == 409
    assert decide(security, id_, "rev_person", "qa", keep=True) == 409
    told = security.get(f"{API}/access-reviews").json()
    mine = next(r for r in told["items"] if r["id"] == id_)
    assert (mine["lines"], mine["decided"], mine["closed_by"]) == (4, 4, "rev_sec")
    assert told["next_due"] > mine["closed_at"]
    log = audit.get(f"{API}/audit", params={"limit": 500}).json()["items"]
    said = [e["action"] for e in log if e["subject"] == f"access_review/{id_}" and e["outcome"] == "done"]
    assert sorted(said) == sorted(["access_review.open", "access_review.withdrawn", *["access_review.confirmed"] * 3, "access_review.close"])


def test_a_review_that_is_not_there(alone: House) -> None:
    security = alone.make("rev_sec2", "security_admin")
    assert security.get(f"{API}/access-reviews/none").status_code == 404
    assert security.post(f"{API}/access-reviews/none/closing").status_code == 404
    assert decide(security, "none", "a", "qa", keep=True) == 404
