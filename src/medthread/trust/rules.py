"""Rules of an entity tried on one row that a person typed: the same conditions that the batch path scans with."""

from datetime import UTC
from typing import Any

import pyarrow as pa

from medthread.derive.checks import Check, declared_checks
from medthread.derive.columns import ARROW, DUCK
from medthread.model import Entity, Gate
from medthread.stores.engines import connect, quote


def broken_rules(entity: type[Entity], values: dict[str, Any]) -> list[Check]:
    """The declared checks that the values break and that would hold a row back.

    References of typed rows are free text until their target is native.
    """
    checks = [c for c in declared_checks(entity) if c.rule.gate is not Gate.WARN and c.rule.broken]
    if not checks:
        return []
    con = connect(memory="128MB", threads=1)
    columns = {f.name: pa.array([_bare(values.get(f.name))], ARROW[f.kind]) for f in entity.fields.values()}
    con.register("typed", pa.table(columns))
    typed = ", ".join(f"cast({quote(f.name)} as {DUCK[f.kind]}) as {quote(f.name)}" for f in entity.fields.values())
    tried = ", ".join(f"coalesce({c.rule.broken}, false)" for c in checks)
    found = con.execute(f"select {tried} from (select {typed} from typed)").fetchall()[0]
    con.close()
    return [c for c, broken in zip(checks, found, strict=True) if broken]


def _bare(value: Any) -> Any:
    """Moments of several zones are compared in one: UTC."""
    return value.astimezone(UTC).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
