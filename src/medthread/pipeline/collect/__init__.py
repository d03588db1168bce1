"""What sources have that is new is fetched and lies in the landing folder; from there it takes the way of every file."""

from medthread.pipeline.collect.collecting import ASKED, Collected, collect, forget_taken, secret_of

__all__ = ["ASKED", "Collected", "collect", "forget_taken", "secret_of"]
