"""What consumers see changes in one move."""

from medthread.pipeline.release.keeping import Keeping
from medthread.pipeline.release.pinning import pin, unpin
from medthread.pipeline.release.sealed import tell_rewritten
from medthread.pipeline.release.stage import move_pointer, release
from medthread.pipeline.release.withdrawal import Rule, Withdrawn, beyond, withdraw

__all__ = ["Keeping", "Rule", "Withdrawn", "beyond", "move_pointer", "pin", "release", "tell_rewritten", "unpin", "withdraw"]
