"""One conversation with one host: the token goes to no other, answers are bounded, and who is busy is asked again."""

import email.utils
import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import exceptions as failures

from medthread.model.errors import SourceError
from medthread.stores.readers.record import decode
from medthread.stores.rest.door import Limits, Where

CONNECT, ANSWER = 10.0, 60.0  # seconds until a server that does not answer counts as away, and until it says something more
REDIRECTS = 5
LONGEST_PAUSE = 60.0  # seconds
BLOCK = 1 << 16
BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
REFUSED = frozenset((401, 403))
PORTS = {"http": 80, "https": 443}
RIGHT = range(200, 300)
MOVED = range(300, 400)


class Session(requests.Session):  # type: ignore[misc] # the library has no types
    """Every answer it gives is a whole page of JSON, kept in `page`."""

    def __init__(self, where: Where, limits: Limits) -> None:
        super().__init__()
        self._where, self._limits = where, limits
        self._until = time.monotonic() + limits.seconds
        self._left = limits.bytes
        self.max_redirects = REDIRECTS
        self.page: Any = None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send, patiently. Raises `SourceError`."""
        self._stay(request.url or "")
        kwargs |= {"stream": True, "timeout": (CONNECT, ANSWER), "verify": str(self._where.ca) if self._where.ca else True}
        said = ""
        for number in range(self._limits.tries):
            pause = min(self._limits.pause * 2**number, LONGEST_PAUSE)
            try:
                response = super().send(request, **kwargs)
                self._fill(response)
            except failures.SSLError as error:
                raise self._error(f"its certificate is not believed: {error}") from error
            except (failures.TooManyRedirects, failures.ContentDecodingError) as error:
                raise self._error(str(error)) from error
            except (failures.ConnectionError, failures.Timeout, failures.ChunkedEncodingError) as error:
                said = str(error)
            else:
                if response.status_code not in BUSY:
                    return self._taken(response)
                said = f"{response.status_code} {response.reason}"
                pause = min(_asked_to_wait(response, pause), LONGEST_PAUSE)
            if number + 1 < self._limits.tries:
                self._wait(pause)
        raise self._error(said)

    def get_redirect_target(self, response: requests.Response) -> str | None:
        """Where an answer sends us, unless that is another host: it would be given the token."""
        target: str | None = super().get_redirect_target(response)
        if target is not None:
            self._stay(urljoin(response.url, target))
        return target

    def _stay(self, url: str) -> None:
        if _origin(url) != _origin(self._where.url):
            raise self._error(f"it leads to another host, {urlsplit(url).scheme}://{urlsplit(url).netloc.rpartition('@')[2]}")

    def _wait(self, seconds: float) -> None:
        self._in_time(seconds)
        threading.Event().wait(seconds)

    def _in_time(self, ahead: float = 0.0) -> None:
        if time.monotonic() + ahead > self._until:
            raise self._error(f"it took longer than {self._limits.seconds:,.0f} seconds")

    def _fill(self, response: requests.Response) -> None:
        """Read the whole answer, as much as is allowed of it."""
        parts, size = [], 0
        with response:
            for block in response.iter_content(BLOCK):
                size += len(block)
                parts.append(block)
                self._in_time()
                if size > self._limits.page:
                    raise self._error(f"a page is larger than {self._limits.page:,} bytes")
        self._left -= size
        if self._left < 0:
            raise self._error(f"all pages are larger than {self._limits.bytes:,} bytes")
        response._content = b"".join(parts)  # noqa: SLF001 - what `content` gives, once it was read

    def _taken(self, response: requests.Response) -> requests.Response:
        if response.status_code in MOVED:
            return response
        if response.status_code in REFUSED:
            raise self._error(f"{response.status_code} {response.reason}", hint="does the secret still hold, and may it read this?")
        if response.status_code not in RIGHT:
            raise self._error(f"{response.status_code} {response.reason}")
        try:
            self.page = decode(response.content.decode("utf-8-sig"))
        except ValueError as error:
            raise self._error(f"a page is no JSON: {error}") from error
        return response

    def _error(self, said: str, *, hint: str = "is the address right, and does the interface work?") -> SourceError:
        return SourceError(f"{self._where.shown}: {said}", hint=hint)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def _asked_to_wait(response: requests.Response, otherwise: float) -> float:
    """Seconds of Retry-After, which may also be a moment (RFC 9110, 10.2.3)."""
    given = response.headers.get("Retry-After", "")
    if given.isdigit():
        return float(given)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return otherwise
