"""The stage: each raw table of the batch in reference order, then one commit per table it feeds."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import select, update

from medthread.derive.checks import Check
from medthread.model.rule_file import Point, QualityRule
from medthread.pipeline.context import Context
from medthread.pipeline.ingest.newness import PATH, version_sql
from medthread.pipeline.ingest.stage import rejects_path
from medthread.pipeline.judge.verdict import Verdict, keep, said_by, state_of, version_of
from medthread.pipeline.standardise import outputs
from medthread.pipeline.standardise.codes import coded_sources
from medthread.pipeline.standardise.critical import know_standing
from medthread.pipeline.standardise.order import scans_in_order
from medthread.pipeline.standardise.scan import APPROVED, Scan
from medthread.pipeline.standardise.statement import statement, twins
from medthread.stores.engines import copy, file_list, job, literal, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of
from medthread.stores.postgres.tables import load
from medthread.stores.readers import CORRECTS, GONE, HASH, ROW

QUARANTINE, CORRECTION = "standard.quarantine", "standard.correction"
KEPT_ROWS = 300_000
NAMED_ROWS = 5  # of those that break a rule


@dataclass
class Made:
    """Files of this batch per target table, ready to commit."""

    files: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0


def standardise(context: Context, batch: str) -> int:
    """Bring the batch's raw loads into the standard layer; gives the rows written."""
    loads = _loads(context, batch)
    made = Made()
    scans = [s for s in scans_in_order(coded_sources(context), context.registry, corrects_from=context.corrects_from) if (s.source.name, s.table) in loads]
    for number, scan in enumerate(scans):
        context.progress("standardise", number, len(scans), f"{scan.source.name}.{scan.table}")
        if not scan.feeds:  # other tables look values up in it
            _taken_whole(context, loads[scan.source.name, scan.table])
            continue
        _table(context, batch, scan, loads[scan.source.name, scan.table], made)
    made.files[QUARANTINE] += [
        path for rows in loads.values() for row in rows if (path := rejects_path(context, row.id)).exists()
    ]
    for table, files in made.files.items():
        if not files:
            continue
        change = Change(table, tuple(files), key_of("standard", batch, table))
        made.rows += context.committer.commit(change).rows
    with context.store.transaction() as tx:
        tx.execute(update(load).where(load.c.batch == batch, load.c.status == "raw").values(status="accepted"))
    context.progress("standardise", len(scans), len(scans))
    return made.rows


def _loads(context: Context, batch: str) -> dict[tuple[str, str], list[Any]]:
    grouped: dict[tuple[str, str], list[Any]] = defaultdict(list)
    with context.store.transaction() as tx:
        query = select(load).where(load.c.batch == batch, load.c.status == "raw").order_by(load.c.file)
        for row in tx.execute(query).all():
            grouped[row.source, row.table].append(row)
    return grouped


def _table(context: Context, batch: str, scan: Scan, loads: list[Any], made: Made) -> None:
    name = f"{batch}-{scan.source.name}-{scan.table}"
    with job(memory=context.memory, threads=context.threads) as con:
        con.register(
            "loads",
            pa.table(
                {
                    "id": [r.id for r in loads],
                    "file": [r.file for r in loads],
                    "at": pa.array([r.at.replace(tzinfo=None) for r in loads], pa.timestamp("us")),
                }
            ),
        )
        raw_columns = _came(con, [r.raw_path for r in loads], scan)
        look_ups(context, con, scan)
        know_keys(context, con, scan, made)
        know_standing(context, con, scan, came="came_view")
        for seen_twice, sql in twins(scan, came="came_view").items():
            con.execute(f"create temp table {seen_twice} as {sql}")
        # A small table is tried once and kept; a large one is streamed again for each result, in bounded memory.
        kept = "table" if sum(r.rows_read or 0 for r in loads) <= KEPT_ROWS else "view"
        con.execute(f"create temp {kept} tried as {statement(scan, came='came_view')}")
        con.execute(f"create temp view held_view as select *, {outputs.held(scan)} as _held from tried")
        con.execute(f"create temp table aside as {outputs.aside(scan, of='held_view')}")
        for feed in scan.feeds:
            target = f"standard.{feed.entity.name}"
            out = context.committer.place(target, f"{name}-{feed.number}")
            _keep(made, target, copy(con, outputs.accepted(scan, feed, of="held_view"), out))
        held = outputs.quarantined(scan, of="aside", raw_columns=raw_columns)
        _keep(made, QUARANTINE, copy(con, held, context.committer.place(QUARANTINE, name)))
        mended = outputs.corrected(scan, of="aside")
        if mended:
            out = context.committer.place(CORRECTION, name)
            _keep(made, CORRECTION, copy(con, " union all ".join(mended), out))
        _count(context, con, batch, scan)


def _taken_whole(context: Context, loads: list[Any]) -> None:
    with context.store.transaction() as tx:
        chosen = update(load).where(load.c.id.in_([r.id for r in loads]))
        tx.execute(chosen.values(rows_quarantined=load.c.rejects, rows_accepted=load.c.rows_read - load.c.rejects))


def _keep(made: Made, table: str, output: Any) -> None:
    if output.rows:
        made.files[table].append(output.path)
    else:
        output.path.unlink()


