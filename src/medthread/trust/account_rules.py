"""How accounts are kept: the lengths, times and numbers that a company may set under `[accounts]` in `medthread.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from medthread.model.errors import ConfigurationError

SECTION = "accounts"
BOUNDS = {  # name: least, most
    "shortest_password": (8, 128),
    "remembered_passwords": (0, 24),
    "password_days": (0, 3650),
    "session_hours": (1, 168),
    "idle_minutes": (1, 1440),
    "review_months": (0, 60),
}


@dataclass(frozen=True, kw_only=True)
class AccountRules:
    """The rules. `password_days` 0: passwords do not age; `review_months` 0: no review is due; `second_factor_for` names roles that must have one."""

    shortest_password: int = 10
    remembered_passwords: int = 5
    password_days: int = 180
    session_hours: int = 12
    idle_minutes: int = 30
    review_months: int = 6
    second_factor_for: tuple[str, ...] = ()

    @classmethod
    def read(cls, settings: Mapping[str, object], *, roles: frozenset[str]) -> "AccountRules":
        """The rules of a workspace's settings; refused where a word is unknown or a number out of bounds."""
        given = settings.get(SECTION, {})
        if not isinstance(given, Mapping):
            raise ConfigurationError(f"[{SECTION}] is no section", hint=f"write [{SECTION}] and its settings below it")
        known = [f.name for f in fields(cls)]
        strangers = sorted(set(given) - set(known))
        if strangers:
            raise ConfigurationError(f"[{SECTION}] {strangers[0]} is no setting", hint=f"there are: {', '.join(known)}")
        for name, (least, most) in BOUNDS.items():
            value = given.get(name, least)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ConfigurationError(f"[{SECTION}] {name} = {value!r}", hint=f"a whole number from {least} to {most}")
        needed = given.get("second_factor_for", [])
        if not isinstance(needed, list) or not set(needed) <= roles:
            raise ConfigurationError(f"[{SECTION}] second_factor_for = {needed!r}", hint="a list of roles; `medthread account roles` lists them")
        return cls(**{**given, "second_factor_for": tuple(needed)})
