"""Golden rows of everything that needs no matching, then the marts: each again only when what it reads changed."""

from medthread.pipeline.build.stage import build

__all__ = ["build"]
