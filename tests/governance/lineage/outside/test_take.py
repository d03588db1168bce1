"""Events in whatever order, however often; what they leave, and what waits."""

import itertools
import threading
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from medthread.governance.lineage.outside import take
from medthread.governance.lineage.outside.says import Name
from medthread.governance.lineage.outside.standing import counts, jobs, last_runs, newest, refusals, said, standing
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_event, lineage_run
from tests.governance.lineage.outside.senders import RUN, data_set, ran

LATER = "0198c1f0-0000-7000-8000-000000000002"
INPUT, OUTPUT = data_set("erp.public.orders"), data_set("erp.public.sums")


def of_a_run(job: str) -> list[dict[str, Any]]:
    """A run in four events: what it reads is told at its start, what it writes at its end, and it fails before it is said to be done."""
    failed = {"errorMessage": {"_producer": "p", "_schemaURL": "s", "message": "lost the connection", "programmingLanguage": "x"}}
    return [ran("START", 1, job=job, inputs=[INPUT]), ran("RUNNING", 2, job=job), ran("FAIL", 3, job=job, facets=failed), ran("COMPLETE", 4, job=job, outputs=[OUTPUT])]


def test_the_order_of_arrival_changes_nothing(store: Store) -> None:
    with store.transaction() as tx:
        for number, order in enumerate(itertools.permutations(range(4))):
            events = of_a_run(f"job{number}")
            for at in order:
                assert take(tx, [events[at]], by="airflow").taken == 1
            again = take(tx, [*events, events[0]], by="airflow")
            assert (again.taken, again.known) == (0, 5)
        t = lineage_run
        left = {(r.run, r.begun.minute, r.last.minute, r.state, r.message, len(r.says)) for r in tx.execute(select(t))}
        assert left == {(RUN, 1, 4, "COMPLETE", "lost the connection", 2)}
        told = said(tx, standing(tx))
        assert {(s.name.name.startswith("job"), frozenset(n.name for n in w.inputs), frozenset(n.name for n in w.outputs)) for s, w in told.items()} == {
            (True, frozenset({"erp.public.orders"}), frozenset({"erp.public.sums"}))}


def test_the_newest_run_counts_and_one_that_failed_only_where_there_is_no_other(store: Store) -> None:
    with store.transaction() as tx:
        take(tx, [ran("COMPLETE", 10, inputs=[INPUT], outputs=[OUTPUT]), ran("FAIL", 20, run=LATER, outputs=[data_set("half")])], by="airflow")
        [(_, says)] = said(tx, standing(tx)).items()
        assert says.outputs == {Name("postgres://erp:5432", "erp.public.sums")}
        assert last_runs(tx, ["airflow/nightly.load"])["airflow/nightly.load"]["state"] == "FAIL"
        assert [(j["name"], j["state"], j["runs"]) for j in jobs(tx, "NIGHTLY")] == [("nightly.load", "FAIL", 2)]
        assert jobs(tx, "other") == []
        take(tx, [ran("COMPLETE", 5, run=RUN, inputs=[data_set("older")])], by="airflow")
        before = standing(tx)
        take(tx, [ran("COMPLETE", 30, run=LATER.replace("2", "3"), inputs=[INPUT], outputs=[OUTPUT])], by="airflow")
        assert [set(s.hashes) < set(b.hashes) for s, b in zip(standing(tx), before, strict=True)] == [True], "what was said already draws nothing new"


def test_what_cannot_be_read_waits_and_counts_once(store: Store) -> None:
    with store.transaction() as tx:
        bad = {**ran("COMPLETE", 1), "eventTime": "yesterday"}
        done = take(tx, [ran("START", 1), bad, "no json {"], by="airflow", start=500)
        assert (done.taken, [r.index for r in done.refused]) == (1, [501, 502])
        take(tx, [bad], by="airflow")
        assert counts(tx) == {"events": 1, "jobs": 1, "runs": 1, "refused": 2}
        assert {"eventTime" in r["why"] for r in refusals(tx)} == {True, False}
        rows = tx.execute(select(audit_event.c.detail).where(audit_event.c.action == "lineage.take")).scalars().all()
        assert [r["refused"] for r in rows] == [2, 1]


def test_two_who_tell_of_one_run_at_once_leave_it_whole(store: Store) -> None:
    start, *_, complete = of_a_run("shared")

    def tell() -> None:
        with store.transaction() as other:
            take(other, [complete], by="spark")

    with store.transaction() as tx:
        take(tx, [start], by="airflow")
        second = threading.Thread(target=tell)
        second.start()
        second.join(0.3)
        assert second.is_alive(), "it waits for its turn"
    second.join(30)
    with store.transaction() as tx:
        [(state, says)] = tx.execute(select(lineage_run.c.state, lineage_run.c.says)).all()
    assert (state, len(says)) == ("COMPLETE", 2)


def test_many_at_once_are_few_statements(store: Store) -> None:
    many = [ran("COMPLETE", n % 60, job=f"j{n % 50}", run=f"0198c1f0-0000-7000-8000-{n:012}") for n in range(500)]
    with store.transaction() as tx:
        assert take(tx, many, by="spark").taken == 500
        assert take(tx, many, by="spark").known == 500
        assert newest(tx) >= 500


def test_what_was_told_stays_as_it_was_told(store: Store) -> None:
    with store.transaction() as tx:
        take(tx, of_a_run("kept"), by="airflow")
    for statement in ("update medthread.lineage_event set body = '{}'", "delete from medthread.lineage_said"):
        with pytest.raises(DBAPIError, match="stays as it was told"), store.transaction() as tx:
            tx.execute(text(statement))
