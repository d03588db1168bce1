"""The first page: what is published, how good it is, what waits for somebody."""

from typing import Any

from sqlalchemy import func, select

from medthread.api.identity import Given, Reader
from medthread.api.metrics import cards_of
from medthread.api.routes.metrics import asking_of
from medthread.api.routes.review import seen
from medthread.api.services import Services
from medthread.api.subjects import Subject
from medthread.governance.quality_index import quality_of
from medthread.governance.review import State, Wanted, desk
from medthread.model import Home, Label
from medthread.stores.lakehouse import Release
from medthread.stores.postgres.tables import load
from medthread.trust.access import Actor

router = Subject("home", "首页", "Home", owner="it", internal=True).router()


def pair(label: Label) -> dict[str, str]:
    """Both languages as JSON."""
    return {"zh": label.zh, "en": label.en}


@router.get("/home", summary="取首页的指标 · Get the figures of the home page")
def home(given: Given, actor: Reader) -> dict[str, Any]:
    """Figures of the current release.

    当前发布的各项数字。
    """
    release = given.releases.current()
    quality = quality_of(given.store, given.registry, given.rules, zone=given.workflow.calendar.zone)
    can = given.access.can(actor)
    return {
        "name": given.name,
        "release": {"id": release.id, "published_at": release.published_at} if release else None,
        "quality_index": quality["index"], "dimensions": quality["dimensions"],
        "kpis": _kpis(given, release, can=can) if release else [],
        "sources": source_figures(given),
        "attention": _attention(given, release, actor, can=can),
    }


@router.get("/home/metrics", summary="取首页的业务指标 · Get the metrics of the home page")
def metrics(given: Given, actor: Reader) -> dict[str, Any]:
    """Metrics that the first page shows: their last twelve months, beside the twelve before.

    首页展示的指标:最近十二个月的数值,与之前十二个月对比。
    """
    return {"items": cards_of(asking_of(given, actor)) if given.releases.current() else []}


def _kpis(given: Services, release: Release, *, can: frozenset[str]) -> list[dict[str, Any]]:
    rows = {name: t.rows for name, t in release.tables.items()}
    golden = [e for e in given.registry.values() if e.about.home is not Home.NATIVE]
    masters = [e for e in golden if e.about.match]
    records = sum(rows.get(f"golden.{e.name}_xref", 0) for e in masters)
    found = sum(rows.get(f"golden.{e.name}", 0) for e in masters)
    cards = [
        ("objects", Label("已发布对象", "Objects published"), sum(rows.get(f"golden.{e.name}", 0) for e in golden), "#/dictionary", "entities:read"),
        ("edges", Label("谱系关系", "Genealogy links"), rows.get("marts.genealogy", 0), "#/trace", "trace:read"),
        ("masters", Label("主数据黄金记录", "Golden master records"), found, "#/masters", "masters:read"),
        ("merged", Label("合并的重复记录", "Duplicates merged"), records - found, "#/masters", "masters:read"),
        ("quarantined", Label("隔离的行", "Rows held back"), rows.get("standard.quarantine", 0), "#/quarantine", "quarantine:read"),
        ("corrected", Label("自动更正", "Values corrected"), rows.get("standard.correction", 0), "#/corrections", "quarantine:read"),
    ]
    return [{"name": n, "label": pair(label), "value": v, "unit": None, "link": link if need in can else None} for n, label, v, link, need in cards]


def source_figures(given: Services) -> list[dict[str, Any]]:
    """Per source: files and rows, as the loads recorded them."""
    sums = [func.coalesce(func.sum(load.c[n]), 0).label(n) for n in ("rows_read", "rows_accepted", "rows_quarantined", "rows_corrected")]
    query = select(load.c.source, func.count().label("files"), *sums).where(load.c.status != "repeated").group_by(load.c.source)
    with given.store.transaction() as tx:
        found = {r.source: r._mapping for r in tx.execute(query).all()}  # noqa: SLF001 - SQLAlchemy's way to a row's columns
    names = ("files", "rows_read", "rows_accepted", "rows_quarantined", "rows_corrected")
    return [
        {"name": s.name, "label": {"zh": s.zh, "en": s.en}, **{n: int(found[s.name][n]) if s.name in found else 0 for n in names}}
        for s in given.sources
    ]


def _open_rows(given: Services, actor: Actor) -> int:
    """Held rows that nobody decided on, of those that the reader may see."""
    with given.store.transaction() as tx, desk(given.reader.current(), tx, seen=seen(given, actor)) as rows:
        return rows.counts(Wanted()).get(State.OPEN, 0)


def _attention(given: Services, release: Release | None, actor: Actor, *, can: frozenset[str]) -> list[dict[str, Any]]:
    with given.store.transaction() as tx:
        rejected = tx.execute(select(func.count()).where(load.c.status.in_(("rejected", "blocked")))).scalar_one()
    rows = {name: t.rows for name, t in release.tables.items()} if release else {}
    conflicts = sum(rows.get(f"golden.{e.name}_conflict", 0) for e in given.registry.at_home(Home.MASTER))
    lines = [
        (Label("被拒绝的文件", "Files rejected"), rejected, "#/sources?status=rejected", "entities:read"),
        (Label("主数据取值冲突", "Values in conflict among masters"), conflicts, "#/masters", "masters:read"),
        (Label("待处理的隔离行", "Held rows to look at"), _open_rows(given, actor) if release and "quarantine:read" in can else 0, "#/quarantine", "quarantine:read"),
    ]
    return [{"label": pair(label), "count": n, "link": link} for label, n, link, need in lines if n and need in can]
