"""Where a broken rule comes from: the first asset upstream, along models and the tables that feed entities, that is broken too."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from medthread.pipeline.context import Context
from medthread.pipeline.judge.verdict import Verdict

Upstream = Callable[[str], Iterable[str]]


def upstream_of(context: Context) -> Upstream:
    """The assets that a table is made from: tables that a model reads, tables of sources that feed an entity."""
    reads = {m.table: m.reads for m in context.models}
    fed: dict[str, list[str]] = {}
    for source in context.sources:
        for name, table in source.tables.items():
            for feed in table.feeds:
                fed.setdefault(feed.entity, []).append(f"{source.name}.{name}")

    def above(asset: str) -> Iterable[str]:
        layer, _, name = asset.partition(".")
        return reads.get(asset, ()) if layer == "marts" else fed.get(name, ()) if layer in ("golden", "standard") else ()

    return above


def traced_to_causes(made: Iterable[Verdict], before: Iterable[Verdict], above: Upstream) -> list[Verdict]:
    """The verdicts with their causes: the farthest broken asset on the way up, else their own."""
    verdicts = list(made)
    asked = {(v.rule, v.asset) for v in verdicts}
    broken = {v.asset for v in [*verdicts, *(b for b in before if (b.rule, b.asset) not in asked)] if v.stops}
    return [replace(v, cause=_farthest(v.asset, broken, above)) for v in verdicts]


def _farthest(asset: str, broken: set[str], above: Upstream) -> str:
    found = asset
    for met in _up(asset, above):
        if met in broken:
            found = met
    return found


def _up(asset: str, above: Upstream) -> Iterator[str]:
    """What is upstream, nearest first, each once."""
    seen, waiting = {asset}, [asset]
    while waiting:
        for met in above(waiting.pop(0)):
            if met not in seen:
                seen.add(met)
                waiting.append(met)
                yield met
