"""Verdicts that are old are forgotten; the last of each rule and asset stays, and what stopped something or opened an incident."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, delete, exists

from medthread.pipeline.judge.verdict import State
from medthread.stores.postgres.tables import rule_verdict

STOPPED = (State.BROKEN.value, State.FAILED.value)


def forget_verdicts(tx: Connection, *, days: int) -> int:
    """Forget verdicts older than so many days; gives how many."""
    later = rule_verdict.alias()
    newer = exists().where(later.c.rule == rule_verdict.c.rule, later.c.asset == rule_verdict.c.asset, later.c.at > rule_verdict.c.at)
    told = and_(rule_verdict.c.own, rule_verdict.c.state.in_(STOPPED))
    old = and_(rule_verdict.c.at < datetime.now(UTC) - timedelta(days=days), newer, ~told)
    return tx.execute(delete(rule_verdict).where(old)).rowcount
