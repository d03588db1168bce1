"""Records, cases, steps, rights and delegations that were changed past the system are found; what the system did is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from medthread.stores.postgres.tables import account
from medthread.trust.audit import record
from medthread.trust.log import KINDS_OF_RECORDS, Findings, check_records
from medthread.trust.rights import give
from medthread.workflow.delegations import delegate, revoke
from medthread.workflow.many import create_many, sets_of
from tests.workflow.conftest import PERSONS, Plant, plant, with_permits  # noqa: F401 - fixtures
from tests.workflow.permit import PROCESS
from tests.workflow.test_act import granted

NEXT = timedelta(days=1)


def told(plant: Plant) -> list[tuple[str, str]]:  # noqa: F811
    findings = Findings()
    with plant.store.transaction() as tx:
        check_records(tx, plant.context.tables, plant.context.registry, plant.context.rulebook.processes, findings)
    return [(f.kind, f.where) for f in findings.faults]


@pytest.fixture
def busy(plant: Plant) -> str:  # noqa: F811
    """Every way in which the system itself writes; gives the permit that was granted."""
    with plant.store.transaction() as tx:
        for name, roles in PERSONS.items():
            record(tx, actor="cli", action="account.create", object_=f"account/{name}", after={"roles": list(roles), "plants": []})
        row = tx.execute(account.select().where(account.c.name == "dan")).one()
        give(tx, row, {"roles": ["qa", "qc"], "regions": ["EU"]}, by="ann", reason="two hats")
    id_ = granted(plant)
    closed = granted(plant)
    plant.act("dan", closed, "close", reason="done")
    waiting = plant.create("eve", kind="cut", place="hall 2")
    plant.mend("eve", waiting, reason="", place="hall 3", note="a\nb")
    plant.act("ann", waiting, "check")
    plant.act("bob", waiting, "grant", note="with values")  # cai must sign still
    mended = plant.create("eve", kind="weld", place="hall 6")
    plant.act("ann", mended, "check")
    plant.mend("cai", mended, reason="typing", note="who changes what was checked checks no more")
    plant.create("eve", "hot_work_tool", permit=plant.row(waiting)["permit_no"], line_no=1, tool="torch")
    plant.create("eve", "gas_reading", place="shed", level="none", ppm="1.50", read_at="2026-10-01T08:00:00+08:00")
    now = datetime.now(UTC)
    with plant.store.transaction() as tx:
        create_many(tx, plant.context, entity="gas_reading", sets=sets_of([{"place": f"row {n}", "level": "none"} for n in range(3)]), by="eve")
        kept = {"valid_from": now, "valid_to": now + NEXT, "reason": "away", "zone": "UTC"}
        delegate(tx, actor=plant.actor("bob"), taker="dan", roles=["qa_mgr"], **kept)  # type: ignore[arg-type]
        revoke(tx, actor=plant.actor("cai"), id_=delegate(tx, actor=plant.actor("cai"), taker="dan", roles=["eng_mgr"], **kept))  # type: ignore[arg-type]
    return id_


def test_what_the_system_did_is_as_the_log_tells(plant: Plant, busy: str) -> None:  # noqa: F811
    assert told(plant) == []


CHANGES = {
    "record.differs": "update native.hot_work set place = 'hall 9' where id = :id",
    "record.differs, a number": "update native.gas_reading set ppm = 1.6 where place = 'shed'",
    "record.differs, a moment": "update native.gas_reading set read_at = read_at + interval '1 second' where place = 'shed'",
    "record.differs, emptied": "update native.gas_reading set ppm = null where place = 'shed'",
    "record.differs, its revision": "update native.gas_reading set _revision = 2 where place = 'shed'",
    "record.differs, of a batch": "update native.gas_reading set _revision = 2 where place = 'row 1'",
    "record.differs, nobody made it": "insert into native.gas_reading (id, place, level, _created_by, _updated_by) values ('x', 'forged', 'none', 'eve', 'eve')",
    "record.differs, its state": "update medthread.process_case set state = 'closed' where record = :id",
    "record.differs, its first state": "update medthread.process_case set state = 'checked' where record = (select id from native.hot_work where place = 'hall 4')",
    "record.differs, its case": "delete from medthread.process_case where record = :id",
    "record.missing": "delete from native.gas_reading where place = 'shed'",
    "step.differs": "update medthread.process_step set actor = 'dan' where record = :id and actor = 'bob'",
    "step.differs, its reason": "update medthread.process_step set reason = 'forged' where record = :id and actor = 'bob'",
    "step.differs, when": "update medthread.process_step set at = at - interval '30 days' where record = :id and actor = 'bob'",
    "step.differs, where to": "update medthread.process_step set to_state = 'closed' where record = :id and actor = 'cai'",
    "step.differs, gone": "delete from medthread.process_step where record = :id and actor = 'cai'",
    "step.differs, forged": """insert into medthread.process_step (entity, record, action, from_state, to_state, revision, actor, role)
        values ('hot_work', :id, 'close', 'granted', 'closed', 4, 'dan', 'qa')""",
    "limit.differs": "update medthread.deadline set due_at = due_at + interval '30 days' where record = :id and clock = 'work'",
    "limit.differs, when it began": "update medthread.deadline set started_at = started_at + interval '1 day' where record = :id and clock = 'work'",
    "limit.differs, met": "update medthread.deadline set met_at = now() where record = :id and clock = 'work'",
    "limit.differs, met later": "update medthread.deadline set met_at = met_at - interval '1 day' where record = :id and clock = 'answer'",
    "limit.differs, gone": "delete from medthread.deadline where record = :id and clock = 'work'",
    "limit.differs, forged": """insert into medthread.deadline (entity, record, clock, started_at, due_at, statutory, basis, escalate)
        values ('hot_work', :id, 'forged', now(), now() + interval '1 year', false, '', 'qa')""",
    "case.differs": "update medthread.process_case set bound = '{}' where bound <> '{}'",
    "case.differs, somebody kept out": "update medthread.process_case set bound = bound || array['close/eve'] where record = :id",
    "case.differs, who opened it": "update medthread.process_case set opened_by = 'cai' where record = :id",
    "account.differs": "update medthread.account set roles = roles || array['qa_mgr'] where name = 'eve'",
    "account.differs, its reach": "update medthread.account set regions = '{}' where name = 'dan'",
    "account.differs, organisations": "update medthread.account set organisations = '{X}' where name = 'dan'",
    "account.differs, made": "insert into medthread.account (name, printed_name, roles) values ('zoe', 'Zoe', '{qa}')",
    "account.differs, gone": "delete from medthread.account where name = 'ann'",
    "delegation.differs": "update medthread.delegation set valid_to = valid_to + interval '50 days' where revoked_at is null",
    "delegation.differs, made": """insert into medthread.delegation (id, giver, taker, roles, valid_from, valid_to, reason)
        values ('f1', 'bob', 'eve', '{qa_mgr}', now() - interval '1 day', now() + interval '50 days', 'x')""",
    "delegation.differs, stands again": "update medthread.delegation set revoked_at = null",
    "delegation.differs, gone": "delete from medthread.delegation where giver = 'bob'",
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed_past_the_system_is_found(plant: Plant, busy: str, name: str) -> None:  # noqa: F811
    plant.create("eve", kind="cut", place="hall 4")
    with plant.store.transaction() as tx:
        assert tx.execute(text(CHANGES[name]), {"id": busy} if ":id" in CHANGES[name] else {}).rowcount
    kinds = [kind for kind, _ in told(plant)]
    assert kinds
    assert set(kinds) == {name.partition(",")[0]}


def test_every_kind_is_tried() -> None:
    assert {n.partition(",")[0] for n in CHANGES} == {k for k in KINDS_OF_RECORDS if not k.startswith("credential.")}, "those are tried in test_credentials"


def test_what_a_destruction_took_away_is_not_missing(plant: Plant, busy: str) -> None:  # noqa: F811
    with plant.store.transaction() as tx:
        tx.execute(text("delete from native.gas_reading where place = 'shed'"))
        record(tx, actor="ops", action="retention.execute", object_="destruction/1", detail={"entity": "gas_reading", "records": 1})
    assert told(plant) == []


def test_a_process_that_changed_judges_no_case_of_before(plant: Plant, busy: str) -> None:  # noqa: F811
    changed = plant.under(replace(PROCESS, version=2, initial=("checked",)))
    plant.create("eve", kind="cut", place="hall 5")
    assert told(changed) == []
