"""The stage: each master matched again when its records, its model or the trust in a source changed."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from medthread.derive.columns import NEWEST_FIRST
from medthread.model import Entity, Home
from medthread.pipeline.context import Context
from medthread.pipeline.match.cluster import Clusters, cluster
from medthread.pipeline.match.comparisons import BY_KIND
from medthread.pipeline.match.features import VERSION, features_of
from medthread.pipeline.match.identity import Identities, assign
from medthread.pipeline.match.score import score
from medthread.pipeline.match.survive import cells, conflicts, golden
from medthread.pipeline.standard_rows import rows_of
from medthread.stores.engines import copy, file_list, job, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

CODE_REVISION = f"match-{VERSION}-2"


def match_masters(context: Context) -> int:
    """Bring every matched master up to date; gives the rows written."""
    masters = [e for e in context.registry.at_home(Home.MASTER) if e.about.match]
    written = 0
    heads = context.committer.heads()
    for number, entity in enumerate(masters):
        context.progress("match", number, len(masters), entity.name)
        head = heads.get(f"standard.{entity.name}")
        if head is not None:
            written += _match(context, entity, head)
    context.progress("match", len(masters), len(masters))
    return written


def _match(context: Context, entity: type[Entity], head: int) -> int:
    trust = {s.name: s.trust for s in context.sources}
    fingerprint = key_of("match", CODE_REVISION, entity.name, str(asdict(entity.about.match)), str(head), str(sorted(trust.items())))  # type: ignore[arg-type]
    # The crosswalk is committed last: with its fingerprint there, all the others are.
    if context.committer.fingerprint(f"golden.{entity.name}_xref") == fingerprint:
        return 0
    with job(memory=context.memory, threads=context.threads) as con:
        _records(context, con, entity, trust)
        before = _before(context, con, entity)
        clusters, edges = _cluster(con, entity)
        identities = assign(clusters.members(), before, prefix=_prefix(entity))
        _members(con, clusters, identities, edges)
        return _commit(context, con, fingerprint, _tables(con, entity, context, identities))


def _prefix(entity: type[Entity]) -> str:
    assert entity.about.match is not None  # noqa: S101 - only matched masters come here
    return entity.about.match.prefix


def _records(context: Context, con: Any, entity: type[Entity], trust: dict[str, int]) -> None:
    """The newest version of each record, named by scheme and code."""
    rows = rows_of(context.committer.files(f"standard.{entity.name}"))
    con.register("trusts", pa.table({"name": list(trust), "trust": pa.array(trust.values(), pa.int64())}))
    con.execute(
        "create temp table record as select s.*, s._key as record_id, coalesce(t.trust, 0) as trust"
        f" from ({rows}) s left join trusts t on t.name = s._source"
        f" qualify row_number() over (partition by s._key order by {NEWEST_FIRST}) = 1"
    )


def _before(context: Context, con: Any, entity: type[Entity]) -> dict[str, str]:
    files = context.committer.files(f"golden.{entity.name}_xref")
    if not files:
        return {}
    return dict(con.execute(f"select record_id, golden_id from read_parquet({file_list(files)})").fetchall())


def _cluster(con: Any, entity: type[Entity]) -> tuple[Clusters, pa.Table]:
    model = entity.about.match
    assert model is not None  # noqa: S101 - only matched masters come here
    sure = f"case when {model.valid.format(column=quote(model.unique))} then {quote(model.unique)} end" if model.unique else "null"
    records = con.sql(f"select *, cast({sure} as varchar) as _sure from record order by record_id").to_arrow_table().to_pydict()
    features = features_of(model, records)
    comparisons = BY_KIND[model.kind]
    edges = score(con, features, comparisons, least=model.auto)
    rows = features.select(["rid", *comparisons.apart]).to_pylist()
    tokens = {r["rid"]: {ns: r[ns] for ns in comparisons.apart if r[ns]} for r in rows}
    con.execute("create temp table poor as select rid, poor from features")
    pairs: Iterable[tuple[Any, Any, Any]] = zip(edges["a"].to_pylist(), edges["b"].to_pylist(), edges["score"].to_pylist(), strict=True)
    return cluster(tokens, pairs), edges


def _members(con: Any, clusters: Clusters, identities: Identities, edges: pa.Table) -> None:
    """`member`: each record with its golden id, and its strongest edge inside the cluster."""
    records = sorted(clusters.of)
    con.register("assigned", pa.table({"rid": records, "golden_id": [identities.of[clusters.of[r]] for r in records]}))
    con.register("edges", edges)
    con.execute(
        "create temp table member as select r.*, a.golden_id, p.poor from record r"
        " join assigned a on a.rid = r.record_id join poor p on p.rid = r.record_id"
    )
    con.execute(
        "create temp table inside as select e.*, x.golden_id from edges e join assigned x on x.rid = e.a"
        " join assigned y on y.rid = e.b where x.golden_id = y.golden_id"
    )


def _tables(con: Any, entity: type[Entity], context: Context, identities: Identities) -> dict[str, str]:
    """SELECT per table; the crosswalk last."""
    retired = pa.table({
        "golden_id": pa.array(identities.merged_into.keys(), pa.string()),
        "merged_into": pa.array(identities.merged_into.values(), pa.string()),
    })
    con.register("gone", retired)
    earlier = context.committer.files(f"golden.{entity.name}_retired")
    kept = f" union select golden_id, merged_into from read_parquet({file_list(earlier)})" if earlier else ""
    best = (
        "select rid, max_by(score, score) as score, max_by(tier, score) as tier from"
        " (select a as rid, score, tier from inside union all select b, score, tier from inside) group by rid"
    )
    return {
        entity.name: golden(entity, context.registry),
        f"{entity.name}_cell": cells(entity),
        f"{entity.name}_conflict": conflicts(entity),
        f"{entity.name}_edge": "select golden_id, a, b, tier, score, parts from inside order by golden_id, score desc",
        f"{entity.name}_retired": f"select golden_id, merged_into from gone{kept} order by 1, 2",
        f"{entity.name}_xref": (
            "select m.record_id, m.golden_id, m._source as source, m._scheme as scheme, substr(m._key, length(m._scheme) + 2) as source_key,"
            " b.score, coalesce(b.tier, 'alone') as tier from member m"
            f" left join ({best}) b on b.rid = m.record_id order by m.record_id"
        ),
    }


def _commit(context: Context, con: Any, fingerprint: str, tables: dict[str, str]) -> int:
    written = 0
    for name, sql in tables.items():
        target = f"golden.{name}"
        key = key_of("match", target, fingerprint, str(context.committer.heads().get(target)))
        out = context.committer.place(target, key)
        copy(con, sql, out)
        written += context.committer.commit(Change(target, (out,), key, mode="replace", fingerprint=fingerprint)).rows
    return written
