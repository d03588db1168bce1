"""Message brokers behind a port."""

from medthread.stores.bus.door import open_inlet
from medthread.stores.bus.jetstream import JetStreamInlet, JetStreamPublisher
from medthread.stores.bus.port import Address, Delivery, Inlet, Message, Publisher

__all__ = ["Address", "Delivery", "Inlet", "JetStreamInlet", "JetStreamPublisher", "Message", "Publisher", "open_inlet"]
