"""Takes notices to people. Nothing is locked while the mail server is waited for: what is taken on is lent for a while.

Killed between handing a letter over and noting it, the courier hands it over again with the same Message-ID.
What was settled meanwhile is not told any more; what cannot be told for days is given up, and says so in the account.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from medthread.model import Label
from medthread.model.errors import MedthreadError, StoreError
from medthread.stores.messengers import Messenger, NotDeliverableError
from medthread.stores.postgres.row_security import EVERYWHERE
from medthread.stores.postgres.store import Store
from medthread.trust.access import Actor
from medthread.trust.log import Alarm
from medthread.workflow.context import Context
from medthread.workflow.letters import Told, letter
from medthread.workflow.titles import Pair, titles

LOG = logging.getLogger("medthread.courier")
PERSONS = 50  # at once
PAUSE = 5.0  # seconds between two looks
LENT = timedelta(minutes=30)  # for how long a notice is taken on: longer than a round of letters takes
AGAIN, LONGEST = timedelta(minutes=1), timedelta(hours=1)  # doubled from try to try
GIVEN_UP = timedelta(days=3)

SETTLE = text("""
    update medthread.notice n set outcome = 'settled', closed_at = :now
    where closed_at is null and (
      (reason = 'proposed' and not exists (select from medthread.proposal p where p.id = n.about->>'proposal' and p.status = 'open'))
      or (reason <> 'proposed' and not exists (
        select from medthread.deadline d
        where d.entity = n.entity and d.record = n.record and d.clock = n.about->>'clock' and d.met_at is null))
      or not exists (select from medthread.notice_address a where a.account = n.account))
""")
TAKE_ON = text("""
    with due as (
      select id from medthread.notice
      where closed_at is null and next_at <= :now and account in (
        select distinct account from medthread.notice where closed_at is null and next_at <= :now order by account limit :persons)
      for update skip locked)
    update medthread.notice n set next_at = :until, attempts = attempts + 1
    from due, medthread.account a, medthread.notice_address w
    where n.id = due.id and a.name = n.account and w.account = n.account
    returning n.*, w.address, a.language, a.plants, a.organisations, a.regions
""")
SENT = text("update medthread.notice set outcome = 'sent', closed_at = now() where id = any(:ids)")
PUT_OFF = text("""
    update medthread.notice set
      next_at = :now + least(cast(:longest as interval), cast(:again as interval) * power(2, least(attempts - 1, 20))),
      outcome = case when at < :oldest then 'abandoned' end, closed_at = case when at < :oldest then cast(:now as timestamptz) end
    where id = any(:ids)
""")
REFUSED = text("update medthread.notice_address set refused = :said where account = :account")


@dataclass(frozen=True)
class Round:
    """What a round of the courier did."""

    sent: int = 0
    failed: str | None = None  # why letters could not be sent at all


def carry_letters(store: Store, context: Context, messenger: Messenger, *, address: str, now: datetime | None = None) -> Round:
    """Tell everybody of what waits to be told; gives how many letters went out."""
    now = now or datetime.now(UTC)
    with store.transaction() as tx:
        tx.execute(SETTLE, {"now": now})
        rows = tx.execute(TAKE_ON, {"now": now, "until": now + LENT, "persons": PERSONS}).all()
        called = _called(tx, context, rows)
    sent = 0
    people = [_told(list(given)) for _, given in groupby(sorted(rows, key=lambda r: (r.account, r.at, r.id)), key=lambda r: r.account)]
    for place, told in enumerate(people):
        try:
            messenger.send(letter(context, told, called[told.account], address=address))
        except NotDeliverableError as error:
            _put_off(store, [told], now=now, refused=error.message)
        except StoreError as error:
            _put_off(store, people[place:], now=now)
            return Round(sent, error.message)
        else:
            with store.transaction() as tx:
                tx.execute(SENT, {"ids": told.ids})
                tx.execute(REFUSED, {"said": None, "account": told.account})
            sent += 1
    return Round(sent)


def _called(tx: Connection, context: Context, rows: Sequence[Any]) -> dict[str, dict[Pair, str]]:
    """By account: what its records are called, as far as they are shared with it. Who is told was chosen by where the record lies."""
    people = {r.account: Actor(r.account, "", (), tuple(r.plants), organisations=tuple(r.organisations), regions=tuple(r.regions)) for r in rows}
    asked = {context.sharing.recipient(a): a for a in people.values()}  # who stands in the same place is told the same
    known = {place: titles(tx, context, EVERYWHERE, ((r.entity, r.record) for r in rows), told=actor) for place, actor in asked.items()}
    return {name: known[context.sharing.recipient(actor)] for name, actor in people.items()}


def _told(rows: Sequence[Any]) -> Told:
    return Told(rows[0].account, rows[0].address, rows[0].language, rows)


def _put_off(store: Store, people: Iterable[Told], *, now: datetime, refused: str | None = None) -> None:
    with store.transaction() as tx:
        for told in people:
            tx.execute(PUT_OFF, {"ids": told.ids, "now": now, "oldest": now - GIVEN_UP, "again": AGAIN, "longest": LONGEST})
            if refused is not None:
                tx.execute(REFUSED, {"said": refused[:500], "account": told.account})


class Courier:
    """Runs beside the server."""

    def __init__(self, store: Store, context: Context, messenger: Messenger, *, address: str) -> None:
        self._store, self._context, self._messenger, self._address = store, context, messenger, address
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._failure: str | None = None

    @property
    def alarms(self) -> Sequence[Alarm]:
        """What keeps notices from going out."""
        if self._failure is None:
            return ()
        return (Alarm("notices", Label(f"通知未能发出:{self._failure}", f"notices do not go out: {self._failure}")),)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                failed = carry_letters(self._store, self._context, self._messenger, address=self._address).failed
            except DBAPIError as error:
                failed = f"the database: {error.orig}"
            except MedthreadError as error:
                failed = error.message
            if failed is not None and failed != self._failure:
                LOG.warning("notices do not go out: %s", failed)
            self._failure = failed
            self._stop.wait(PAUSE)
