"""How rules are asked and their verdicts kept: `[quality]` of `medthread.toml`.

[quality]
rule_seconds = 300     # how long a rule of whole tables may take
verdict_days = 730     # how long verdicts are kept; the last of each rule, and those that stopped something, for ever
"""

from collections.abc import Mapping
from dataclasses import dataclass

from medthread.model.errors import ConfigurationError

EXAMPLE = "[quality]\nrule_seconds = 300\nverdict_days = 730"
SHORTEST = 90  # days: the quality index adds up so many
WORDS = frozenset({"rule_seconds", "verdict_days"})


@dataclass(frozen=True)
class Judging:
    """Seconds that a rule may take, days that its verdicts are kept."""

    rule_seconds: float = 300.0
    verdict_days: int = 730

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> "Judging":
        """What a workspace says. Raises `ConfigurationError` for a number that cannot be."""
        section = settings.get("quality", {})
        given = section if isinstance(section, Mapping) else {}
        seconds, days = given.get("rule_seconds", cls.rule_seconds), given.get("verdict_days", cls.verdict_days)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
            raise ConfigurationError(f"[quality] rule_seconds = {seconds!r}", hint=EXAMPLE)
        if isinstance(days, bool) or not isinstance(days, int) or days < SHORTEST:
            raise ConfigurationError(f"[quality] verdict_days = {days!r}: the index adds up {SHORTEST} days", hint=EXAMPLE)
        return cls(float(seconds), days)
