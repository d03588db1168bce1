"""Message brokers behind a port."""

from medthread.stores.bus.jetstream import Address, JetStreamInlet, JetStreamPublisher
from medthread.stores.bus.port import Delivery, Inlet, Message, Publisher

__all__ = ["Address", "Delivery", "Inlet", "JetStreamInlet", "JetStreamPublisher", "Message", "Publisher"]
