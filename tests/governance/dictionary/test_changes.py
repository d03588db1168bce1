"""What is said of a subject: proposed by one, decided by another, from a day on, and taken back as one act."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from medthread.governance.dictionary.changes import (
    Change,
    decide,
    history,
    proposals,
    propose,
    standing,
    undo,
    withdraw,
)
from medthread.model.errors import ConflictError, ForbiddenError, InvalidError
from medthread.stores.postgres import Store

TODAY = date(2026, 3, 1)
LOT = "lot.lot_no"


def said(store: Store, on: date, subject: str = LOT) -> object:
    with store.transaction() as tx:
        found = standing(tx, on)
    return found[subject].content if subject in found else None


def made(store: Store, *changes: Change, on: date = TODAY, today: date = TODAY, undoes: str | None = None) -> str:
    with store.transaction() as tx:
        return propose(tx, by="anna", changes=changes, reason="why", on=on, today=today, undoes=undoes)


def approved(store: Store, proposal: str, *, today: date = TODAY) -> date:
    with store.transaction() as tx:
        return decide(tx, by="bert", proposal=proposal, approve=True, reason="good", today=today)


def own(word: str) -> Change:
    return Change("definition", LOT, {"meaning": {"zh": word, "en": word}})


def test_it_holds_when_another_person_approved_it_and_from_its_day_on(store: Store) -> None:
    later = TODAY + timedelta(days=5)
    id_ = made(store, own("one"), on=later)
    assert said(store, later) is None, "what waits does not hold"
    with store.transaction() as tx, pytest.raises(ForbiddenError, match="who proposes does not decide"):
        decide(tx, by="anna", proposal=id_, approve=True, reason="mine", today=TODAY)
    assert approved(store, id_) == later
    assert (said(store, later - timedelta(days=1)), said(store, later)) == (None, own("one").after)
    approved(store, made(store, own("two"), on=later + timedelta(days=5)))
    assert said(store, later) == own("one").after, "an older state is still there"
    assert said(store, later + timedelta(days=5)) == own("two").after
    with store.transaction() as tx:
        assert [(c["state"], c["proposed_by"], c["decided_by"]) for c in history(tx, LOT)] == [("approved", "anna", "bert")] * 2


def test_nothing_holds_from_before_it_was_approved(store: Store) -> None:
    id_ = made(store, own("late"))
    assert approved(store, id_, today=TODAY + timedelta(days=3)) == TODAY + timedelta(days=3)
    assert said(store, TODAY + timedelta(days=2)) is None
    with pytest.raises(InvalidError, match="is past"):
        made(store, own("earlier"), on=TODAY - timedelta(days=1))


def test_a_subject_waits_once_and_what_changes_nothing_is_told(store: Store) -> None:
    id_ = made(store, own("one"))
    with pytest.raises(ConflictError, match=f"waits for a decision in {id_}"):
        made(store, own("two"))
    approved(store, id_)
    with pytest.raises(ConflictError, match="nothing is changed"):
        made(store, own("one"))
    second = made(store, own("two"))
    with store.transaction() as tx, pytest.raises(ForbiddenError):
        withdraw(tx, by="bert", proposal=second)
    with store.transaction() as tx:
        withdraw(tx, by="anna", proposal=second)
        assert proposals(tx, state="withdrawn")[0]["proposal"] == second
    refused = made(store, own("three"))
    with store.transaction() as tx:
        decide(tx, by="bert", proposal=refused, approve=False, reason="no", today=TODAY)
    assert said(store, TODAY) == own("one").after


def test_many_are_taken_back_as_one_act_and_not_over_what_came_later(store: Store) -> None:
    approved(store, made(store, own("before")))
    many = made(store, own("after"), Change("term", "term:batch", {"zh": "批"}))
    approved(store, many)
    with store.transaction() as tx:
        back = undo(tx, by="anna", proposal=many, reason="too soon", today=TODAY)
    assert said(store, TODAY) == own("after").after, "taking back is a proposal too"
    approved(store, back)
    assert (said(store, TODAY), said(store, TODAY, "term:batch")) == (own("before").after, None)
    with store.transaction() as tx:
        assert {p["proposal"] for p in proposals(tx) if p["undone"]} == {many}
    third = made(store, own("third"))
    approved(store, third)
    approved(store, made(store, own("fourth")))
    with store.transaction() as tx, pytest.raises(ConflictError, match="was changed since"):
        undo(tx, by="anna", proposal=third, reason="no", today=TODAY)


def test_every_act_is_in_the_log(store: Store) -> None:
    approved(store, made(store, own("one")))
    with store.transaction() as tx:
        rows = tx.execute(text("select action, actor, after from medthread.audit_event where object like 'definition/%' order by seq")).all()
    assert [(r.action, r.actor) for r in rows] == [("definition.propose", "anna"), ("definition.approve", "bert")]
    assert rows[1].after == {LOT: own("one").after}
