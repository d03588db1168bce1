"""Other weights and lines of matching: what they would do, and asking for them."""

from collections.abc import Mapping

from sqlalchemy import Connection

from medthread.api.services import Services
from medthread.governance.masters.deciding import Wanted, ask
from medthread.governance.masters.impact import Impact, Reach
from medthread.governance.masters.simulation import Effect, simulate, touched_codes
from medthread.model import Entity
from medthread.pipeline.match.decisions import SETTING


def ask_for_setting(tx: Connection, *, given: Services, entity: type[Entity], values: Mapping[str, float], reason: str, by: str) -> tuple[int, str]:
    """Ask for other numbers, with what they would do: the decision's number and its status."""
    fresh, effect, impact = judged_setting(tx, given, entity, values)
    wanted = Wanted(entity=entity.name, kind=SETTING, sides=[], golden=[], values={n: f"{v:g}" for n, v in fresh.items()}, reason=reason)
    return ask(tx, wanted, by=by, impact=impact, second=True, effect=effect.told())


def judged_setting(tx: Connection, given: Services, entity: type[Entity], values: Mapping[str, float]) -> tuple[dict[str, float], Effect, Impact]:
    """What other numbers would do to what is released, and what hangs on the records that it would happen to. Nothing is written."""
    snapshot = given.reader.current()
    fresh, effect = simulate(tx, snapshot, entity, values)
    impact = Impact()
    if effect.touched:
        reach = Reach(given.registry, given.native, snapshot)
        impact = reach.impact(tx, entity, golden=effect.touched, codes=touched_codes(snapshot, entity, effect.touched))
    return fresh, effect, impact
