"""What arrives is read as text, sealed where personal, kept for ever."""

from medthread.pipeline.ingest.arrive import Arrival, arrivals, matching_files
from medthread.pipeline.ingest.consent import accept_load
from medthread.pipeline.ingest.stage import feeding_sources, ingest, printable, register, rejects_path, reopen, reopened
from medthread.pipeline.ingest.unnamed import unnamed_files

__all__ = ["Arrival", "accept_load", "arrivals", "feeding_sources", "ingest", "matching_files", "printable", "register", "rejects_path", "reopen", "reopened", "unnamed_files"]
