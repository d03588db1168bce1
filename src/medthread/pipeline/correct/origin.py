"""What a row that came in by a correction was before: which file and row it was held in, who corrected it, what, and why."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from medthread.derive.columns import INDEX, MASKED
from medthread.stores.engines import literal, question
from medthread.stores.postgres.tables import load, row_decision
from medthread.stores.readers import CORRECTS
from medthread.trust.seal import is_sealed


@dataclass(frozen=True)
class CorrectedFrom:
    """Where a corrected row was held, and the decision; `columns` are the raw ones that got another value."""

    decision: str
    held: str
    load: str
    file: str
    row: int
    by: str
    at: datetime
    reason: str
    columns: tuple[str, ...]


def corrected_from(tx: Connection, load_id: str, row: int) -> CorrectedFrom | None:
    """Of a raw row by its load and number; nothing of one that a source sent, or whose file was destroyed."""
    path = tx.execute(select(load.c.raw_path).where(load.c.id == load_id, load.c.corrects.is_not(None))).scalar_one_or_none()
    if path is None or not Path(path).is_file():
        return None
    with question() as con:
        told = con.execute(f"select {CORRECTS} from read_parquet({literal(path)}, file_row_number=true) where file_row_number + 1 = ?", [row]).fetchall()
    if not told or told[0][0] is None:
        return None
    came = json.loads(told[0][0])
    decided = tx.execute(select(row_decision).where(row_decision.c.id == came["decision"])).one_or_none()
    if decided is None:
        return None
    return CorrectedFrom(
        decision=decided.id, held=came["held"], load=came["load"], file=came["file"], row=int(came["row"]), by=decided.decided_by, at=decided.at,
        reason=decided.reason, columns=tuple(c for c in decided.edits if not c.endswith((MASKED, INDEX))))


def correctors(tx: Connection, rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Who corrected raw rows, of those that came in by a correction, by their load and number; one file is read for each load."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for load_id, row in rows:
        wanted[load_id].add(row)
    paths = tx.execute(select(load.c.id, load.c.raw_path).where(load.c.id.in_(wanted), load.c.corrects.is_not(None))).all()
    decisions: dict[tuple[str, int], str] = {}
    for id_, path in paths:
        with question() as con:
            named = f"select file_row_number + 1 as n, json_extract_string({CORRECTS}, '$.decision') from read_parquet({literal(path)}, file_row_number=true)"
            told = con.execute(f"{named} where n in (select unnest(?))", [sorted(wanted[id_])]).fetchall() if Path(path).is_file() else []
        decisions |= {(id_, int(n)): str(decision) for n, decision in told}
    by = dict(tx.execute(select(row_decision.c.id, row_decision.c.decided_by).where(row_decision.c.id.in_(set(decisions.values())))).all()) if decisions else {}
    return {at: by[decision] for at, decision in decisions.items() if decision in by}


def taken_row(tx: Connection, load_id: str, held: str) -> int | None:
    """The number that a held row has in the load that it was taken in with."""
    path = tx.execute(select(load.c.raw_path).where(load.c.id == load_id)).scalar_one_or_none()
    if path is None or not Path(path).is_file():
        return None
    with question() as con:
        told = con.execute(
            f"select file_row_number + 1 from read_parquet({literal(path)}, file_row_number=true) where json_extract_string({CORRECTS}, '$.held') = ?", [held]).fetchall()
    return int(told[0][0]) if told else None


def changes_of(edits: str | None, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """New values, kept as JSON, with what stood there before; sealed ones by their mask."""
    values = json.loads(edits or "{}")
    shown = [c for c in values if not c.endswith((MASKED, INDEX))]
    return [{"column": c, "before": before.get(c), "after": masked(values, c)} for c in shown]


def shown_changes(edits: Mapping[str, Any], raw: str | None) -> list[tuple[str, str | None, str | None]]:
    """Column, text before and text after, from a raw row as it was held; sealed ones by their mask."""
    try:
        row = json.loads(raw or "{}")
    except ValueError:
        row = {}
    before = row if isinstance(row, dict) else {}
    return [(c, masked(before, c), masked(dict(edits), c)) for c in edits if not c.endswith((MASKED, INDEX))]


def masked(row: dict[str, Any], column: str) -> str | None:
    """A raw value as it may be shown."""
    value = row.get(column)
    return row.get(column + MASKED) or "***" if isinstance(value, str) and is_sealed(value) else value
