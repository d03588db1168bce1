"""A program that tests kill: it lands what a broker has, batch by batch, and says how many of each once they are acknowledged."""

from pathlib import Path

from medthread.pipeline.collect.stream import Limits, durable_of, land_batch
from medthread.pipeline.landing import Landing
from medthread.stores.bus import Address, Inlet, JetStreamInlet, open_inlet
from tests.reliability.lives import READY, say

SOURCE, TABLE = "mes", "lot"


def opened(url: str, subject: str, durable: str) -> Inlet:
    """As the product opens it; NATS gives again after a second, and not only after a minute, what nobody acknowledged."""
    if url.startswith("nats://"):
        return JetStreamInlet(Address(url), subject=subject, consumer=durable, again_after=1.0)
    return open_inlet(url, secret=None, subject=subject, durable=durable)


def collect(folder: str, url: str, subject: str) -> None:
    """Without end."""
    inlet = opened(url, subject, durable_of(SOURCE, TABLE))
    say(READY)
    while True:
        batch = land_batch(inlet, Landing(Path(folder)), SOURCE, TABLE, limits=Limits(messages=200, seconds=0.05))
        if batch.messages:
            say(str(batch.messages))
