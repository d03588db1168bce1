"""The sharing port: every exit asks it what of an entity may go to whoever asks, and says why something does not.

Whoever stands in no region, as an account that is bound to nothing, is asked for by no rule but those that name a
system: for them nothing is looked up, and nothing changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from medthread.derive.sharing import Chain, Terms, terms_of
from medthread.model import Entity, Label
from medthread.model.errors import ForbiddenError
from medthread.model.sharing import RELAY, Effect, Places, Recipient, SharingRule
from medthread.trust.access import Actor
from medthread.trust.audit import REFUSED, record

ACTION = "sharing.refuse"


class NotSharedError(ForbiddenError):
    """A sharing rule keeps the record from whoever asks."""

    code = "not-shared"

    def __init__(self, rule: SharingRule, what: str) -> None:
        super().__init__(
            f"{what} is not shared with you: {rule.en}", hint=f"{rule.clause}; GET /api/v1/sharing-rules lists the rules", labels=[Label(rule.zh, rule.en)],
            because=[{"guard": rule.name, "zh": rule.zh, "en": rule.en, "record": what, "detail": rule.clause}])


@dataclass(frozen=True)
class Sharing:
    """The rules in the order in which they are read, and where everything lies."""

    rules: tuple[SharingRule, ...] = ()
    places: Places = field(default_factory=Places)
    _speaking: dict[Recipient, Chain] = field(default_factory=dict, compare=False, repr=False)
    _terms: dict[tuple[str, Recipient], Terms] = field(default_factory=dict, compare=False, repr=False)

    def recipient(self, actor: Actor) -> Recipient:
        """Where an actor stands: the region they are bound to first, or that of their plant or organisation; a system where it lies.

        What a system is given is seen by its owner and by those who look at the system: where the two stand in different regions it is
        refused, for a token must give nobody more than they have, and a system nothing that may not come to its region.
        """
        home = actor.reach.home
        own = next(iter(actor.regions), None) or self.places.region_of(plant=home.plant, organisation=home.organisation)
        there = self.places.systems.get(actor.system or "")
        if own and there and own != there:
            raise ForbiddenError(
                f"the system {actor.system} lies in {there}, and {actor.name} stands in {own}",
                hint="let it ask with the token of an account that is bound to its region, or to none")
        return Recipient(there or own, actor.system)

    @property
    def relay(self) -> Recipient:
        """Where events go."""
        return Recipient(self.places.systems.get(RELAY), RELAY)

    def speaking_of(self, recipient: Recipient) -> Chain:
        """The rules that speak of a recipient."""
        if recipient not in self._speaking:
            self._speaking[recipient] = tuple(r for r in self.rules if r.to.hold(recipient))
        return self._speaking[recipient]

    def terms(self, entity: type[Entity], actor: Actor) -> Terms:
        """What of an entity an actor is given."""
        return self.terms_for(entity, self.recipient(actor))

    def terms_for(self, entity: type[Entity], recipient: Recipient) -> Terms:
        """What of an entity a recipient is given."""
        rules = self.speaking_of(recipient)
        if not rules:
            return Terms(entity)
        key = (entity.name, recipient)
        if key not in self._terms:
            self._terms[key] = terms_of(entity, rules, self.places)
        return self._terms[key]

    def restricts(self, actor: Actor) -> bool:
        """Whether any rule may keep something from an actor."""
        return any(r.effect is not Effect.ALLOW for r in self.speaking_of(self.recipient(actor)))


def note(tx: Connection, *, by: str, object_: str, rules: Iterable[SharingRule], fields: Sequence[str] = (), count: int | None = None) -> None:
    """Write down that something was refused: to whom, of what, by which rules; a mask alone is no refusal."""
    refusing = [r for r in rules if r.effect is Effect.REFUSE]
    if refusing:
        detail = {"rules": [r.name for r in refusing], "fields": sorted(fields)} | ({} if count is None else {"count": count})
        record(tx, actor=by, action=ACTION, object_=object_, outcome=REFUSED, reason="; ".join(r.clause for r in refusing), detail=detail)
