"""What every answer of the interface carries, and how long it waits for somebody who does not read it."""

import asyncio
import time
from collections.abc import Generator, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN = ("/api/", "/health", "/ready")
STEP_SECONDS = 60.0  # for one piece of an answer
WHOLE_SECONDS = 1800.0  # for all of it; events have no end
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class UnreadError(Exception):
    """Nobody reads the answer."""


class Streamed(StreamingResponse):
    """An answer that is made while it is read. However it ends, what makes it ends with it and gives back what it holds."""

    def __init__(self, pieces: Generator[bytes], *, media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._pieces.close)


class Answers:
    """Says that answers are kept nowhere and are what they say; breaks off what is not read, for it holds a connection of the store."""

    def __init__(self, app: ASGIApp, *, step: float = STEP_SECONDS, whole: float = WHOLE_SECONDS) -> None:
        self._app, self._step, self._whole = app, step, whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ends: float | None = None

        async def timed(message: Message) -> None:
            nonlocal ends
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                ends = None if headers.get("content-type", "").startswith("text/event-stream") else time.monotonic() + self._whole
                if scope["path"].startswith(OWN):
                    for name, value in HEADERS.items():
                        headers.setdefault(name, value)
            left = self._step if ends is None else min(self._step, ends - time.monotonic())
            try:
                async with asyncio.timeout(max(left, 0.0)):
                    await send(message)
            except TimeoutError:
                raise UnreadError from None

        try:
            await self._app(scope, receive, timed)
        except UnreadError:
            return  # the server closes what was not ended
