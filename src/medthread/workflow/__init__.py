"""The command path: somebody asks, one handler acts, in one transaction with its audit row; a refusal is written too."""

from medthread.workflow.act import Act, Credentials, Outcome
from medthread.workflow.calendar import Calendar
from medthread.workflow.cases import keep_definitions
from medthread.workflow.command import Once, do, once, told
from medthread.workflow.context import Context
from medthread.workflow.handle import handle
from medthread.workflow.native import Change, create_native, replace_native

__all__ = [
    "Act", "Calendar", "Change", "Context", "Credentials", "Once", "Outcome", "create_native", "do", "handle", "keep_definitions", "once",
    "replace_native", "told",
]
