"""Fifty persons with roles, organisations and roles lent to each other; and a company in which nothing objects to what they do."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account, delegation
from medthread.trust.access import Actor
from medthread.trust.roles import ROLES
from medthread.workflow import Context
from tests.commands import PASSWORD, QUICK

PERSONS, ORGANISATIONS = 50, 4


def settle_in(store: Store, *, seed: int) -> list[Actor]:
    """Open their accounts; every acting role is held, by some together with another; half of them lend theirs for a day."""
    rng, acting = random.Random(seed), [r.name for r in ROLES.values() if r.acts]
    actors = [Actor(f"p{n}", f"Person {n}", tuple(dict.fromkeys([acting[n % len(acting)], *rng.sample(acting, n % 3 == 0)]))) for n in range(PERSONS)]
    now = datetime.now(UTC)
    with store.transaction() as tx:
        tx.execute(insert(account), [
            {"name": a.name, "printed_name": a.printed_name, "password_hash": QUICK.hash(PASSWORD), "roles": list(a.roles), "organisations": [f"O{n % ORGANISATIONS}"]}
            for n, a in enumerate(actors)])
        for n in range(PERSONS // 2):
            giver, taker = rng.sample(actors, 2)
            tx.execute(insert(delegation).values(
                id=f"d{n}", giver=giver.name, taker=taker.name, roles=list(giver.roles), reason="leave",
                valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=1)))
    return actors


def without_guards(context: Context) -> Context:
    """The same processes where nothing objects: people who act at random come to states that guards keep for those who know what they do."""
    processes = {n: replace(p, transitions=tuple(replace(t, guards=()) for t in p.transitions)) for n, p in context.rulebook.processes.items()}
    return replace(context, rulebook=replace(context.rulebook, processes=processes))
