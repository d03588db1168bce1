"""What consumers see changes in one move."""

from medthread.pipeline.release.sealed import tell_rewritten
from medthread.pipeline.release.stage import move_pointer, release

__all__ = ["move_pointer", "release", "tell_rewritten"]
