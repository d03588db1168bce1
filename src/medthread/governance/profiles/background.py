"""Profiles taken beside the answers of the server: one at a time, in a thread of its own, with how far it is."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from medthread.governance.profiles.shelf import Kept, Shelf
from medthread.governance.profiles.suggestions import suggestions
from medthread.model.errors import ConflictError, MedthreadError, NotFoundError
from medthread.pipeline.context import Context
from medthread.pipeline.profile import profile_table, profiled_tables
from medthread.pipeline.progress import Progress, silent
from medthread.stores.lakehouse import ReleaseTable


@dataclass(frozen=True)
class Underway:
    """The table that is being looked at: so many steps done, of how many, and at what."""

    table: str
    done: int = 0
    total: int = 0
    what: str = ""


def take_profile(context: Context, shelf: Shelf, table: str, heads: Mapping[str, ReleaseTable]) -> Kept:
    """Take a profile of a table and keep it, with what it suggests."""
    profile = profile_table(context, table, heads)
    return shelf.keep(profile, suggestions(replace(context, progress=silent), profile, heads))


class Profiler:
    """Takes them."""

    def __init__(self, context: Callable[[], Context], heads: Callable[[], Mapping[str, ReleaseTable]], shelf: Shelf) -> None:
        self._context, self._heads, self.shelf = context, heads, shelf
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._underway: Underway | None = None
        self._faults: dict[str, MedthreadError] = {}

    def start(self, table: str) -> None:
        """Begin. Raises `NotFoundError` where there is no such table, `ConflictError` while another is taken."""
        context, heads = self._context(), self._heads()
        if table not in profiled_tables(context, heads):
            raise NotFoundError(f"no table {table!r} that can be profiled", hint="GET /api/v1/profiles lists them", table=table)
        with self._lock:
            if self._underway is not None:
                raise ConflictError(f"a profile of {self._underway.table} is being taken", hint="wait for it to end; it takes seconds to minutes")
            self._underway = Underway(table)
            self._faults.pop(table, None)
            self._thread = threading.Thread(target=self._run, args=(context, table, heads), name=f"profile-{table}")
            self._thread.start()

    def underway(self, table: str) -> Underway | None:
        """How far the profile of a table is; nothing where none is being taken."""
        now = self._underway
        return now if now is not None and now.table == table else None

    def fault(self, table: str) -> MedthreadError | None:
        """Why the last profile of a table could not be taken."""
        return self._faults.get(table)

    def wait(self) -> None:
        """Let one that is under way come to its end."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, context: Context, table: str, heads: Mapping[str, ReleaseTable]) -> None:
        try:
            take_profile(replace(context, progress=self._telling(table)), self.shelf, table, heads)
        except MedthreadError as error:
            self._faults[table] = error
        except Exception as error:
            logging.getLogger("medthread.profiles").exception("profile of %s failed", table)
            self._faults[table] = MedthreadError(f"the profile of {table} could not be taken: {type(error).__name__}", hint="the server's log says how", table=table)
        finally:
            self._underway = None

    def _telling(self, table: str) -> Progress:
        def tell(stage: str, done: int, total: int, what: str = "") -> None:
            if stage == "profile":
                self._underway = Underway(table, done, total, what)

        return tell
