"""`medthread up`: the console and the API on this machine."""

import contextlib
import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI

from medthread.api.hosts import names_of
from medthread.api.server import create_app
from medthread.app import Installation, open_installation
from medthread.cli.accounts import account_names
from medthread.cli.demo_people import tell_people
from medthread.cli.options import HERE, Home
from medthread.cli.speech import say
from medthread.console import mount

LOOPBACK = "127.0.0.1"
PAUSE = 0.05  # seconds between two looks whether the server has started


def up(
    home: Home = HERE,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 选一个空闲的 · 0 picks a free one")] = 8000,
) -> None:
    """启动控制台与接口 · Serve the console and the API."""
    with open_installation(home) as installation:
        if not account_names(installation):
            say("还没有账号,无人能登录:medthread account add NAME --role steward", "There are no accounts yet, so nobody can sign in: medthread account add NAME --role steward")
        serve(installation, port=port, accounts=None)


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


@contextlib.contextmanager
def kept_loaded() -> Iterator[None]:
    """Tell the collector of garbage that what was loaded lives as long as the server: looking through it again and again holds up answers by a tenth of a second.

    Afterwards it is the collector's again, or the process ends with a page of what was never given back.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def serve(installation: Installation, *, port: int, accounts: list[dict[str, Any]] | None, meanwhile: Callable[[int], None] | None = None) -> None:
    """Serve until interrupted; background runs end before the store closes. `meanwhile` is called with the port once it answers."""
    chosen = free_port(port)
    with installation.serving(accounts) as services:
        if port and chosen != port:
            say(f"端口 {port} 已被占用,改用 {chosen}", f"Port {port} is taken; using {chosen}")
        say(f"控制台与接口:http://{LOOPBACK}:{chosen}/  (Ctrl-C 停止)",
            f"Console and API: http://{LOOPBACK}:{chosen}/  (Ctrl-C stops)")
        tell_people(accounts or [])
        app = create_app(services, hosts=names_of(services.public_url, installation.workspace.hosts))
        config = listening(mount(app), port=chosen, proxies=installation.workspace.proxies)
        # uvicorn has ended its requests when it raises Ctrl-C again; stopping on purpose is no error.
        server = uvicorn.Server(config)
        if meanwhile:
            threading.Thread(target=_once_it_answers, args=(server, meanwhile, chosen), daemon=True).start()
        with kept_loaded(), contextlib.suppress(KeyboardInterrupt):
            server.run()
    say("已停止", "Stopped")


def listening(app: FastAPI, *, port: int, proxies: tuple[str, ...]) -> uvicorn.Config:
    """How we listen. Only the named gateways are believed about where a request comes from: left alone, uvicorn believes everybody on this machine."""
    return uvicorn.Config(
        app, host=LOOPBACK, port=port, log_level="warning", access_log=False, proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies))


def _once_it_answers(server: uvicorn.Server, act: Callable[[int], None], port: int) -> None:
    while not server.started and not server.should_exit:
        time.sleep(PAUSE)
    if server.started:
        act(port)
