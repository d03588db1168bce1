"""Two data contracts (Open Data Contract Standard 3.x) compared: every difference, with whom it breaks and why."""

from medthread.methods.contracts.compare import compare
from medthread.methods.contracts.form import normal
from medthread.methods.contracts.kinds import BOTH, KINDS, READERS, Difference, Side, Verdict, worst
from medthread.methods.contracts.version import next_version

__all__ = ["BOTH", "KINDS", "READERS", "Difference", "Side", "Verdict", "compare", "next_version", "normal", "worst"]
