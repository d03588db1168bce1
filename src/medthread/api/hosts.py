"""Names under which the server is asked for: a page of another name that leads here gets nothing, and no sign-in comes back to it."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from medthread.api.problems import problem

LOCAL = ("localhost", "127.0.0.1", "::1")
MISDIRECTED = 421


def names_of(public_url: str | None, own: Iterable[str] = ()) -> frozenset[str]:
    """Those of this machine, that of the public address, and the company's own."""
    public = urlsplit(public_url or "").hostname
    return frozenset(n.lower() for n in (*LOCAL, *([public] if public else []), *own))


def host_of(header: str) -> str | None:
    """The name in a Host header, whatever the port; nothing where it is no name (RFC 9110, 7.2)."""
    try:
        said = urlsplit(f"//{header}")
        _ = said.port
    except ValueError:
        return None
    return said.hostname if said.netloc == header and "@" not in header else None


class KnownHosts:
    """Answers to known names only; where none are given, to every name."""

    def __init__(self, app: ASGIApp, names: frozenset[str] = frozenset()) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and self._names:
            said = [v.decode("latin-1") for k, v in scope["headers"] if k == b"host"]
            if len(said) != 1 or host_of(said[0]) not in self._names:
                refusal = problem(
                    Request(scope), status=MISDIRECTED, code="host", title="unknown host", detail=f"this server is not called {(said or [''])[0][:100]!r}",
                    hint='call it by its public_url, or name it in medthread.toml: [server] hosts = ["…"]')
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
