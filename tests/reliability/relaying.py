"""Programs that tests kill: the relay, and a subscriber that takes its events in. Run as `relaying.py relay|receive DATABASE BROKER FOLDER`."""

import logging
import sys
from pathlib import Path

from sqlalchemy import MetaData

from medthread.derive import tables_of
from medthread.stores.bus import Address, JetStreamInlet, JetStreamPublisher
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres import Store
from medthread.stores.serving import LakeReader, Released
from medthread.trace import Tracer
from medthread.trust.access import Access
from medthread.trust.keys import Keyring
from medthread.trust.signatures import KeptKeys
from medthread.workflow import Calendar, Context
from medthread.workflow.inbound import Receiver
from medthread.workflow.relay import Relay
from tests.workflow.permit import EVENT, own_registry, own_rulebook

SOURCE = "urn:medthread:kill"
STREAM = "MEDTHREAD"


def say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def relay(store: Store, broker: str) -> None:
    publisher = JetStreamPublisher(Address(broker), stream=STREAM, subjects="medthread.>")
    say_ready()
    Relay(store, publisher, {EVENT.name: EVENT}, source=SOURCE).run()


def context_of(store: Store, folder: Path) -> Context:
    reader, registry, keyring = LakeReader(Releases(store)), own_registry(), Keyring.open(folder / "master.key")
    return Context(
        registry=registry, rulebook=own_rulebook(), tables=tables_of(registry, MetaData()), keyring=keyring, access=Access(), signer=KeptKeys(keyring),
        calendar=Calendar(), genealogy=Tracer(reader, folder), released=Released(reader, registry))


def receive(store: Store, broker: str, folder: Path) -> None:
    inlet = JetStreamInlet(Address(broker), stream=STREAM, consumer="kill", again_after=1.0)
    say_ready()
    Receiver(store, context_of(store, folder), inlet, (EVENT.name,)).run()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    what, database, broker, folder = sys.argv[1:]
    opened = Store(database)
    if what == "relay":
        relay(opened, broker)
    else:
        receive(opened, broker, Path(folder))
