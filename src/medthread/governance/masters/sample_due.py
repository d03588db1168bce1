"""The sample of match quality that is drawn by itself: every so many days, where there is something new to judge and the last one was begun."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from medthread.governance.masters.sampling import draw, keep, samples
from medthread.governance.masters.setting import MasterSetting
from medthread.governance.masters.simulation import weighed_now
from medthread.model import Entity
from medthread.model.errors import GoneError
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres.tables import match_sample, release
from medthread.stores.serving import Snapshot
from medthread.workflow import Context
from medthread.workflow.notices import Why, tell

BY = "system"
STEWARD = "steward"


def sample_when_due(tx: Connection, context: Context, releases: Releases, snapshot: Snapshot, entity: type[Entity], setting: MasterSetting, *, now: datetime) -> int | None:
    """Draw it and tell those who judge; gives its number, none where nothing is due."""
    if not setting.sample_days:
        return None
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"match_sample/{entity.name}", 0))))
    last = tx.execute(select(match_sample).where(match_sample.c.entity == entity.name).order_by(match_sample.c.id.desc()).limit(1)).one_or_none()
    since = last.at if last else tx.execute(select(func.min(release.c.created_at))).scalar_one_or_none()
    if since is None or now < since + timedelta(days=setting.sample_days):
        return None
    if last and (_is_same(releases, last.release, snapshot, entity) or _waits(tx, entity, last.id)):
        return None
    drawn = draw(snapshot, entity, weighed_now(tx, entity), each=setting.sample_each, seed=secrets.token_hex(8))
    if not drawn.pairs:
        return None
    id_ = keep(tx, drawn, entity=entity.name, release=snapshot.release.id, by=BY)
    for role in dict.fromkeys((STEWARD, entity.about.owner)):
        tell(tx, context, role=role, why=Why.SAMPLED, entity=entity.name, record=str(id_), about={"rows": len(drawn.pairs)})
    return id_


def _is_same(releases: Releases, sampled: str, snapshot: Snapshot, entity: type[Entity]) -> bool:
    """Whether matching made nothing since: the crosswalk is the one that was sampled."""
    name = f"golden.{entity.name}_xref"
    try:
        then = releases.get(sampled).tables.get(name)
    except GoneError:
        return False
    now = snapshot.release.tables.get(name)
    return then is not None and now is not None and then.snapshot == now.snapshot


def _waits(tx: Connection, entity: type[Entity], id_: int) -> bool:
    """Whether nobody has begun to judge it: another would lie beside it."""
    told = samples(tx, entity.name, limit=1, only=id_)[0]
    return bool(told["waiting"] == sum(s["drawn"] for s in told["strata"]))
