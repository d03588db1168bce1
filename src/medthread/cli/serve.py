"""Serving the console and the API on this machine."""

import contextlib
import socket
from typing import Any

import uvicorn

from medthread.api import create_app
from medthread.app import Installation
from medthread.cli.demo_people import tell_people
from medthread.cli.speech import say
from medthread.console import mount

LOOPBACK = "127.0.0.1"


def free_port(wanted: int) -> int:
    """The wanted port when it is free, else one that is."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def serve(installation: Installation, *, port: int, accounts: list[dict[str, Any]] | None) -> None:
    """Serve until interrupted; background runs end before the store closes."""
    chosen = free_port(port)
    with installation.serving(accounts) as services:
        if port and chosen != port:
            say(f"端口 {port} 已被占用,改用 {chosen}", f"Port {port} is taken; using {chosen}")
        say(f"控制台与接口:http://{LOOPBACK}:{chosen}/  (Ctrl-C 停止)",
            f"Console and API: http://{LOOPBACK}:{chosen}/  (Ctrl-C stops)")
        tell_people(accounts or [])
        config = uvicorn.Config(mount(create_app(services)), host=LOOPBACK, port=chosen, log_level="warning", access_log=False)
        # uvicorn has ended its requests when it raises Ctrl-C again; stopping on purpose is no error.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run()
    say("已停止", "Stopped")
