"""Rules of the company's own: read, tried on whole tables, their verdicts kept."""

from medthread.pipeline.judge.accept import accept_rules
from medthread.pipeline.judge.forget import forget_verdicts
from medthread.pipeline.judge.judge import judge, refuse_broken, try_rules
from medthread.pipeline.judge.verdict import State, Verdict, latest, version_of

__all__ = ["State", "Verdict", "accept_rules", "forget_verdicts", "judge", "latest", "refuse_broken", "try_rules", "version_of"]
