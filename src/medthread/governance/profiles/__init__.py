"""Profiles kept and judged: what changed, what rules they suggest, and those accepted."""

from medthread.governance.profiles.acceptance import accept_suggestion, written
from medthread.governance.profiles.background import Profiler, Underway, take_profile
from medthread.governance.profiles.change import Changed, changes
from medthread.governance.profiles.shelf import Kept, Shelf
from medthread.governance.profiles.suggestions import Suggestion, suggestions, unsaid, with_gate

__all__ = [
    "Changed", "Kept", "Profiler", "Shelf", "Suggestion", "Underway", "accept_suggestion", "changes", "suggestions", "take_profile", "unsaid", "with_gate", "written",
]
