"""What governs the data, changed as data is: proposed with its effect seen, decided by another person, in force from a day, taken back as one.

The machinery is that of definitions (`dictionary.changes`); what may be said of a rule, a mapping, a threshold or a
period of retention is said here, and what files, declarations and approved changes come to on a day.
"""

from medthread.governance.governed.force import Force, Note, Trouble
from medthread.governance.governed.governed import Files, Governed
from medthread.governance.governed.impact import Figure, Impact, Sight, impact_of
from medthread.governance.governed.setting import GovernanceSetting
from medthread.governance.governed.words import GOVERNED, Content

__all__ = ["GOVERNED", "Content", "Figure", "Files", "Force", "GovernanceSetting", "Governed", "Impact", "Note", "Sight", "Trouble", "impact_of"]
