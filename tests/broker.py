"""A NATS server of the tests' own, with JetStream, on a port and in a folder that survive its being killed."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from tests.coroutines import run

PROGRAM = shutil.which("nats-server") or "/usr/sbin/nats-server"


class Broker:
    """One server; started, killed and started again."""

    def __init__(self, folder: Path, *options: str) -> None:
        if not Path(PROGRAM).exists():
            pytest.skip("no nats-server on this machine; .ci/run installs it")
        self._folder, self._options = folder, options or ("-js", "-sd", str(folder))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> "Broker":
        log = (self._folder / "nats.log").open("ab")
        self._server = subprocess.Popen([PROGRAM, "-a", "127.0.0.1", "-p", str(self.port), *self._options], stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError((self._folder / "nats.log").read_text())

    def end(self, how: int = signal.SIGKILL) -> None:
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(timeout=20)
            self._server = None

    def put(self, stream: str, subject: str, contents: list[bytes]) -> None:
        """Publish as another system would."""

        async def go() -> None:
            client = await nats.connect(self.url)
            context = client.jetstream()
            await context.add_stream(name=stream, subjects=[f"{subject.partition('.')[0]}.>"])
            for content in contents:
                await context.publish(subject, content)
            await client.close()

        run(go())

    def consumer(self, stream: str, name: str) -> Any:
        """How far somebody has read."""

        async def go() -> Any:
            client = await nats.connect(self.url)
            info = await client.jetstream().consumer_info(stream, name)
            await client.close()
            return info

        return run(go())

    def kept(self, stream: str) -> list[Any]:
        """Every message of a stream, in its order: (subject, headers, content)."""

        async def go() -> list[Any]:
            client = await nats.connect(self.url)
            context = client.jetstream()
            count = (await context.stream_info(stream)).state.messages
            config = ConsumerConfig(ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL)
            pull = await context.pull_subscribe("", stream=stream, config=config)
            found: list[Any] = []
            while len(found) < count:
                found += [(m.subject, m.headers, m.data) for m in await pull.fetch(min(500, count - len(found)), timeout=10)]
            await client.close()
            return found

        return run(go())
