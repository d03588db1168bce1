"""An MQTT broker of the tests' own, on a port and in a folder that survive its being killed."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from paho.mqtt.client import CallbackAPIVersion, Client, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
# Debian's drops messages beyond a thousand that wait for somebody, and writes down what it keeps every half hour.
KEEPS = ("persistence true", "max_queued_messages 0", "autosave_interval 1")


class Mosquitto:
    """One broker; started, killed and started again."""

    def __init__(self, folder: Path, *settings: str) -> None:
        if not Path(PROGRAM).exists():
            pytest.skip("no mosquitto on this machine; .ci/run installs it")
        folder.mkdir(exist_ok=True)
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        who = () if any(s.startswith("allow_anonymous") for s in settings) else ("allow_anonymous true",)
        lines = (f"listener {self.port} 127.0.0.1", f"persistence_location {folder}/", "user root", *KEEPS, *who, *settings)
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> "Mosquitto":
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._server = subprocess.Popen([PROGRAM, "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError((self._folder / "mosquitto.log").read_text())

    def end(self, how: int = signal.SIGKILL) -> None:
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(timeout=20)
            self._server = None

    def put(self, topic: str, contents: Sequence[bytes], *, ids: Sequence[str] = ()) -> None:
        """Publish as a device would; each is acknowledged."""
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.max_inflight_messages_set(500)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        sent = []
        for number, content in enumerate(contents):
            named = Properties(PacketTypes.PUBLISH)
            if ids:
                named.UserProperty = ("id", ids[number])
            sent.append(client.publish(topic, content, qos=1, properties=named))
        for one in sent:
            one.wait_for_publish(20)
            assert one.is_published()
        client.disconnect()
        client.loop_stop()
