"""The command path: somebody asks, one handler acts, in one transaction with its audit row; a refusal is written too."""

from medthread.workflow.handle import handle
from medthread.workflow.native import create_native, replace_native

__all__ = ["create_native", "handle", "replace_native"]
