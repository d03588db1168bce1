"""The command line: `medthread demo | init | ingest | run | trace | verify | release | up`."""

from medthread.cli.loading import loading

with loading():
    from medthread.cli.main import main

__all__ = ["main"]
