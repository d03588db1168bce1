"""The console and the API on a port of their own, in a thread of the tests."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from medthread.api.server import create_app
from medthread.app import Installation
from medthread.cli.demo_people import ACCOUNTS, PASSWORD
from medthread.cli.serve import free_port
from medthread.console import mount


@contextmanager
def serving_console(installation: Installation) -> Iterator[tuple[int, str]]:
    """Its port and its address, while it answers."""
    shown = [{"username": n, "password": PASSWORD, "role": r, "label": label} for n, label, r in ACCOUNTS]
    with installation.serving(shown) as services:
        port = free_port(0)
        server = uvicorn.Server(uvicorn.Config(mount(create_app(services)), host="127.0.0.1", port=port, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        try:
            yield port, f"http://127.0.0.1:{port}/"
        finally:
            server.should_exit = True
            thread.join()
