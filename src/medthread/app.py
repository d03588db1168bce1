"""The only place that introduces domains to the machine: it finds declarations, opens stores, wires the parts."""

import importlib
import logging
import os
import pkgutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import MetaData, Table, select

from medthread import __version__, domains, masters
from medthread.api.services import Beside, Runner, Services
from medthread.derive import tables_of
from medthread.derive.soundness import Flaw, Known, flaws
from medthread.derive.writers import check_writers
from medthread.governance.backup import BackupSetting
from medthread.governance.backup.background import BackgroundKeeping
from medthread.governance.backup.drill import Declared
from medthread.governance.backup.records import Keeping
from medthread.governance.backup.take import Subject
from medthread.governance.contracts.at_release import ContractsAtRelease
from medthread.governance.governed import Files, Governed
from medthread.governance.handbook import HandbookSetting
from medthread.governance.lake import Upkeep
from medthread.governance.masters.clock import MasterClock
from medthread.governance.metrics.book import metric_files
from medthread.governance.offers import declared_offers
from medthread.governance.profiles import Profiler, Shelf
from medthread.governance.review.clock import ReviewClock
from medthread.governance.service_use import UseMeter
from medthread.governance.source_clock import BY as ON_SCHEDULE
from medthread.governance.source_clock import SourceClock
from medthread.governance.sources.templates import templates
from medthread.governance.trains import Timetable, TrainService
from medthread.governance.writebacks.writer import Desk, Writer
from medthread.model import Entity, Registry, Rulebook, Source
from medthread.model.errors import DeclarationError, MedthreadError, StoreError
from medthread.model.rule_file import QualityRule
from medthread.pipeline.background import BackgroundRuns
from medthread.pipeline.build.model import Model, read_model
from medthread.pipeline.build.plan import Plan, plan
from medthread.pipeline.collect.listening import Listeners
from medthread.pipeline.collect.requested import source_of_requests, with_requests
from medthread.pipeline.context import Context
from medthread.pipeline.landing import Landing
from medthread.pipeline.progress import Progress, silent
from medthread.stores.lakehouse import Committer, Release, Releases, verify_release, verify_sealed
from medthread.stores.lakehouse.verify import Fault
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.opening import open_store
from medthread.stores.postgres.tables import load, release
from medthread.stores.private import tighten
from medthread.stores.serving import LakeReader, Released
from medthread.trace import CONSUMER, GENEALOGY, TraceIndex, Tracer, build_index
from medthread.trust.access import Access
from medthread.trust.account_rules import AccountRules
from medthread.trust.audit import record
from medthread.trust.configuration import tell_configuration
from medthread.trust.identity import configured
from medthread.trust.keys import Keyring
from medthread.trust.log import (
    SNAPSHOT,
    AuditLog,
    Checked,
    Copies,
    LogSettings,
    Memory,
    Sealer,
    check_log,
    check_records,
)
from medthread.trust.operators import operator_name
from medthread.trust.roles import ROLES
from medthread.trust.sharing import Sharing
from medthread.trust.signatures import KeptKeys
from medthread.workflow import Context as CommandContext
from medthread.workflow import keep_definitions
from medthread.workflow.bus import Bus, parse_bus
from medthread.workflow.courier import Courier
from medthread.workflow.inbound import Receiver
from medthread.workflow.leaving import as_shared
from medthread.workflow.mail import Mail, parse_mail
from medthread.workflow.relay import Relay
from medthread.workflow.worker import Worker
from medthread.workspace import Workspace

EXTENSIONS = "medthread.domains"
CONSUMERS = (CONSUMER,)  # parts of the product that read tables of models


def import_all(package: ModuleType) -> list[Path]:
    """Import every module of a package, so that its declarations are heard; gives its folders."""
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    return [Path(p) for p in package.__path__]


def declared() -> tuple[Registry, list[Path]]:
    """All entities that ship or come from installed extensions, and the folders that their marts lie in."""
    folders = [f for package in (masters, domains) for f in import_all(package)]
    for extension in entry_points(group=EXTENSIONS):
        folders += import_all(extension.load())
    return Registry(Entity.declared), folders


