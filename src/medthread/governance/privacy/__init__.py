"""One person over all stores: found, given a copy, corrected, erased as far as the law lets."""

from medthread.governance.privacy.erase import Erased, Plan, erase, finish_pending, plan_of
from medthread.governance.privacy.find import Found, Person, Record, find
from medthread.governance.privacy.package import correct, package_of

__all__ = ["Erased", "Found", "Person", "Plan", "Record", "correct", "erase", "find", "finish_pending", "package_of", "plan_of"]
