"""Two descriptions of an interface compared: which changes break clients, which do not, which cannot be judged here."""

from medthread.methods.compatibility.asyncapi import compare_asyncapi
from medthread.methods.compatibility.gate import may_break, objections
from medthread.methods.compatibility.openapi import compare_openapi
from medthread.methods.compatibility.rules import RULES, Change, Direction, Rule, Verdict

__all__ = ["RULES", "Change", "Direction", "Rule", "Verdict", "compare_asyncapi", "compare_openapi", "may_break", "objections"]
