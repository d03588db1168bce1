"""The lake of a workspace, by the rules that it sets for it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from medthread.governance.lake.setting import LakeSetting
from medthread.governance.lake.status import LakeStatus, status
from medthread.governance.lake.tidy import Tidying
from medthread.pipeline.context import Context
from medthread.pipeline.release import Keeping, Rule
from medthread.stores.lakehouse.seal import orphans

AFTER_A_RUN = 60.0  # seconds at most


class Upkeep:
    """What `[lake]` and `[release] keep` say is read when the workspace is opened, so that a mistake is told at once."""

    def __init__(self, context: Callable[[], Context], settings: Mapping[str, object], *, zone: str) -> None:
        self._context, self._setting, self._rule = context, LakeSetting.read(settings), Rule(Keeping.read(settings), ZoneInfo(zone))

    def status(self) -> LakeStatus:
        """What the lake holds, in numbers."""
        context = self._context()
        return status(context.store, context.lake, self._setting)

    def orphans(self) -> list[Path]:
        """Data files in it that no commit knows."""
        context = self._context()
        with context.store.transaction() as tx:
            return orphans(tx, context.lake.resolve())

    def tidying(self, *, seconds: float | None = None) -> Tidying:
        """Tidying it, for so long at most."""
        return Tidying(self._context(), self._setting, self._rule, seconds)

    def when_due(self) -> None:
        """After a run, if it is time."""
        self.tidying(seconds=AFTER_A_RUN).when_due()
