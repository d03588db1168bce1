"""Programs that tests kill (`lives.py`): a whole company, its server, its reactions, the relay, a subscriber."""

import logging
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData

from medthread.app import declared, open_installation
from medthread.cli.serve import serve
from medthread.derive import tables_of
from medthread.pipeline.release import Keeping, Rule, withdrawal
from medthread.stores.bus import Address, JetStreamInlet, JetStreamPublisher
from medthread.stores.lakehouse import Releases, leftover
from medthread.stores.lakehouse.expire import Expirer
from medthread.stores.postgres import Store
from medthread.stores.serving import LakeReader, Released
from medthread.trace import Tracer
from medthread.trust.access import Access
from medthread.trust.keys import Keyring
from medthread.trust.signatures import KeptKeys
from medthread.workflow import Calendar, Context, create_native, handle
from medthread.workflow.inbound import Receiver
from medthread.workflow.outbox import emit
from medthread.workflow.relay import Relay
from medthread.workflow.worker import Worker
from tests.reliability.lives import READY, say
from tests.workflow.permit import EVENT, own_registry, own_rulebook

SOURCE = "urn:medthread:kill"
STREAM = "MEDTHREAD"
declared()  # read once, before the lives begin


def company(home: str) -> None:
    """Its embedded database, its reactions, and somebody who complains without end; each complaint is said once it is committed."""
    with open_installation(Path(home)) as installation:
        context = installation.commands(LakeReader(installation.releases))
        Worker(installation.store, context).start()

        def complain(tx: Connection) -> str:
            id_ = create_native(tx, context, entity="complaint", values={"description": "it stopped"}, by="kill")
            body = {"complaint_no": id_, "occurred_in": "CN", "reportability": "no", "harm": "none", "item": "none"}
            emit(tx, context, type_="complaint.triaged", entity="complaint", record=id_, by="kill", at=datetime.now(UTC), body=body)
            return id_

        say(READY)
        while True:
            say(handle(installation.store, by="kill", action="entity.create", object_="complaint", act=complain))


def tidier(home: str, steps: str) -> None:
    """Tidies the lake twice, a day apart, and kills itself at the step that the file `steps` names; says when it came to its end."""
    left = int(Path(steps).read_text(encoding="utf-8"))

    def counted(owner: Any, name: str) -> None:
        done = getattr(owner, name)

        def act(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return done(*given, **named)

        setattr(owner, name, act)

    for owner, name in ((leftover, "unlink"), (leftover, "told_gone"), (leftover, "mark"), (leftover, "forget_builds"), (withdrawal, "free"), (Expirer, "_sweep")):
        counted(owner, name)
    with open_installation(Path(home)) as installation:
        tidying = replace(installation.upkeep.tidying(), rule=Rule(Keeping(days=1, daily=0, monthly=0, at_least=2)))
        say(READY)
        for days in (900, 902):
            tidying.tidy(by="kill", now=datetime.now(UTC) + timedelta(days=days))
        say("tidy")


def server(home: str, port: str) -> None:
    """`medthread up`."""
    with open_installation(Path(home)) as installation:
        serve(installation, port=int(port), accounts=None, meanwhile=lambda _: say(READY))


def context_of(store: Store, folder: Path) -> Context:
    reader, registry, keyring = LakeReader(Releases(store)), own_registry(), Keyring.open(folder / "master.key")
    return Context(
        registry=registry, rulebook=own_rulebook(), tables=tables_of(registry, MetaData()), keyring=keyring, access=Access(), signer=KeptKeys(keyring),
        calendar=Calendar(), genealogy=Tracer(reader, folder), released=Released(reader, registry))


def reactions(database: str, folder: str) -> None:
    """The worker alone: what follows from events that others write."""
    store = Store(database)
    Worker(store, context_of(store, Path(folder))).start()
    say(READY)
    while True:
        time.sleep(60)


def relay(database: str, broker: str) -> None:
    """Events out."""
    logging.disable(logging.CRITICAL)
    publisher = JetStreamPublisher(Address(broker), stream=STREAM, subjects="medthread.>")
    store = Store(database)
    say(READY)
    Relay(store, publisher, {EVENT.name: EVENT}, source=SOURCE).run()


def receive(database: str, broker: str, folder: str) -> None:
    """Events in."""
    logging.disable(logging.CRITICAL)
    inlet = JetStreamInlet(Address(broker), stream=STREAM, consumer="kill", again_after=1.0)
    store = Store(database)
    context = context_of(store, Path(folder))
    say(READY)
    Receiver(store, context, inlet, (EVENT.name,)).run()
