"""Records whose time has come: found by their declared rules, proposed, approved by another person, destroyed, written down."""

from medthread.governance.retention.due import Due, Look
from medthread.governance.retention.execute import execute
from medthread.governance.retention.propose import decide, propose

__all__ = ["Due", "Look", "decide", "execute", "propose"]
