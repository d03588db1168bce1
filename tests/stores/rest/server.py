"""An interface over HTTP, as other systems have them: real sockets, and whatever answer a test wants."""

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Answer:
    """What is said to one request."""

    content: bytes = b"[]"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


def page(value: Any, **headers: str) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


class Server:
    """Answers by a function of the request and its number; keeps what was asked."""

    def __init__(self, answer: Callable[[Asked, int], Answer], *, certificate: tuple[Path, Path] | None = None) -> None:
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = Asked(parts.path, dict(parse_qsl(parts.query)), dict(self.headers))
                outer.asked.append(asked)
                made = answer(asked, len(outer.asked))
                self.send_response(made.status)
                for name, value in {"Content-Length": str(len(made.content)), **made.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(made.content)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
