"""What reactions ask of a release, over a real one; nothing can be written through it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from medthread.app import Installation
from medthread.model.events import Row
from medthread.stores.serving import LakeReader, Released
from medthread.trace import Tracer


class Asking:
    """The reading half of `Work`."""

    by, now = "test", datetime(2024, 12, 31, tzinfo=UTC)

    def __init__(self, installation: Installation, reader: LakeReader) -> None:
        self._tracer: Tracer = installation.tracer(reader)
        self._released = Released(reader, installation.registry)

    def walk(self, *lots: tuple[str, str], direction: str) -> list[tuple[str, str]]:
        return self._tracer.lots(lots, direction=direction)

    def released(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        return self._released.rows(sql, parameters or {})

    def release(self) -> str | None:
        return self._released.release()

    def question(self, item: str, lot: str) -> dict[str, Any]:
        return self._tracer.question(item=item, lot=lot, direction="down", limit=0)
