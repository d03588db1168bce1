"""What the routes work with, handed in by `app.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from medthread.governance.backup.background import BackgroundKeeping
from medthread.governance.contracts.shelf import ContractShelf
from medthread.governance.dictionary import Dictionary
from medthread.governance.governed import Governed
from medthread.governance.handbook import HandbookSetting, Issues
from medthread.governance.lineage import Declared as Lineage
from medthread.governance.lineage import Graph, KeptGraph
from medthread.governance.masters.setting import MasterSetting
from medthread.governance.metrics.book import MetricBook, read_book
from medthread.governance.metrics.measured import Tables
from medthread.governance.profiles import Profiler
from medthread.governance.quality_target import QualityTargets
from medthread.governance.review.terms import ReviewTerms
from medthread.governance.service_use import UseMeter
from medthread.governance.trains import Timetable
from medthread.governance.writebacks.writer import Writer
from medthread.model import Registry, Source
from medthread.model.consumer import Consumer
from medthread.model.errors import DeclarationError
from medthread.model.rule_file import QualityRule
from medthread.model.service import Service
from medthread.model.template import SourceTemplate
from medthread.pipeline.build.known import Known, known_models
from medthread.pipeline.build.model import Model
from medthread.pipeline.build.plan import Plan
from medthread.pipeline.context import Context as BatchContext
from medthread.stores.lakehouse import Releases
from medthread.stores.postgres.store import Store
from medthread.stores.serving import LakeReader
from medthread.stores.workbench import Workbench
from medthread.trust.access import Access
from medthread.trust.account_rules import AccountRules
from medthread.trust.identity import Configured
from medthread.trust.keys import Keyring
from medthread.trust.log import Alarm, Sealer
from medthread.workflow import Context


class Tracer(Protocol):
    """Answers trace questions over one release."""

    def question(self, *, item: str, lot: str, direction: str, limit: int) -> dict[str, Any]:
        """The traced set: counts, customers, units, graph, unresolved ends."""

    def suggest(self, text: str) -> list[dict[str, Any]]:
        """Lots whose item or number holds the text."""


class Runner(Protocol):
    """Starts pipeline runs, one at a time."""

    def start(self, tx: Connection, *, by: str, source: str | None = None, asks: bool = True) -> str:
        """Begin a run in the background, with its audit row; gives its id. Without `asks` it takes in what has arrived and asks no source."""

    def start_applying(self, tx: Connection, *, by: str, reason: str) -> str:
        """Begin to bring changed models into force in the background, with its audit row; gives the run's id."""

    def wait(self) -> None:
        """Let a run that is under way come to its end."""


class Beside(Protocol):
    """Goes on beside the answers, in a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; what is begun is ended first."""


class Carrier(Beside, Protocol):
    """Carries events out or in, or notices to people."""

    @property
    def alarms(self) -> Sequence[Alarm]:
        """What keeps it from doing so."""


@dataclass(frozen=True)
class Services:
    """The installation as the API sees it."""

    name: str
    store: Store
    registry: Registry
    mapped: Callable[[], tuple[Source, ...]]
    source_file: Callable[[str], Path]
    source_folder: Path
    writer: Writer
    templates: Callable[[], Mapping[str, SourceTemplate]]
    sources_changed: Callable[[], None]  # says that a file of theirs was written: they are read anew
    native: dict[str, Table]
    keyring: Keyring
    access: Access
    account_rules: AccountRules
    identity: Mapping[str, Configured]
    workflow: Context
    releases: Releases
    reader: LakeReader
    tracer: Tracer
    runner: Runner
    inbox: Path
    sealer: Sealer
    batch: Callable[[], BatchContext]
    models: Callable[[], tuple[Model, ...]]  # as their files declare them now
    metric_files: Callable[[], tuple[Path, ...]]
    plan: Callable[[], Plan]
    consumers: tuple[Consumer, ...]  # parts of the product that read tables of models
    meter: UseMeter
    timetable: Timetable
    offers: tuple[Service, ...]  # what the declarations offer; routes speak for themselves
    ruled: Callable[[], tuple[QualityRule, ...]]
    rule_folder: Path
    rules_changed: Callable[[], None]  # says that a file of theirs came: it is read
    profiler: Profiler
    governed: Governed  # what governs the data, as files and approved changes have it
    handbook: HandbookSetting = field(default_factory=HandbookSetting)
    kept_graph: KeptGraph = field(default_factory=KeptGraph)
    workbench: Workbench = field(default_factory=Workbench)
    copies: BackgroundKeeping | None = None
    public_url: str | None = None  # where browsers reach us, where that is not what the request says
    carriers: tuple[Carrier, ...] = ()
    has_mail: bool = False
    demo_accounts: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def dictionary(self) -> Dictionary:
        """What is declared and said, by what people type."""
        return Dictionary(self.store, self.registry, self.ruled, self.all_models, self.workflow.calendar.zone, self._metrics_over)

    @cached_property
    def contracts(self) -> ContractShelf:
        """The data contracts, as they would be given out now."""
        return ContractShelf(self.registry, self.dictionary.book, self.mapped, self.ruled, self.name)

    @property
    def metric_tables(self) -> Tables:
        """What metrics may measure: models as they are in force, for readers see no other; while none is, as their files have them."""
        return Tables(self.registry, known_models(self.batch(), None) or self.all_models(), frozenset(self.workflow.rulebook.processes))

    def metrics(self, tables: Tables) -> MetricBook:
        """The metrics as their files declare them now."""
        return read_book(self.metric_files(), tables)

    def _metrics_over(self, models: Mapping[str, Known]) -> MetricBook:
        return self.metrics(Tables(self.registry, models, frozenset(self.workflow.rulebook.processes)))

    def all_models(self) -> dict[str, Known]:
        """The models; those in force alone where somebody's file cannot be read."""
        try:
            return known_models(self.batch(), self.models())
        except DeclarationError:
            return known_models(self.batch(), None)

    @property
    def graph(self) -> Graph:
        """The lineage of now, drawn anew where something changed that it is drawn from."""
        declared = Lineage(
            self.registry, self.mapped(), self.models(), self.consumers, self.ruled(), self.workflow.rulebook, self.workflow.sharing.rules, self.name, self.metrics(self.metric_tables))
        return self.kept_graph.of(self.store, declared)

    @property
    def issues(self) -> Issues:
        """The issues of the handbook."""
        return Issues(self.handbook, self.workflow.signer, self.workflow.calendar.zone)

    @property
    def rules(self) -> tuple[QualityRule, ...]:
        """The company's own quality rules, with those accepted meanwhile."""
        return self.ruled()

    @property
    def targets(self) -> QualityTargets:
        """The indices that are to be reached."""
        return self.governed.now().targets

    @property
    def masters(self) -> MasterSetting:
        """From how much on a second person decides about masters."""
        return self.governed.now().masters

    @property
    def terms(self) -> ReviewTerms:
        """How soon held rows are looked at."""
        return self.governed.now().terms

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every mapped source, as the files say now."""
        return self.mapped()
