"""Structural tests that every process, guard and watch inherits by being declared."""

import re

import pytest
from pydantic import TypeAdapter
from sqlalchemy import text

from medthread.derive.soundness import Known, flaws
from medthread.model import Guard, Meaning, Process
from medthread.model.watches import Watch
from medthread.stores.postgres import Store
from medthread.trust.roles import ROLES
from medthread.workflow.guarding import PARAMETER
from tests.registry import registry, rulebook

BOOK = rulebook()
KNOWN = {g.name: g.takes for g in BOOK.guards.values()}
ACTING = frozenset(r.name for r in ROLES.values() if r.acts)
CHINESE = re.compile(r"[一-鿿]")
WALKED = "cast('{}' as text[])"


@pytest.mark.parametrize("entity", sorted(BOOK.processes))
def test_the_process_can_stand(entity: str) -> None:
    assert flaws(BOOK.processes[entity], Known(ACTING, frozenset(BOOK.events), KNOWN, registry()[entity])) == []


@pytest.mark.parametrize("process", BOOK.processes.values(), ids=sorted(BOOK.processes))
def test_both_languages(process: Process) -> None:
    labels = [process.label, *(s.label for s in process.states), *(t.label for t in process.transitions), *(c.label for c in process.clocks)]
    assert [x for x in labels if not CHINESE.search(x.zh) or not x.en.isascii()] == []


@pytest.mark.parametrize("process", BOOK.processes.values(), ids=sorted(BOOK.processes))
def test_it_is_the_same_when_it_is_written_down_and_read_back(process: Process) -> None:
    kept = TypeAdapter(Process)
    assert kept.validate_python(kept.dump_python(process, mode="json", exclude_defaults=True)) == process


@pytest.mark.parametrize("process", BOOK.processes.values(), ids=sorted(BOOK.processes))
def test_whoever_rejects_says_why(process: Process) -> None:
    silent = [t.action for t in process.transitions if t.meaning is Meaning.REJECTED and not (t.reason or t.asks or t.evidence)]
    assert silent == []


@pytest.mark.parametrize("name", sorted({p.name for p in BOOK.processes.values()}))
def test_no_two_entities_share_a_process(name: str) -> None:
    assert [e for e, p in BOOK.processes.items() if p.name == name] == [next(e for e, p in BOOK.processes.items() if p.name == name)]


def _live(declared: dict[str, Guard] | dict[str, Watch], sql: str) -> list[str]:
    """Names of those over live records, all of which ask only tables that are there."""
    live = sorted(n for n, d in declared.items() if d.over == "records")
    assert [n for n in live if not set(re.findall(r"native\.(\w+)", getattr(declared[n], sql))) <= set(registry())] == []
    return live


def _explain(store: Store, sql: str) -> int:
    """PostgreSQL plans the query, so every table, column and type in it is right; the number of columns it would give."""
    query = PARAMETER.sub(lambda p: {"walked": WALKED, "today": "current_date", "now": "now()"}.get(p[1], "null"), sql)
    with store.transaction() as tx:
        return len(tx.execute(text(f"select * from ({query}) as asked limit 0")).keys())


def test_every_live_guard_and_watch_is_a_query_that_the_database_understands(store: Store) -> None:
    for name in _live(BOOK.guards, "blocks"):
        assert _explain(store, BOOK.guards[name].blocks) == 2, name
    for name in _live(BOOK.watches, "finds"):
        assert _explain(store, BOOK.watches[name].finds) >= 3, name