class Installation:
    """A workspace with its stores open."""

    def __init__(self, workspace: Workspace, store: Store, *, memory: str = "2GB") -> None:
        self.workspace = workspace
        self.store = store
        self.registry, self.folders = declared()
        self._model_files = tuple(sorted(p for f in self.folders for p in f.glob("**/marts/*.sql")))
        self.metric_files = partial(metric_files, self.folders, self.workspace.metrics)
        self._reading = threading.Lock()
        self.governed = Governed(store, self.registry, workspace.settings, workspace.calendar())
        self.governed.read(Files(workspace.rules(), workspace.sources(self.registry), (*self._model_files, *workspace.models())))
        self.rulebook = Rulebook.declared(self.registry, workspace.processes(self.registry))
        check_writers(self.registry, self.rulebook.processes, roles=frozenset(ROLES))
        self.native_metadata = MetaData()
        self.native: dict[str, Table] = tables_of(self.registry, self.native_metadata)
        altered = upgrade(store, self.native_metadata)
        self.keyring = Keyring.open(workspace.data / "keys" / "master.key")
        self.log = self._log()
        self.releases = Releases(store)
        self.access = Access(workspace.policies())
        self.sharing = Sharing(*workspace.sharing(self.registry))
        self.account_rules = AccountRules.read(workspace.settings, roles=frozenset(ROLES))
        self.identity = configured(workspace.settings)
        self.upkeep = Upkeep(self.context, workspace.settings, zone=workspace.calendar().zone)
        unsound = [f for name in self.rulebook.processes for f in self.flaws(name)]
        if unsound:
            raise DeclarationError(f"process {unsound[0].process}: {unsound[0].message}", hint=unsound[0].hint)
        self.timetable = Timetable.read(workspace.settings, workspace.calendar())
        self.take_requests()
        self.writebacks = workspace.writebacks(self.registry, self.governed.base.sources)
        with store.transaction() as tx:
            if altered:  # made anew; one that nobody here made stays, and `audit verify` names it
                record(tx, actor="system", action="audit_log.guard", object_="audit_log", detail={"altered": altered})
            self.keyring.settle(tx)
            keep_definitions(tx, self.rulebook)
            tell_configuration(tx, workspace.files(), by=operator_name())
        self._memory = memory
        Committer(store, workspace.data / "lake").check_place()

    @property
    def rules(self) -> tuple[QualityRule, ...]:
        """The company's own quality rules, as files and approved changes have them now."""
        return self.governed.now().rules

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every mapped source, as files and approved changes have it now."""
        return with_requests(self.governed.now().sources, self._requested)

    def read_rules(self) -> None:
        """Take in the rules of files that came; one that is known stays as it was read until the installation is opened anew."""
        with self._reading:
            base = self.governed.base
            fresh = tuple(r for r in self.workspace.rules() if r.name not in {k.name for k in base.rules})
            self.governed.read(Files((*base.rules, *fresh), base.sources, (*self._model_files, *self.workspace.models())))

    @property
    def shelf(self) -> Shelf:
        """Where profiles of tables are kept."""
        return Shelf(self.workspace.data / "profiles")

    def read_sources(self) -> None:
        """Read the mappings anew."""
        with self._reading:
            base = self.governed.base
            self.governed.read(Files(base.rules, self.workspace.sources(self.registry), base.models))

    def take_requests(self) -> None:
        """What was asked for here, also from elsewhere, becomes a source with the first that is approved."""
        with self.store.transaction() as tx:
            self._requested = source_of_requests(tx, self.registry)

    def _log(self) -> AuditLog:
        said = LogSettings.read(self.workspace.settings, home=self.workspace.home)
        copies = None if said.checkpoints is None else Copies(said.checkpoints)
        return AuditLog(self.store, self.keyring, said.origin, copies, Memory.beside(self.workspace.data / "keys"))

    def check(self) -> Checked:
        """The audit log, and what the tables hold against it."""
        checked = check_log(self.log)
        with self.store.transaction() as tx:
            tx.execute(SNAPSHOT)
            checked.records = check_records(tx, self.native, self.registry, self.rulebook.processes, checked.findings)
        return checked

    def settle(self) -> None:
        """Seal what was written. What was done stands when that fails: it is said, and the next command or server seals it."""
        try:
            self.log.settle()
        except MedthreadError as error:
            logging.getLogger("medthread.audit").warning("%s (%s)", error.message, error.hint)

    @property
    def models(self) -> tuple[Model, ...]:
        """All models as their files declare them now: those of the software, then the workspace's own."""
        return tuple(map(read_model, (*self._model_files, *self.workspace.models())))

    def plan(self) -> Plan:
        """What the files of models change of what is in force."""
        return plan(self.context(), self.models, consumers=CONSUMERS)

    @property
    def name(self) -> str:
        """What the company calls its workspace."""
        return str(self.workspace.settings.get("name", self.workspace.home.name))

    def tracer(self, reader: LakeReader) -> Tracer:
        """Trace questions over the release that a reader sees."""
        return Tracer(reader, self.workspace.data / "trace")

    def flaws(self, entity: str) -> list[Flaw]:
        """What is wrong with the process of an entity's records."""
        guards = {g.name: g.takes for g in self.rulebook.guards.values()}
        return flaws(self.rulebook.processes[entity], Known(ROLES, self.rulebook.events, guards, self.registry[entity]))

    def commands(self, reader: LakeReader) -> CommandContext:
        """The surroundings of the command path, over the release that a reader sees."""
        return CommandContext(
            registry=self.registry, rulebook=self.rulebook, tables=self.native, keyring=self.keyring, access=self.access,
            signer=KeptKeys(self.keyring), calendar=self.workspace.calendar(), genealogy=self.tracer(reader), released=Released(reader, self.registry),
            sharing=self.sharing,
        )

    def keeping(self) -> Keeping | None:
        """How this workspace is backed up; nothing where it does not say."""
        setting = BackupSetting.of(self.workspace.settings, home=self.workspace.home)
        if setting is None:
            return None
        subject = Subject(self.name, self.workspace.home, self.workspace.data, __version__, self.store)
        return Keeping(subject, setting, KeptKeys(self.keyring), Declared(self.registry, self.native_metadata))

    def bus(self) -> Bus | None:
        """The message broker, where the workspace names one."""
        url = os.environ.get("MEDTHREAD_RELAY_URL")
        return parse_bus(self.workspace.settings.get("relay"), name=self.name, home=self.workspace.home, url=url, events=self.rulebook.events)

    def bus_parts(self, commands: CommandContext) -> list[Relay | Receiver]:
        """What carries events out and in; none where there is no broker."""
        bus = self.bus()
        if bus is None:
            return []
        inlet = bus.inlet()
        received = [Receiver(self.store, commands, inlet, bus.inbound.accepts)] if inlet and bus.inbound else []
        return [Relay(self.store, bus.publisher(), self.rulebook.events, source=bus.source, shared=partial(as_shared, context=commands)), *received]

    def trains(self) -> TrainService | None:
        """What takes releases to readers at set times; nothing where every run does."""
        return TrainService(self.timetable, self.context, index_trace=self.index_trace, afterwards=self.upkeep.when_due) if self.timetable.trains else None

    def source_clock(self, runner: Runner) -> SourceClock | None:
        """What asks sources when they are due; nothing where none has a schedule, and nothing is sent."""
        if not any(s.schedule is not None or s.kind == "stream" for s in self.sources):
            return None

        def run() -> None:
            with self.store.transaction() as tx:
                runner.start(tx, by=ON_SCHEDULE, asks=False)

        return SourceClock(self.context, self.workspace.calendar(), run=run)

    def listeners(self) -> Listeners | None:
        """What listens to brokers; nothing where no source is one."""
        return Listeners(self.context()) if any(s.kind == "stream" for s in self.sources) else None

    def review_clock(self, services: Services) -> ReviewClock:
        """What tells of held rows past their time."""
        return ReviewClock(self.store, services.workflow, services.reader, lambda: self.sources, lambda: self.governed.now().terms)

    def master_clock(self, services: Services) -> MasterClock:
        """What tells of masters, and looks after what waits for stewards."""
        masters = [e for e in self.registry.values() if e.about.match]
        return MasterClock(self.store, services.workflow, services.reader, self.releases, masters, lambda: self.governed.now().masters)

    def writer(self, reader: LakeReader) -> Writer:
        """What says to sources what was decided here."""
        return Writer(Desk(
            self.store, self.registry, self.native, reader, Committer(self.store, self.workspace.data / "lake"), self.writebacks, lambda: self.sources, self.workspace.outbox, os.environ.get))

    def mail(self) -> Mail | None:
        """The mail server, where the workspace names one."""
        return parse_mail(self.workspace.settings.get("mail"), home=self.workspace.home, public_url=self.workspace.public_url,
                          password=os.environ.get("MEDTHREAD_MAIL_PASSWORD"))

    def couriers(self, commands: CommandContext) -> list[Courier]:
        """What takes notices to people; none where there is no mail server."""
        mail = self.mail()
        return [Courier(self.store, commands, mail.messenger(), address=mail.address)] if mail else []

    def index_trace(self, context: Context) -> str | None:
        """Index the genealogy of the newest build; the same again when it did not change."""
        files = context.committer.files(GENEALOGY)
        if not files:
            return None
        return build_index([Path(f) for f in files], context.trace, memory=context.memory, threads=context.threads).name

    def faults(self, release: Release) -> list[Fault]:
        """What is missing or changed of a release: its files, and its trace index."""
        found = [*verify_release(self.store, release), *verify_sealed(self.store, release, lake=self.workspace.data / "lake", trace=self.workspace.data / "trace")]
        if release.trace_index is not None:
            folder = self.workspace.data / "trace" / release.trace_index
            try:
                TraceIndex(folder).verify()
            except StoreError as error:
                found.append(Fault("trace index", str(folder), error.message))
        return found

    def loads(self) -> list[dict[str, Any]]:
        """Every file taken in, newest first."""
        with self.store.transaction() as tx:
            return [dict(r._mapping) for r in tx.execute(select(load).order_by(load.c.at.desc(), load.c.file)).all()]  # noqa: SLF001

    def release_rows(self) -> list[dict[str, Any]]:
        """Every release, newest first, and which one readers see."""
        with self.store.transaction() as tx:
            current = self.releases.current_id(tx)
            rows = tx.execute(select(release).order_by(release.c.created_at.desc())).all()
        return [{**dict(r._mapping), "current": r.id == current} for r in rows]  # noqa: SLF001 - SQLAlchemy's way

    @contextmanager
    def services(self, accounts: list[dict[str, Any]] | None) -> Iterator[Services]:
        """What the API works with, and nothing beside it: no reaction, no limit, no event goes out, nothing is sealed by itself."""
        reader, runner = LakeReader(self.releases), BackgroundRuns(self.context, index_trace=self.index_trace, afterwards=self.upkeep.when_due)
        commands, keeping = self.commands(reader), self.keeping()
        bus, couriers = self.bus_parts(commands), self.couriers(commands)
        profiler = Profiler(self.context, self.releases.heads, self.shelf)
        try:
            yield Services(
                name=self.name, store=self.store,
                registry=self.registry, mapped=lambda: self.sources, source_file=self.workspace.source_file, source_folder=self.workspace.source_folder, templates=partial(templates, self.folders), sources_changed=self.read_sources, native=self.native, keyring=self.keyring, access=self.access, account_rules=self.account_rules,
                identity=self.identity,
                workflow=commands, releases=self.releases, reader=reader, tracer=self.tracer(reader), runner=runner,
                inbox=self.workspace.inbox, sealer=Sealer(self.log), batch=self.context, copies=BackgroundKeeping(keeping) if keeping else None,
                models=lambda: self.models, metric_files=self.metric_files, ruled=lambda: self.rules, rule_folder=self.workspace.rule_folder, rules_changed=self.read_rules, profiler=profiler, governed=self.governed, handbook=HandbookSetting.read(self.workspace.settings, home=self.workspace.home), plan=self.plan, consumers=CONSUMERS,
                carriers=(*bus, *couriers), has_mail=bool(couriers), meter=UseMeter(self.store), timetable=self.timetable, writer=self.writer(reader),
                offers=tuple(declared_offers(self.registry, self.rulebook, self.models)), public_url=self.workspace.public_url, demo_accounts=accounts or [],
            )
        finally:
            profiler.wait()
            runner.wait()
            reader.close()

    @contextmanager
    def serving(self, accounts: list[dict[str, Any]] | None) -> Iterator[Services]:
        """The same with everything that goes on beside; runs in the background end before the store closes."""
        if self.store.cluster is not None:
            self.store.cluster.keep()
        with self.services(accounts) as services, ExitStack() as ending:
            beside: tuple[Beside | None, ...] = (services.sealer, Worker(self.store, services.workflow), services.meter, *services.carriers, services.copies, self.trains(), self.source_clock(services.runner), self.review_clock(services), self.listeners(), self.master_clock(services), services.writer if self.writebacks else None)
            for part in filter(None, beside):
                part.start()
                ending.callback(part.stop)
            ending.callback(services.runner.wait)  # first of all: what runs do is reacted to and sealed
            yield services

    def context(self, progress: Progress = silent) -> Context:
        """The surroundings of the batch path."""
        data, force = self.workspace.data, self.governed.refresh()
        self.take_requests()
        return Context(
            store=self.store, committer=Committer(self.store, data / "lake"), registry=force.registry,
            sources=with_requests(force.sources, self._requested), declared=lambda: self.models, keyring=self.keyring, secret=os.environ.get, inbox=self.workspace.inbox, landing=Landing(data / "landing"),
            lake=data / "lake", scratch=data / "scratch", trace=data / "trace", memory=self._memory, rules=force.rules, corrects_from=force.terms.corrects_from, judging=force.judging, at_release=(ContractsAtRelease(self.name, self.workspace.calendar().zone),), publishes=not self.timetable.trains, progress=progress, zone=self.workspace.calendar().zone,
        )


@contextmanager
def open_installation(home: Path) -> Iterator[Installation]:
    """Everything, opened and closed in order; what was written meanwhile is sealed at the end, also after a refusal."""
    workspace = Workspace.open(home)
    tighten(workspace.home, inbox=workspace.inbox)
    with open_store(workspace.data / "postgres") as store:
        installation = Installation(workspace, store)
        try:
            yield installation
        finally:
            installation.settle()
