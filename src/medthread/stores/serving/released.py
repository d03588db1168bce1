"""Queries over the release that readers see, its tables called by their names: what guards and reactions ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medthread.derive.columns import golden_columns
from medthread.model import Registry
from medthread.stores.serving.snapshot import LakeReader

TABLE = re.compile(r"\b(golden|marts)\.(\w+)")


@dataclass(frozen=True)
class Released:
    """A declared entity that the release does not have yet is an empty table."""

    reader: LakeReader
    registry: Registry

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows of a SELECT over `golden.<entity>` and `marts.<name>`, parameters written `$name`; none while nothing is published."""
        if not self.reader.published():
            return []
        snapshot = self.reader.current()
        named = {f"{schema}.{name}": self._columns(schema, name) for schema, name in TABLE.findall(sql)}
        return snapshot.named(sql, parameters, {t: snapshot.relation(t, columns) for t, columns in named.items()})

    def release(self) -> str | None:
        """Id of the release that readers see; none while nothing is published."""
        return self.reader.current().release.id if self.reader.published() else None

    def _columns(self, schema: str, name: str) -> list[tuple[str, str]]:
        if schema != "golden" or name not in self.registry:
            return []
        return [(c.name, c.duck) for c in golden_columns(self.registry[name], self.registry)]
