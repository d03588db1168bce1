"""The lake in bounds: what it holds in numbers, and what nobody needs any more taken away."""

from medthread.governance.lake.setting import LakeSetting
from medthread.governance.lake.status import LakeStatus
from medthread.governance.lake.tidy import Tidied, Tidying, is_due
from medthread.governance.lake.upkeep import Upkeep

__all__ = ["LakeSetting", "LakeStatus", "Tidied", "Tidying", "Upkeep", "is_due"]
