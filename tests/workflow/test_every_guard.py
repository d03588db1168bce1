"""Structural tests that every guard inherits by being declared; those over live records are planned in `derive`."""

from datetime import UTC, datetime

import pytest

from medthread.derive.columns import golden_columns
from medthread.model import Guard
from medthread.stores.engines import job
from medthread.stores.serving.released import TABLE
from medthread.workflow.guarding import PARAMETER
from tests.registry import registry, rulebook

GUARDS = sorted(rulebook().guards.values(), key=lambda g: g.name)
GIVEN = {"now": datetime(2026, 11, 2, 8, tzinfo=UTC), "today": datetime(2026, 11, 2, tzinfo=UTC).date()}
ALWAYS = {"now", "today"}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda g: g.name)
def test_it_asks_for_what_it_takes_and_nothing_else(guard: Guard) -> None:
    named = set(PARAMETER.findall(guard.blocks))
    allowed = {*guard.takes, *ALWAYS, *({"walked"} if guard.walk else ())}
    assert named <= allowed
    assert guard.en.isascii()


@pytest.mark.parametrize("guard", [g for g in GUARDS if g.over == "release"], ids=lambda g: g.name)
def test_it_runs_over_a_release(guard: Guard) -> None:
    query = PARAMETER.sub(r"$\1", guard.blocks)
    with job() as con:
        for schema, name in TABLE.findall(query):
            con.execute(f"create schema if not exists {schema}")
            columns = ", ".join(f'"{c.name}" {c.duck}' for c in golden_columns(registry()[name], registry())) if schema == "golden" else "node varchar"
            con.execute(f"create or replace table {schema}.{name} ({columns})")
        named = set(PARAMETER.findall(guard.blocks))
        cursor = con.execute(query, {n: GIVEN.get(n) for n in named})
        assert len(cursor.description) == 2
