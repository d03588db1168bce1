"""Runs that go on beside the answers of the server: one at a time, in a thread of their own."""

import logging
import threading
import uuid
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, insert

from medthread.model.errors import ConflictError, DeclarationError
from medthread.pipeline.build.model import in_order
from medthread.pipeline.context import Context
from medthread.pipeline.run import IndexTrace, Outcome, apply_models, run_pipeline
from medthread.stores.postgres.tables import run
from medthread.trust.audit import record

PATIENCE = 120.0  # seconds that a run waits for sources: those that answered shall not wait for one that does not


class BackgroundRuns:
    """Starts them."""

    def __init__(self, context: Callable[[], Context], *, index_trace: IndexTrace, afterwards: Callable[[], None]) -> None:
        self._surroundings, self._index_trace, self._afterwards = context, index_trace, afterwards
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self, tx: Connection, *, by: str, source: str | None = None, asks: bool = True) -> str:
        """Begin a run of the whole pipeline."""
        return self._begin(tx, partial(run_pipeline, by=by, index_trace=self._index_trace, only=source, asks=asks, patience=PATIENCE), by=by)

    def start_applying(self, tx: Connection, *, by: str, reason: str) -> str:
        """Begin to make what changed models need, and nothing else."""
        return self._begin(tx, partial(apply_models, by=by, index_trace=self._index_trace, reason=reason), by=by, reason=reason)

    def _begin(self, tx: Connection, act: Callable[..., Outcome], *, by: str, reason: str | None = None) -> str:
        """Begin a run; refused while another is under way. Its own first write waits until this transaction is committed."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise ConflictError("a run is under way", hint="wait for it to end; the Runs page shows how far it is")
            context = self._context()
            run_id = f"run-{uuid.uuid4()}"
            tx.execute(insert(run).values(id=run_id, status="running", started_by=by))
            record(tx, actor=by, action="run.start", object_=f"run/{run_id}", reason=reason)
            self._thread = threading.Thread(target=self._run, args=(run_id, partial(act, context)), name=run_id)
            self._thread.start()
        return run_id

    def _context(self) -> Context:
        """The surroundings of a run; refused where a file of a model cannot be read, for then no run could end well."""
        context = self._surroundings()
        try:
            in_order(context.models)
        except DeclarationError as error:
            raise ConflictError(error.message, hint=error.hint, labels=error.labels) from error
        return context

    def _run(self, run_id: str, act: Callable[..., Outcome]) -> None:
        try:
            act(run_id=run_id)
            self._afterwards()
        except Exception:
            # The run's row says what went wrong; the log keeps how.
            logging.getLogger("medthread.runs").exception("run %s failed", run_id)

    def wait(self) -> None:
        """Let a run that is under way come to its end."""
        if self._thread is not None:
            self._thread.join()
