"""Password checks take turns, and guesses from one address have a limit.

A check takes a processor and 64 MB for a tenth of a second (argon2id, RFC 9106). A flood of sign-ins may therefore
neither run all its checks at once, nor keep so many requests waiting that no thread is left for anybody else.
"""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from medthread.model.errors import TooManyError

WINDOW_SECONDS = 60.0
GUESSES_ALLOWED = 60  # wrong ones from one address within the window
ADDRESSES_KEPT = 10_000


class Turns:
    """A few at once, a few that wait briefly, and everybody else is told to come back."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self._seconds = seconds
        self._room, self._free = BoundedSemaphore(at_once + waiting), BoundedSemaphore(at_once)

    @contextmanager
    def take(self) -> Iterator[None]:
        """One's turn; refused with `TooManyError` where too many wait or the wait is too long."""
        if not self._room.acquire(blocking=False):
            raise _later(1)
        try:
            if not self._free.acquire(timeout=self._seconds):
                raise _later(1)
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room.release()


class Guesses:
    """Wrong guesses by the address that they came from, as far back as the window reaches.

    The machine's own address is not counted: behind a proxy on it, everybody has that address.
    """

    def __init__(self, *, allowed: int = GUESSES_ALLOWED) -> None:
        self._allowed = allowed
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def check(self, address: str) -> None:
        """Refuse an address with too many guesses, and say when to come back."""
        with self._lock:
            times = self._recent(address)
            if len(times) >= self._allowed:
                raise _later(int(times[0] + WINDOW_SECONDS - time.monotonic()) + 1)

    def count(self, address: str) -> None:
        """Remember a wrong guess."""
        if _is_own(address):
            return
        with self._lock:
            times = self._seen.setdefault(address, deque(maxlen=self._allowed))
            times.append(time.monotonic())
            self._seen.move_to_end(address)
            if len(self._seen) > ADDRESSES_KEPT:
                self._seen.popitem(last=False)

    def _recent(self, address: str) -> deque[float]:
        times = self._seen.get(address, deque())
        while times and times[0] < time.monotonic() - WINDOW_SECONDS:
            times.popleft()
        return times


def _is_own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _later(seconds: int) -> TooManyError:
    return TooManyError("too many ask to sign in at once", hint=f"try again in {seconds} s", seconds=seconds)
