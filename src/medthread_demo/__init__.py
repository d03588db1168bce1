"""A simulated medical-device company: six systems that disagree, with a record of everything planted in them.

It shares no code and no words with what it judges. `simulate` writes the systems' exports and the truth;
`judge_*` put a result beside the truth.
"""

from medthread_demo.judge import (
    Caught,
    FaultScore,
    PairScore,
    TraceScore,
    judge_pairs,
    judge_quality,
    judge_trace,
)
from medthread_demo.simulate import WORKSPACE, simulate
from medthread_demo.truth import Truth

__all__ = [
    "WORKSPACE", "Caught", "FaultScore", "PairScore", "TraceScore", "Truth", "judge_pairs", "judge_quality",
    "judge_trace", "simulate",
]
