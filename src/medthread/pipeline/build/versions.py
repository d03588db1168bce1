"""Texts of models in force: each version kept with who put it there, when, and what kind of change it was.

A version comes into force in the moment in which the tables made of it take their places, never before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from medthread.pipeline.build.model import Model
from medthread.stores.postgres.tables import model_version


@dataclass(frozen=True)
class Version:
    """A text and its time in force; `retired` where the model was taken away."""

    name: str
    version: int
    text: str
    origin: str
    verdict: str
    retired: bool
    applied_by: str
    applied_at: datetime
    reason: str | None


def in_force(tx: Connection) -> dict[str, Version]:
    """Of every model the newest version, but those taken away."""
    newest = select(model_version).ext(distinct_on(model_version.c.name)).order_by(model_version.c.name, model_version.c.version.desc())
    found = (Version(**r._mapping) for r in tx.execute(newest))  # noqa: SLF001 - SQLAlchemy's way
    return {v.name: v for v in found if not v.retired}


def history(tx: Connection, name: str) -> list[Version]:
    """All versions of a model, newest first."""
    query = select(model_version).where(model_version.c.name == name).order_by(model_version.c.version.desc())
    return [Version(**r._mapping) for r in tx.execute(query)]  # noqa: SLF001 - SQLAlchemy's way


def put_in_force(tx: Connection, models: Iterable[Model], *, verdicts: Mapping[str, str], by: str, reason: str | None) -> list[str]:
    """Write down the texts that differ from those in force, and what is gone; gives the names."""
    declared = {m.name: m for m in models}
    newest = select(model_version).ext(distinct_on(model_version.c.name)).order_by(model_version.c.name, model_version.c.version.desc())
    before = {r.name: r for r in tx.execute(newest)}
    changed = [m for m in declared.values() if m.name not in before or before[m.name].retired or before[m.name].text != m.text]
    gone = [r for r in before.values() if not r.retired and r.name not in declared]
    rows = [
        {"name": m.name, "version": before[m.name].version + 1 if m.name in before else 1, "text": m.text, "origin": m.origin,
         "verdict": verdicts.get(m.name, ""), "retired": False, "applied_by": by, "reason": reason}
        for m in changed
    ]
    rows += [
        {"name": r.name, "version": r.version + 1, "text": r.text, "origin": r.origin,
         "verdict": verdicts.get(r.name, ""), "retired": True, "applied_by": by, "reason": reason}
        for r in gone
    ]
    if rows:
        tx.execute(insert(model_version), rows)
    return sorted([m.name for m in changed] + [r.name for r in gone])
