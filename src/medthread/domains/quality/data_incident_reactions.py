"""A broken rule opens one incident, or brings the one there is up to date; a rule that holds again resolves it."""

from medthread.model import Event, Mode, Work, reaction
from medthread.model.events import Row

BUSY = ("open", "acknowledged", "in_work")


def _newest(work: Work, event: Event) -> Row | None:
    """The incident of the rule and asset that was opened last."""
    found = work.find("data_incident", rule=event.body["rule"], asset=event.body["asset"])
    return max(found, key=lambda i: str(i["first_seen"]), default=None)


@reaction("data_rule.broken", domain="quality", mode=Mode.AT_ONCE, zh="开立或更新数据质量事件", en="Open the data incident, or bring it up to date")
def open_data_incident(event: Event, work: Work) -> None:
    """One that was accepted stays quiet for as long as the rule is the same and no more rows break it."""
    body, found = event.body, _newest(work, event)
    told = {"checked": body["checked"], "broken": body["broken"], "cause": body["cause"], "last_seen": work.now}
    state = found["_state"] if found else None
    if found and state == "accepted" and found["rule_version"] == body["version"] and body["broken"] <= found["broken"]:
        return
    if found and state in (*BUSY, "resolved"):
        work.change("data_incident", found["id"], told | {"rule_version": body["version"], "times": found["times"] + (state == "resolved")})
        if state == "resolved":
            work.act("data_incident", found["id"], "break_again", reason="规则再次不成立 / the rule is broken again")
        return
    named = {n: body[n] for n in ("rule", "rule_label", "asset", "owner", "severity")}
    work.create("data_incident", told | named | {"rule_version": body["version"], "first_seen": work.now, "times": 0})


@reaction("data_rule.held", domain="quality", mode=Mode.AT_ONCE, zh="数据质量事件恢复", en="Resolve the data incident")
def resolve_data_incident(event: Event, work: Work) -> None:
    """By itself: nobody needs to see to it any more."""
    found = _newest(work, event)
    if found is not None and found["_state"] in BUSY:
        work.change("data_incident", found["id"], {"checked": event.body["checked"], "broken": event.body["broken"], "last_seen": work.now})
        work.act("data_incident", found["id"], "hold_again", reason="规则恢复成立 / the rule holds again")
