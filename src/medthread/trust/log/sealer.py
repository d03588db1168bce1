"""The sequencer beside the server: seals every second, copies checkpoints away, keeps the alarms that health shows."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from medthread.model import Label
from medthread.model.errors import MedthreadError
from medthread.trust.log.alarm import Alarm, alarms
from medthread.trust.log.memory import FORKED, ForkedError
from medthread.trust.log.seal import AuditLog

PAUSE = 1.0  # seconds between two looks; a full batch is followed at once
LOG = logging.getLogger("medthread.audit")


class Sealer:
    """Runs in a thread of its own. What was under way when the process dies is sealed whole at the next start, or was already."""

    def __init__(self, log: AuditLog) -> None:
        self.log = log
        self.alarms: tuple[Alarm, ...] = ()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Seal what waits, and end."""
        self._stop.set()
        self._thread.join()

    def round(self) -> None:
        """One look: seal, copy, and say what is wrong."""
        raised = self._tried("audit.sealing", "封存审计日志失败", "the audit log cannot be sealed", self.log.seal_all)
        raised += self._tried("audit.copies", "检查点未能复制到库外", "checkpoints are not copied away", self._copy)
        late: list[Alarm] = []
        self._tried("audit.unsealed", "", "", lambda: late.extend(self._late()))
        self.alarms = (*raised, *late)

    def _run(self) -> None:
        while not self._stop.wait(PAUSE):
            self.round()
        self.round()

    def _copy(self) -> None:
        if self.log.copies is not None:
            self.log.copies.catch_up(self.log.store)

    def _late(self) -> list[Alarm]:
        with self.log.store.transaction() as tx:
            return alarms(tx)

    def _tried(self, code: str, zh: str, en: str, act: Callable[[], Any]) -> list[Alarm]:
        """The alarm of an act that fails. It is tried again at every look, so the log tells of it once."""
        try:
            act()
        except ForkedError as error:
            if FORKED not in {a.code for a in self.alarms}:
                LOG.critical("%s (%s)", error.message, error.hint)
            return [Alarm(FORKED, error.label)]
        except (SQLAlchemyError, MedthreadError) as error:
            if code not in {a.code for a in self.alarms}:
                LOG.exception("%s; tried again every second", en or code)
            said = error.message if isinstance(error, MedthreadError) else type(error).__name__
            return [Alarm(code, Label(f"{zh}:{said}", f"{en}: {said}"))]
        return []
