"""Held rows and what people decide on them: the desk, single and bulk decisions, undoing, sheets sent out and back."""

from medthread.governance.review.deciding import Decided, decide, undo
from medthread.governance.review.desk import STATES, Desk, Seen, State, Wanted, desk

__all__ = ["STATES", "Decided", "Desk", "Seen", "State", "Wanted", "decide", "desk", "undo"]
