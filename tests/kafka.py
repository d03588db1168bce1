"""A Kafka cluster of the tests' own: librdkafka's, which speaks the real protocol and keeps its messages in memory."""

from collections.abc import Sequence

from confluent_kafka import Producer


class Cluster:
    """One broker, or several, as long as the object is there."""

    def __init__(self, brokers: int = 1) -> None:
        self._producer: Producer | None = Producer({"bootstrap.servers": "", "test.mock.num.brokers": brokers, "linger.ms": 1, "log_level": 0})
        self.hosts = [f"{b.host}:{b.port}" for b in self._producer.list_topics(timeout=10).brokers.values()]

    @property
    def url(self) -> str:
        return f"kafka://{','.join(self.hosts)}"

    def put(self, topic: str, contents: Sequence[bytes | None], *, keys: Sequence[bytes] = (), partition: int = 0) -> None:
        """Publish as another system would; each is acknowledged."""
        assert self._producer is not None
        lost: list[object] = []
        for number, content in enumerate(contents):
            self._producer.produce(
                topic, content, key=keys[number] if keys else None, partition=partition, on_delivery=lambda error, _: lost.append(error) if error else None)
            self._producer.poll(0)
        assert self._producer.flush(20) == 0
        assert not lost

    def end(self) -> None:
        """The brokers are gone, with all that they kept."""
        self._producer = None
