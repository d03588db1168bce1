"""Rows held back, with every rule they broke and the raw row; values that were corrected."""

import csv
import io
import json
from collections.abc import Generator
from typing import Annotated, Any

from fastapi import Query

from medthread.api.answers import Streamed
from medthread.api.cells import safe_cell
from medthread.api.held_rows import WITHHELD_ROW, checks_by_id, kept_back, shown_raw, shown_rule
from medthread.api.identity import Given, QuarantineReader
from medthread.api.lake_list import equals, lake_page
from medthread.api.media import CSV, text_as
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.derive.checks import Check
from medthread.derive.view import masked_fields
from medthread.trust.access import Actor, sources_seen

router = Subject("quarantine", "隔离区", "Quarantine", owner="it").router()
QUARANTINE, CORRECTION = "standard.quarantine", "standard.correction"
HELD = (
    ("id", "varchar"), ("entity", "varchar"), ("source", "varchar"), ("table", "varchar"), ("file", "varchar"), ("row", "bigint"),
    ("load", "varchar"), ("key", "varchar"), ("rules", "varchar[]"), ("raw", "varchar"), ("at", "timestamp"),
)
MENDED = (
    ("id", "varchar"), ("entity", "varchar"), ("field", "varchar"), ("rule", "varchar"), ("before", "varchar"), ("after", "varchar"),
    ("version", "varchar"), ("confidence", "double"),
    ("source", "varchar"), ("table", "varchar"), ("file", "varchar"), ("row", "bigint"), ("load", "varchar"), ("key", "varchar"),
    ("at", "timestamp"),
)
Limit = Annotated[int, Query(ge=1, le=500)]
Text = Annotated[str | None, Query(max_length=300)]


def _seen(given: Services, actor: Actor, wanted: dict[str, str | None], rule: str | None = None) -> tuple[list[str], list[Any]]:
    """Conditions for what was asked for, among the sources that this reader may see."""
    where, parameters = equals(wanted)
    sources = sorted(sources_seen(actor, given.sources))
    where.append("source in (select unnest(?))")
    if rule:
        where.append("list_contains(rules, ?)")
    return where, [*parameters, sources, *([rule] if rule else [])]


@router.get("/quarantine", summary="列出被隔离的行 · List rows held back")
def held(
    given: Given, actor: QuarantineReader, entity: Text = None, source: Text = None, rule: Text = None, load: Text = None,
    limit: Limit = 50, after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """One page of held rows.

    被隔离的行,一页。
    """
    where, parameters = _seen(given, actor, {"entity": entity, "source": source, "load": load}, rule)
    page = lake_page(given, QUARANTINE, HELD, where=where, parameters=parameters, limit=limit, after=after)
    known, kept = checks_by_id(given), kept_back(given, actor)
    page["items"] = [
        {**r, "rules": [shown_rule(i, known) for i in dict.fromkeys(r["rules"])], "raw": WITHHELD_ROW if (r["entity"], r["source"]) in kept else shown_raw(r["raw"])} for r in page["items"]
    ]
    return page


@router.get("/quarantine/summary", summary="按规则汇总被隔离的行 · Count rows held back, by rule")
def summary(given: Given, actor: QuarantineReader) -> dict[str, Any]:
    """How many rows each rule holds.

    每条规则隔离了多少行。
    """
    snapshot = given.reader.current()
    where, parameters = _seen(given, actor, {})
    rows = snapshot.query(
        "select rule, entity, count(*) as count from (select entity, unnest(list_distinct(rules)) as rule"
        f" from {snapshot.relation(QUARANTINE, HELD)} where {' and '.join(where)}) group by all order by count desc, rule, entity", parameters
    )
    known = checks_by_id(given)
    return {"items": [
        {**shown_rule(r["rule"], known), "rule": r["rule"], "entity": r["entity"], "count": r["count"],
         "gate": known[r["rule"]].rule.gate.value if r["rule"] in known else "quarantine"}
        for r in rows
    ]}


@router.get("/quarantine.csv", summary="导出被隔离的行 · Export rows held back", **text_as(CSV))
def export(given: Given, actor: QuarantineReader, entity: Text = None, source: Text = None, rule: Text = None) -> Streamed:
    """All held rows of a filter, to hand to the owner of the source.

    符合条件的全部隔离行,供交给来源的责任人。
    """
    where, parameters = _seen(given, actor, {"entity": entity, "source": source}, rule)
    snapshot = given.reader.current()
    sql = (
        f'select source, "table", file, "row", entity, key, array_to_string(rules, \' \') as rules, raw'
        f" from {snapshot.relation(QUARANTINE, HELD)} where {' and '.join(where) or 'true'} order by source, file, \"row\""
    )

    kept = kept_back(given, actor)

    def lines() -> Generator[bytes]:
        text = io.StringIO("\ufeff")
        text.read()
        csv.writer(text).writerow(["source", "table", "file", "row", "entity", "key", "rules", "raw"])
        yield text.getvalue().encode()
        for _names, rows in snapshot.stream(sql, parameters):
            text = io.StringIO()
            csv.writer(text).writerows(
                [*(safe_cell(v) for v in r[:-1]), json.dumps(WITHHELD_ROW if (r[4], r[0]) in kept else shown_raw(r[-1]), ensure_ascii=False)] for r in rows
            )
            yield text.getvalue().encode()

    return Streamed(lines(), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="quarantine.csv"'})


@router.get("/corrections", summary="列出自动更正的取值 · List values that were corrected")
def corrections(
    given: Given, actor: QuarantineReader, entity: Text = None, source: Text = None, rule: Text = None,
    limit: Limit = 50, after: Annotated[str | None, Query(max_length=2000)] = None,
) -> dict[str, Any]:
    """One page of corrected values, before and after.

    自动更正的取值,更正前后各一,一页。
    """
    where, parameters = _seen(given, actor, {"entity": entity, "source": source, "rule": rule})
    page = lake_page(given, CORRECTION, MENDED, where=where, parameters=parameters, limit=limit, after=after)
    known = checks_by_id(given)
    kept = kept_back(given, actor)
    page["items"] = [_shown(given, actor, r, known, withheld=(r["entity"], r["source"]) in kept) for r in page["items"]]
    return page


def _shown(given: Services, actor: Actor, row: dict[str, Any], known: dict[str, Check], *, withheld: bool) -> dict[str, Any]:
    entity = given.registry[row["entity"]]
    hidden = withheld or row["field"] in masked_fields(entity, actor.clearance)
    field = entity.fields[row["field"]].label
    values = {"before": "***", "after": "***"} if hidden else {}
    return {**row, "rule": shown_rule(row["rule"], known), "field_label": {"zh": field.zh, "en": field.en}, **values}
