"""An act as a command: one transaction for the record, its audit row, its event, and what follows at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from medthread.methods.canonical import hash_of
from medthread.model.errors import InvalidError
from medthread.stores.postgres.tables import idempotency
from medthread.trust.access import Actor
from medthread.workflow.act import Act, Outcome, perform
from medthread.workflow.context import Context
from medthread.workflow.react import follow_at_once

LONGEST_KEY = 200
Answer = dict[str, Any]


@dataclass(frozen=True)
class Once:
    """A request that its sender may send again without its being done again (`Idempotency-Key`)."""

    key: str
    actor: str
    request: Any


def do(tx: Connection, context: Context, act: Act, actor: Actor) -> Outcome:
    """Do an act, and what follows from it at once."""
    outcome = perform(tx, context, act, actor)
    follow_at_once(tx, context, outcome.events, by=actor.name)
    return outcome


def told(outcome: Outcome) -> Answer:
    """An outcome as an answer."""
    return {"state": outcome.state, "revision": outcome.revision, "signature": outcome.signature, "awaiting": outcome.awaiting}


def once(tx: Connection, given: Once | None, act: Callable[[], Answer]) -> Answer:
    """The answer of an act that is done once: a second request under the same key gets the first one's answer."""
    if given is None:
        return act()
    if not 0 < len(given.key) <= LONGEST_KEY:
        raise InvalidError("the idempotency key is empty or too long", hint=f"up to {LONGEST_KEY} characters, new for each request")
    table, sha256 = idempotency, hash_of(given.request)
    mine = insert(table).values(key=given.key, actor=given.actor, request_sha256=sha256, answer={}).on_conflict_do_nothing()
    if tx.execute(mine.returning(table.c.key)).one_or_none() is None:
        here = (table.c.key == given.key) & (table.c.actor == given.actor)
        row = tx.execute(select(table.c.request_sha256, table.c.answer).where(here)).one()
        if row.request_sha256 != sha256:
            raise InvalidError("the idempotency key was used for another request", hint="take a new key for each request")
        return dict(row.answer)
    answer = act()
    here = (table.c.key == given.key) & (table.c.actor == given.actor)
    tx.execute(table.update().where(here).values(answer=json.loads(json.dumps(answer, default=str))))
    return answer
