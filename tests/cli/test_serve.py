"""The server as whoever starts it sees it: what it says, and how it ends."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request

from medthread.cli.serve import free_port, listening
from medthread.model.errors import ConfigurationError
from medthread.workspace import SETTINGS, Workspace
from tests.conftest import ROOT
from tests.scenarios import company

UP = "import sys; from medthread.cli.main import main; main(['up', '--home', sys.argv[1], '--port', '0'])"


def until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(port)


def test_stopped_it_says_so_and_nothing_else(tmp_path: Path) -> None:
    home = company.found(tmp_path / "c")
    surroundings = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "MEDTHREAD_LANG": "en", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT / "src")}
    served = subprocess.Popen([sys.executable, "-c", UP, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings)
    assert served.stdout is not None
    while "Ctrl-C stops" not in (line := served.stdout.readline()):
        assert line, served.communicate()[1]
    until_it_answers(int(line.split("127.0.0.1:")[1].split("/")[0]))
    served.send_signal(signal.SIGINT)
    said, wrong = served.communicate(timeout=60)
    assert (served.returncode, said.strip(), wrong) == (0, "Stopped", "")


@pytest.mark.parametrize(("proxies", "seen"), [((), ["127.0.0.1", "http"]), (("192.0.2.1",), ["127.0.0.1", "http"]), (("127.0.0.1",), ["203.0.113.9", "https"])])
def test_only_a_named_gateway_says_where_a_request_comes_from(proxies: tuple[str, ...], seen: list[str]) -> None:
    app, port = FastAPI(), free_port(0)

    @app.get("/")
    def told(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    server = uvicorn.Server(listening(app, port=port, proxies=proxies))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until_it_answers(port)
        answer = httpx2.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
        assert answer.json() == seen
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(("text", "proxies"), [("", ()), ('proxies = ["127.0.0.1", "::1"]', ("127.0.0.1", "::1")), ("proxies = []", ())])
def test_gateways_are_named_in_the_settings(tmp_path: Path, text: str, proxies: tuple[str, ...]) -> None:
    (tmp_path / SETTINGS).write_text(text, encoding="utf-8")
    assert Workspace.open(tmp_path).proxies == proxies


@pytest.mark.parametrize("text", ['proxies = "127.0.0.1"', 'proxies = ["*"]', "proxies = [1.5]", 'proxies = ["gateway.example.com"]'])
def test_a_gateway_that_is_no_address_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / SETTINGS).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="proxies"):
        _ = Workspace.open(tmp_path).proxies
