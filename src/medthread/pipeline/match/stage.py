"""The stage: each master matched again when its records, its model or the trust in a source changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

import pyarrow as pa

from medthread.derive.columns import NEWEST_FIRST
from medthread.model import Entity, Home
from medthread.pipeline.context import Context
from medthread.pipeline.match import crosswalk
from medthread.pipeline.match.cluster import Clusters, cluster
from medthread.pipeline.match.comparisons import BY_KIND
from medthread.pipeline.match.decisions import MERGE, Decisions
from medthread.pipeline.match.features import VERSION, features_of
from medthread.pipeline.match.identity import Identities, assign
from medthread.pipeline.match.score import score
from medthread.pipeline.match.survive import cells, conflicts, golden, standing
from medthread.pipeline.standard_rows import rows_of
from medthread.stores.engines import copy, file_list, job, literal, quote
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

CODE_REVISION = f"match-{VERSION}-3"


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
    with context.store.transaction() as tx:
        decisions = Decisions.in_force(tx, entity.name)
    fingerprint = key_of(
        "match", CODE_REVISION, entity.name, str(asdict(entity.about.match)), str(head), str(sorted(trust.items())), decisions.fingerprint,  # type: ignore[arg-type]
    )
    # The crosswalk is committed last: with its fingerprint there, all the others are.
    if context.committer.fingerprint(f"golden.{entity.name}_xref") == fingerprint:
        return 0
    with job(memory=context.memory, threads=context.threads) as con:
        _records(context, con, entity, trust)
        before = _before(context, con, entity)
        clusters = _cluster(con, entity, decisions)
        former = _former(context, con, entity)
        identities = assign(clusters.members(), before, prefix=_prefix(entity), former=former)
        _members(con, clusters, identities, decisions)
        return _commit(context, con, fingerprint, _tables(con, entity, context, identities, decisions))


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
    """The golden id that each record had; `before` in SQL."""
    files = context.committer.files(f"golden.{entity.name}_xref")
    kept = f"select record_id, golden_id from read_parquet({file_list(files)})" if files else "select '' as record_id, '' as golden_id where false"
    con.execute(f"create temp table before as {kept}")
    return dict(con.execute("select record_id, golden_id from before").fetchall())


def _former(context: Context, con: Any, entity: type[Entity]) -> list[tuple[str, str]]:
    """Ids that records had earlier, the last one first."""
    files = context.committer.files(f"golden.{entity.name}_former")
    if not files:
        return []
    found: list[tuple[str, str]] = con.execute(f"select record_id, golden_id from read_parquet({file_list(files)}) order by until desc, record_id").fetchall()
    return found


def _cluster(con: Any, entity: type[Entity], decisions: Decisions) -> Clusters:
    """Clusters of the records; beside them `edges`, and the edges that were refused."""
    model = entity.about.match
    assert model is not None  # noqa: S101 - only matched masters come here
    sure = f"case when {model.valid.format(column=quote(model.unique))} then {quote(model.unique)} end" if model.unique else "null"
    records = con.sql(f"select *, cast({sure} as varchar) as _sure from record order by record_id").to_arrow_table().to_pydict()
    features = features_of(model, records)
    comparisons = BY_KIND[model.kind]
    edges = score(con, features, comparisons, least=min(model.auto, model.review))
    con.register("edges", edges)
    rows = features.select(["rid", *comparisons.apart]).to_pylist()
    tokens = {r["rid"]: {ns: r[ns] for ns in comparisons.apart if r[ns]} for r in rows}
    con.register("token", _token_table(tokens))
    con.execute("create temp table poor as select rid, poor from features")
    strong = con.execute("select a, b, score from edges where score >= ?", [model.auto]).fetchall()
    clusters = cluster(decisions.applied(tokens), strong, bound=decisions.links())
    con.register("refused", _pairs(clusters.refused))
    return clusters


def _token_table(tokens: Mapping[str, Mapping[str, str]]) -> pa.Table:
    said = [(record, ns, value) for record, of in tokens.items() for ns, value in of.items()]
    return pa.table({name: pa.array([t[n] for t in said], pa.string()) for n, name in enumerate(("record_id", "ns", "value"))})


def _pairs(refused: Sequence[tuple[str, str, str]]) -> pa.Table:
    return pa.table({name: pa.array([t[n] for t in refused], pa.string()) for n, name in enumerate(("a", "b", "against"))})


def _members(con: Any, clusters: Clusters, identities: Identities, decisions: Decisions) -> None:
    """`assigned`: golden id of each record; `member`: the records with it; what stewards said of them."""
    records = sorted(clusters.of)
    con.register("assigned", pa.table({"rid": records, "golden_id": [identities.of[clusters.of[r]] for r in records]}))
    con.execute(
        "create temp table member as select r.*, a.golden_id, p.poor from record r"
        " join assigned a on a.rid = r.record_id join poor p on p.rid = r.record_id"
    )
    sides = list(decisions.apart())
    con.register("side", pa.table({
        "decision": pa.array([d for d, _, _ in sides], pa.int64()), "side": pa.array([s for _, s, _ in sides], pa.int64()),
        "rid": pa.array([r for _, _, r in sides], pa.string()),
    }))
    con.register("linked", pa.table({"rid": pa.array([r for m in decisions.of(MERGE) for r in m.records], pa.string())}))


def _tables(con: Any, entity: type[Entity], context: Context, identities: Identities, decisions: Decisions) -> dict[str, str]:
    """SELECT per table; the crosswalk last."""
    model = entity.about.match
    assert model is not None  # noqa: S101 - only matched masters come here
    con.register("gone", pa.table({
        "golden_id": pa.array(identities.merged_into.keys(), pa.string()),
        "merged_into": pa.array(identities.merged_into.values(), pa.string()),
    }))
    stand = standing(con, entity, decisions)
    files, name = context.committer.files, f"golden.{entity.name}"
    return {
        entity.name: golden(entity, context.registry, standing=stand),
        f"{entity.name}_cell": cells(entity, standing=stand),
        f"{entity.name}_conflict": conflicts(entity),
        f"{entity.name}_edge": crosswalk.EDGES,
        f"{entity.name}_token": "select record_id, ns, value from token order by 1, 2",
        f"{entity.name}_review": crosswalk.REVIEW.format(auto=model.auto),
        f"{entity.name}_retired": crosswalk.retired(files(f"{name}_retired")),
        f"{entity.name}_former": crosswalk.former(files(f"{name}_former"), until=_until(decisions)),
        f"{entity.name}_xref": crosswalk.XREF.format(auto=model.auto),
    }


def _until(decisions: Decisions) -> str:
    """SQL of the moment that this matching is of: of the newest record or word, so that a run repeated after a kill says the same."""
    said = decisions.last
    last = literal(said.astimezone(UTC).replace(tzinfo=None).isoformat()) if said else "null"
    return f"greatest((select max(_recorded_at) from record), cast({last} as timestamp))"


def _commit(context: Context, con: Any, fingerprint: str, tables: dict[str, str]) -> int:
    written = 0
    for name, sql in tables.items():
        target = f"golden.{name}"
        key = key_of("match", target, fingerprint, str(context.committer.heads().get(target)))
        out = context.committer.place(target, key)
        copy(con, sql, out)
        written += context.committer.commit(Change(target, (out,), key, mode="replace", fingerprint=fingerprint)).rows
    return written
