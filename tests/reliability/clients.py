"""Clients of the API that write without end and keep their own account of what was acknowledged."""

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from typing import Any, Self

PATIENCE = 60.0  # seconds without an answer after which a client gives up
PAUSE = 0.05


class Clients:
    """Each opens records and does an act on every other one, each request under a key of its own.

    What gets no answer, or hears that the database is away, is sent again under the same key until it is answered: an
    act may have been done though nobody said so, and is not done again.
    """

    def __init__(self, port: int, secret: str, *, count: int) -> None:
        self._port, self._stop = port, threading.Event()
        self._head = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self.opened: list[str] = []
        self.expired: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.unanswered = 0
        self.longest = 0.0
        self.failed: list[str] = []
        self._threads = [threading.Thread(target=self._live) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    @property
    def answered(self) -> int:
        """How many requests were acknowledged."""
        return len(self.opened) + len(self.expired)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let each get the answer that it waits for."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _live(self) -> None:
        try:
            while not self._stop.is_set():
                values = {"source": "GMP", "edition": "2025", "clause": "46", "record_ref": uuid.uuid4().hex}
                record = self._ask("/api/v1/entities/evidence_link", values)["item"]["_id"]
                self.opened.append(record)
                if len(self.opened) % 2:
                    self._ask(f"/api/v1/entities/evidence_link/{record}/acts/expire", {"reason": "it is old"}, version='"1"')
                    self.expired.append(record)
        except AssertionError as error:
            self.failed.append(str(error))

    def _ask(self, path: str, body: Any, *, version: str | None = None) -> Any:
        head = {**self._head, "Idempotency-Key": uuid.uuid4().hex, **({"If-Match": version} if version else {})}
        began = time.monotonic()
        while time.monotonic() < began + PATIENCE:
            answer = self._once(path, json.dumps(body), head)
            if answer is not None:
                self.longest = max(self.longest, time.monotonic() - began)
                return answer
            time.sleep(PAUSE)
        raise AssertionError(f"{path}: no answer for {PATIENCE} s; {self.statuses}")

    def _once(self, path: str, body: str, head: dict[str, str]) -> Any:
        """The answer, or nothing where it should be sent again."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            line.request("POST", path, body, head)
            got = line.getresponse()
            said = got.read()
        except (OSError, http.client.HTTPException):
            self.unanswered += 1
            return None
        finally:
            line.close()
        self.statuses[got.status] += 1
        if got.status == 503:
            return None
        assert got.status in (200, 201), f"{path}: {got.status} {said.decode(errors='replace')}"
        return json.loads(said)