def _came(con: Any, paths: list[str], scan: Scan) -> list[str]:
    """The raw rows with load, file, row and time; columns that no file of the batch has are null."""
    files = file_list(paths)
    read = f"read_parquet({files}, union_by_name=true, filename='{PATH}', file_row_number=true)"
    described = [r[0] for r in con.execute(f"describe select * from {read}").fetchall()]
    raw_columns = [c for c in described if c not in (PATH, "file_row_number", ROW, HASH, GONE, CORRECTS)]
    missing = sorted(c for c in scan.mapping.mapped if c not in raw_columns)
    row = f"coalesce({ROW}, file_row_number + 1)" if ROW in described else "file_row_number + 1"
    gone = f"coalesce({GONE}, false)" if GONE in described else "false"
    approved = f"coalesce(json_extract_string({CORRECTS}, '$.kind') = 'approved', false)" if CORRECTS in described else "false"
    changed_at = scan.mapping.changed_at
    version = version_sql(f"r.{quote(changed_at)}") if changed_at and changed_at in raw_columns else "cast(null as bigint)"
    nulls = "".join(f", cast(null as varchar) as {quote(c)}" for c in missing)
    columns = ", ".join(f"r.{quote(c)}" for c in raw_columns)
    con.execute(
        f"create temp view came_view as select {columns}{nulls}, l.id as _load, l.file as _file,"
        f" l.at as _recorded_at, {row} as _row, {version} as _version, {gone} as {GONE}, {approved} as {APPROVED}"
        f" from {read} r join loads l on l.id = parse_filename(r.{PATH}, true)"
    )
    return raw_columns


def look_ups(context: Context, con: Any, scan: Scan) -> None:
    """Other raw tables of the source that a mapping takes values from, as they stand."""
    wanted = {m.lookup.table for feed in scan.feeds for m in feed.mapping.fields.values() if m.lookup}
    for table in wanted:
        files = context.committer.files(f"raw.{scan.source.name}_{table}")  # oldest first
        con.register(f"order.{table}", pa.table({PATH: pa.array(files, pa.string()), "_nth": pa.array(range(len(files)), pa.int64())}))
        con.execute(
            f"create temp view {quote('lookup.' + table)} as select * from read_parquet({file_list(files)}, union_by_name=true, filename='{PATH}')"
            f" join {quote('order.' + table)} using ({PATH})"
        )


def know_keys(context: Context, con: Any, scan: Scan, made: Made) -> None:
    """Keys of referenced objects: accepted ones, and held ones too, for a held object is not an unknown one."""
    for entity in scan.references():
        target = f"standard.{entity}"
        files = context.committer.files(target) + [str(p) for p in made.files.get(target, [])]
        aside = context.committer.files(QUARANTINE) + [str(p) for p in made.files.get(QUARANTINE, [])]
        parts = []
        if files:
            parts.append(f"select _key as k from read_parquet({file_list(files)}, union_by_name=true)")
        if aside:
            parts.append(
                f"select substr(n, {len(entity) + 2}) as k from (select unnest(names) as n"
                f" from read_parquet({file_list(aside)}, union_by_name=true))"
                f" where n like {literal(entity + ':%')}"
            )
        union = " union ".join(parts) or "select cast(null as varchar) as k where false"
        con.execute(
            f"create temp table {quote('keys.' + entity)} as select distinct k from ({union}) where k is not null"
        )


def _rows(con: Any, sql: str) -> list[dict[str, Any]]:
    answer = con.execute(sql)
    names = [d[0] for d in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _count(context: Context, con: Any, batch: str, scan: Scan) -> None:
    nothing = {"held": 0, "mended": 0, **{f"x{i}": 0 for i in range(len(scan.tried))}}
    broken_by_load = {row["_load"]: row for row in _rows(con, outputs.counts(scan, of="aside"))}
    loads = [nothing | broken_by_load.get(row["_load"], {}) | row for row in _rows(con, outputs.totals(scan, of="came_view"))]
    verdicts = _verdicts(context, con, batch, scan, loads)
    with context.store.transaction() as tx:
        keep(tx, verdicts)
        for row in loads:
            told = {
                "rows_read": row["n"] + load.c.rejects, "rows_quarantined": row["held"] + load.c.rejects,
                "rows_accepted": row["n"] - row["held"], "rows_corrected": row["mended"],
            }
            tx.execute(update(load).where(load.c.id == row["_load"]).values(**told))


def _verdicts(context: Context, con: Any, batch: str, scan: Scan, loads: list[dict[str, Any]]) -> list[Verdict]:
    """Of every rule of the table; one that is tried in two feeds of the table counts once."""
    named = {r["rule"]: tuple(r["names"]) for r in _rows(con, outputs.samples(scan, of="aside", most=NAMED_ROWS))}
    own = {r.name: r for r in context.rules if r.at is Point.INTAKE}
    counted: dict[str, list[int]] = {}
    for i, t in enumerate(scan.tried):
        broken = sum(row[f"x{i}"] for row in loads)
        sums = counted.setdefault(t.check.id, [0, 0, 0])
        for place, n in enumerate((sum(row[f"n{t.feed}"] for row in loads), broken, broken if t.mends else 0)):
            sums[place] += n
    checks = {t.check.id: t.check for t in scan.tried}
    return [
        Verdict(
            round=batch, asset=f"{scan.source.name}.{scan.table}", rule=id_, version=version_of(checks[id_], tolerance=_tolerance(context, own, checks[id_])), point=Point.INTAKE,
            state=state_of(checked, broken - corrected, _tolerance(context, own, checks[id_])), source=scan.source.name, entity=checks[id_].entity,
            field=checks[id_].field, checked=checked, broken=broken, corrected=corrected, sample=named.get(id_, ()), cause=f"{scan.source.name}.{scan.table}",
            **(said_by(own[name]) if (name := checks[id_].rule.name.removesuffix("_mended")) in own else {}),
        )
        for id_, (checked, broken, corrected) in counted.items()
    ]


def _tolerance(context: Context, own: dict[str, QualityRule], check: Check) -> float:
    if check.rule.name in own:
        return own[check.rule.name].tolerance
    borne = context.registry.borne(check.id)
    return borne.tolerance if borne else 0.0
