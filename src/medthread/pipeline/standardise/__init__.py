"""Raw text becomes typed rows; every rule is tried once; bad rows are held, good ones pass, mended ones say so."""

from medthread.pipeline.standardise.stage import standardise

__all__ = ["standardise"]
