"""The stage: each master matched again when its records, its model or the trust in a source changed."""

from dataclasses import asdict
from datetime import UTC
from functools import partial
from typing import Any

import pyarrow as pa

from medthread.derive.columns import NEWEST_FIRST
from medthread.model import Entity, Home, MatchModel
from medthread.pipeline.context import Context
from medthread.pipeline.match import crosswalk
from medthread.pipeline.match.changes import changes
from medthread.pipeline.match.decisions import MERGE, Decisions
from medthread.pipeline.match.feature_table import bring_up
from medthread.pipeline.match.features import VERSION
from medthread.pipeline.match.identity import assign
from medthread.pipeline.match.links import TABLE as LINKS
from medthread.pipeline.match.links import link
from medthread.pipeline.match.partition import part, register_sides
from medthread.pipeline.match.score import score
from medthread.pipeline.match.setting import Weighing, weighing
from medthread.pipeline.match.survive import cells, conflicts, golden, standing
from medthread.pipeline.standard_rows import rows_of
from medthread.stores.engines import copy, file_list, job, literal
from medthread.stores.lakehouse import Change
from medthread.stores.lakehouse.committer import key_of

CODE_REVISION = f"match-{VERSION}-5"


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
        decisions = Decisions.in_force(tx, entity.name, on=context.today)
    weighed, files = weighing(_model(entity), decisions), partial(_files, context, entity)
    model = weighed.model
    fingerprint = key_of("match", CODE_REVISION, entity.name, str(asdict(model)), str(head), str(sorted(trust.items())), decisions.fingerprint)
    # The crosswalk is committed last: with its fingerprint there, all the others are.
    if context.committer.fingerprint(f"golden.{entity.name}_xref") == fingerprint:
        return 0
    with job(memory=context.memory, threads=context.threads) as con:
        _records(context, con, entity, trust)
        _past(con, xref=files("xref"), former=files("former"))
        bring_up(con, model, earlier=files("feature"))
        score(con, weighed.comparisons, least=model.review)
        part(con, decisions, apart=weighed.comparisons.apart, within=weighed.comparisons.within, auto=model.auto)
        assign(con, prefix=model.prefix)
        _members(con, decisions)
        _survive(con, context, entity, decisions)
        link(con, model, decisions)
        # Told before the golden records are other ones, for then nobody could tell any more.
        written = _tell(context, con, entity, fingerprint, at=_until(decisions))
        return written + _commit(context, con, fingerprint, _tables(entity, context, decisions, weighed))


def _model(entity: type[Entity]) -> MatchModel:
    assert entity.about.match is not None  # noqa: S101 - only matched masters come here
    return entity.about.match


def _files(context: Context, entity: type[Entity], name: str) -> list[str]:
    """Of a table beside the golden one."""
    return context.committer.files(f"golden.{entity.name}_{name}")


def _records(context: Context, con: Any, entity: type[Entity], trust: dict[str, int]) -> None:
    """The newest version of each record, named by scheme and code."""
    rows = rows_of(context.committer.files(f"standard.{entity.name}"))
    con.register("trusts", pa.table({"name": list(trust), "trust": pa.array(trust.values(), pa.int64())}))
    con.execute(
        "create temp table record as select s.*, s._key as record_id, coalesce(t.trust, 0) as trust"
        f" from ({rows}) s left join trusts t on t.name = s._source"
        f" qualify row_number() over (partition by s._key order by {NEWEST_FIRST}) = 1"
    )


def _past(con: Any, *, xref: list[str], former: list[str]) -> None:
    """The golden id that each record had (`before`), and those it had earlier (`formerly`)."""
    nobody = "select '' as record_id, '' as golden_id where false"
    for name, files in {"before": xref, "formerly": former}.items():
        con.execute(f"create temp table {name} as {f'select record_id, golden_id from read_parquet({file_list(files)})' if files else nobody}")


def _members(con: Any, decisions: Decisions) -> None:
    """`assigned`: golden id of each record; `member`: the records with it; what stewards said of them."""
    con.execute("create temp table assigned as select rid, golden_id from cluster join named using (name)")
    con.execute(
        "create temp table member as select r.*, a.golden_id, f.poor from record r"
        " join assigned a on a.rid = r.record_id join features f on f.rid = r.record_id"
    )
    register_sides(con, decisions)
    con.register("linked", pa.table({"rid": pa.array([r for m in decisions.of(MERGE) for r in m.records], pa.string())}))


def _survive(con: Any, context: Context, entity: type[Entity], decisions: Decisions) -> None:
    """`survived`: the golden records; `celled`: where each of their values is from."""
    stand = standing(con, entity, decisions)
    con.execute(f"create temp table survived as {golden(entity, context.registry, standing=stand)}")
    con.execute(f"create temp table celled as {cells(entity, standing=stand)}")


def _tell(context: Context, con: Any, entity: type[Entity], fingerprint: str, *, at: str) -> int:
    """What is other than before, added to what was told."""
    target = f"golden.{entity.name}_change"
    # By the crosswalk, which is committed last: as long as it is as it was, this is the same step.
    key = key_of("match", target, fingerprint, str(context.committer.heads().get(f"golden.{entity.name}_xref")))
    if context.committer.is_done(key):  # and its file stays as it was: what it is told from may be other by now
        return 0
    golden_files = context.committer.files(f"golden.{entity.name}")
    con.execute(f"create temp table changed as {changes(entity, golden=golden_files, links=_files(context, entity, 'link'), told=context.committer.files(target), at=at)}")
    if con.execute("select count(*) from changed").fetchall()[0][0] == 0:
        return 0
    out = context.committer.place(target, key)
    copy(con, "select * from changed order by seq", out)
    return context.committer.commit(Change(target, (out,), key)).rows


def _tables(entity: type[Entity], context: Context, decisions: Decisions, weighed: Weighing) -> dict[str, str]:
    """SELECT per table; the crosswalk last."""
    auto, files = weighed.model.auto, partial(_files, context, entity)
    return {
        entity.name: "select * from survived order by id",
        f"{entity.name}_cell": "select * from celled",
        f"{entity.name}_conflict": conflicts(entity),
        f"{entity.name}_edge": crosswalk.EDGES,
        f"{entity.name}_token": "select rid as record_id, ns, value from token order by 1, 2",
        f"{entity.name}_link": LINKS,
        f"{entity.name}_feature": "select * from features order by rid",
        f"{entity.name}_review": crosswalk.REVIEW.format(auto=auto),
        f"{entity.name}_retired": crosswalk.retired(files("retired")),
        f"{entity.name}_former": crosswalk.former(files("former"), until=_until(decisions)),
        f"{entity.name}_xref": crosswalk.XREF.format(auto=auto),
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
