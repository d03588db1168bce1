"""Questions in SQL that people write themselves: checked word by word, and asked in a process of their own that sees masked views only."""

from medthread.stores.workbench.guard import Checked, check
from medthread.stores.workbench.process import Answer, Limits, Question, View, Workbench

__all__ = ["Answer", "Checked", "Limits", "Question", "View", "Workbench", "check"]
