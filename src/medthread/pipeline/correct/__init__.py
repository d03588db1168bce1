"""Rows that were held and that a person corrected come in again, as a load of their own, by the same road as all others."""

from medthread.pipeline.correct.again import Again, put_in, repeated, waiting
from medthread.pipeline.correct.origin import CorrectedFrom, corrected_from
from medthread.pipeline.correct.overtaken import overtake

__all__ = ["Again", "CorrectedFrom", "corrected_from", "overtake", "put_in", "repeated", "waiting"]
