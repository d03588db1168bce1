"""The only place that introduces domains to the machine: it finds declarations, opens stores, wires the parts."""

import importlib
import logging
import os
import pkgutil
import re
import threading
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from sqlalchemy import Connection, MetaData, Table, insert, select

from medthread import domains, masters
from medthread.api import Services
from medthread.derive import check_source, tables_of
from medthread.derive.soundness import Flaw, Known, flaws
from medthread.model import Entity, Home, Process, Registry, Rulebook, Source, parse_source
from medthread.model.errors import ConfigurationError, ConflictError, DeclarationError, StoreError
from medthread.model.process_file import parse_process
from medthread.pipeline.context import Context
from medthread.pipeline.ingest import matching_files, printable
from medthread.pipeline.progress import Progress, silent
from medthread.pipeline.run import run_pipeline
from medthread.stores.lakehouse import Committer, Release, Releases, verify_release
from medthread.stores.lakehouse.verify import Fault
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.tables import load, release, run
from medthread.stores.serving import LakeReader, Released
from medthread.trace import GENEALOGY, TraceIndex, Tracer, build_index
from medthread.trust.access import Access
from medthread.trust.audit import record
from medthread.trust.keys import Keyring
from medthread.trust.roles import ROLES
from medthread.trust.signatures import KeptKeys
from medthread.workflow import Calendar, keep_definitions
from medthread.workflow import Context as CommandContext
from medthread.workflow.worker import Worker

EXTENSIONS = "medthread.domains"
SETTINGS = "medthread.toml"


class PlainYaml(yaml.SafeLoader):
    """YAML whose words stay words: a column called `no` or `on` is no truth value, and a code like 2024-01-05 no date."""


PlainYaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainYaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def read_yaml(path: Path) -> Any:
    """The content of a workspace file."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=PlainYaml)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DeclarationError(f"{path.name}: {str(error)[:500]}", hint="mend the file; it is YAML in UTF-8") from error


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


@dataclass(frozen=True)
class Workspace:
    """A company's own configuration: a folder made by `medthread init`."""

    home: Path

    @classmethod
    def open(cls, home: Path) -> "Workspace":
        """The workspace of a folder."""
        home = home.expanduser().resolve()
        if not (home / SETTINGS).is_file():
            raise ConfigurationError(
                f"{home} is not a workspace", hint=f"make one with `medthread init {home}`, or name another with --home"
            )
        return cls(home)

    @cached_property
    def settings(self) -> dict[str, object]:
        """What `medthread.toml` says."""
        try:
            return tomllib.loads((self.home / SETTINGS).read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise DeclarationError(f"{SETTINGS}: {error}", hint="mend the file; it is TOML") from error

    @property
    def inbox(self) -> Path:
        """Where source files arrive."""
        return self.home / str(self.settings.get("inbox", "inbox"))

    @property
    def data(self) -> Path:
        """Where the installation keeps what it makes."""
        return self.home / "data"

    def sources(self, registry: Registry) -> tuple[Source, ...]:
        """The mapped sources, checked against the registry."""
        found: dict[str, Source] = {}
        for path in sorted(p for p in (self.home / "sources").glob("*") if p.suffix in (".yaml", ".yml")):
            source = parse_source(read_yaml(path), origin=path.name)
            check_source(source, registry, origin=path.name)
            if source.name in found:
                raise DeclarationError(f"{path.name}: there is a source {source.name!r} already", hint="give each source a name of its own")
            found[source.name] = source
        return tuple(found.values())

    def policies(self) -> dict[str, str]:
        """The company's own policies, by file name."""
        return {p.name: p.read_text(encoding="utf-8") for p in sorted((self.home / "policies").glob("*.cedar"))}

    def processes(self, registry: Registry) -> dict[str, Process]:
        """The company's own processes by the entity whose records follow them."""
        found: dict[str, Process] = {}
        for path in sorted((self.home / "processes").glob("*.yaml")):
            given = parse_process(read_yaml(path), origin=path.name)
            if registry[given.record].about.home is not Home.NATIVE:
                raise DeclarationError(f"{path.name}: {given.record} comes from source systems", hint="a process moves native records")
            shipped = registry[given.record].about.process
            if shipped is not None and shipped.name == given.process.name and given.process.version <= shipped.version:
                raise DeclarationError(f"{path.name}: version {given.process.version} is not above the shipped {shipped.version}", hint="raise its version")
            found[given.record] = given.process
        return found

    def calendar(self) -> Calendar:
        """The organisation's zone and working days: `[calendar] zone, holidays, workdays`."""
        given = self.settings.get("calendar", {})
        if not isinstance(given, dict):
            raise DeclarationError(f"{SETTINGS}: calendar is not a section", hint="write [calendar] and under it zone, holidays, workdays")
        try:
            days = {n: frozenset(date.fromisoformat(str(d)) for d in given.get(n, ())) for n in ("holidays", "workdays")}
            zone = str(given.get("zone", Calendar.zone))
            ZoneInfo(zone)
        except (ValueError, TypeError, ZoneInfoNotFoundError) as error:
            raise DeclarationError(f"{SETTINGS}: [calendar] {error}", hint='days are "2026-10-01", a zone is "Asia/Shanghai"') from error
        return Calendar(zone, **days)

    def models(self) -> list[Path]:
        """The company's own marts."""
        return sorted((self.home / "models").glob("*.sql"))


class Installation:
    """A workspace with its stores open."""

    def __init__(self, workspace: Workspace, store: Store, *, memory: str = "2GB") -> None:
        self.workspace = workspace
        self.store = store
        self.registry, folders = declared()
        self.sources = workspace.sources(self.registry)
        self.models = tuple(sorted(p for f in folders for p in f.glob("**/marts/*.sql"))) + tuple(workspace.models())
        self.rulebook = Rulebook.declared(self.registry, workspace.processes(self.registry))
        self.native_metadata = MetaData()
        self.native: dict[str, Table] = tables_of(self.registry, self.native_metadata)
        upgrade(store, self.native_metadata)
        self.keyring = Keyring.open(workspace.data / "keys" / "master.key")
        self.releases = Releases(store)
        self.access = Access(workspace.policies())
        unsound = [f for name in self.rulebook.processes for f in self.flaws(name)]
        if unsound:
            raise DeclarationError(f"process {unsound[0].process}: {unsound[0].message}", hint=unsound[0].hint)
        with store.transaction() as tx:
            keep_definitions(tx, self.rulebook)
        self._memory = memory
        self.context().committer.check_place()

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
        )

    def index_trace(self, context: Context) -> str | None:
        """Index the genealogy of the newest build; the same again when it did not change."""
        files = context.committer.files(GENEALOGY)
        if not files:
            return None
        return build_index([Path(f) for f in files], context.trace, memory=context.memory, threads=context.threads).name

    def faults(self, release: Release) -> list[Fault]:
        """What is missing or changed of a release: its files, and its trace index."""
        found = list(verify_release(self.store, release))
        if release.trace_index is not None:
            folder = self.workspace.data / "trace" / release.trace_index
            try:
                TraceIndex(folder).verify()
            except StoreError as error:
                found.append(Fault("trace index", str(folder), error.message))
        return found

    def unnamed_files(self) -> list[str]:
        """Files in the inbox that no mapping names."""
        inbox = self.workspace.inbox
        named = {p for s in self.sources for t in s.tables.values() if t.files for p in matching_files(inbox, t.files)}
        found = (p for p in sorted(inbox.rglob("*")) if p.is_file() and not p.name.startswith("."))
        return [printable(p.relative_to(inbox).as_posix()) for p in found if p not in named]

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
    def serving(self, accounts: list[dict[str, Any]] | None) -> Iterator[Services]:
        """What the API works with; runs in the background end before the store closes."""
        reader, runner = LakeReader(self.releases), BackgroundRuns(self)
        commands = self.commands(reader)
        worker = Worker(self.store, commands)
        worker.start()
        try:
            yield Services(
                name=str(self.workspace.settings.get("name", self.workspace.home.name)), store=self.store,
                registry=self.registry, sources=self.sources, native=self.native, keyring=self.keyring, access=self.access,
                workflow=commands, releases=self.releases, reader=reader, tracer=self.tracer(reader), runner=runner,
                inbox=self.workspace.inbox, demo_accounts=accounts or [],
            )
        finally:
            runner.wait()
            worker.stop()
            reader.close()

    def context(self, progress: Progress = silent) -> Context:
        """The surroundings of the batch path."""
        data = self.workspace.data
        base = Context(
            store=self.store, committer=Committer(self.store, data / "lake"), registry=self.registry,
            sources=self.sources, models=self.models, keyring=self.keyring, inbox=self.workspace.inbox,
            lake=data / "lake", scratch=data / "scratch", trace=data / "trace", memory=self._memory,
        )
        return replace(base, progress=progress)


class BackgroundRuns:
    """Pipeline runs started from the console: one at a time, in a thread of their own."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self, tx: Connection, *, by: str, source: str | None = None) -> str:
        """Begin a run; refused while another is under way. Its own first write waits until this transaction is committed."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise ConflictError("a run is under way", hint="wait for it to end; the Runs page shows how far it is")
            run_id = f"run-{uuid.uuid4()}"
            tx.execute(insert(run).values(id=run_id, status="running", started_by=by))
            record(tx, actor=by, action="run.start", object_=f"run/{run_id}")
            self._thread = threading.Thread(target=self._run, args=(run_id, by, source), name=run_id)
            self._thread.start()
        return run_id

    def _run(self, run_id: str, by: str, source: str | None) -> None:
        installation = self._installation
        try:
            run_pipeline(installation.context(), by=by, index_trace=installation.index_trace, only=source, run_id=run_id)
        except Exception:
            # The run's row says what went wrong; the log keeps how.
            logging.getLogger("medthread.runs").exception("run %s failed", run_id)

    def wait(self) -> None:
        """Let a run that is under way come to its end."""
        if self._thread is not None:
            self._thread.join()


def with_driver(url: str) -> str:
    """The address as people write it, with the driver that we bring."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


@contextmanager
def open_store(workspace: Workspace) -> Iterator[Store]:
    """PostgreSQL: the one that MEDTHREAD_DATABASE_URL names, or the embedded one."""
    external = os.environ.get("MEDTHREAD_DATABASE_URL")
    if external:
        store = Store(with_driver(external))
        try:
            yield store
        finally:
            store.close()
        return
    with Cluster(workspace.data / "postgres") as cluster:
        store = Store(cluster.url)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def open_installation(home: Path) -> Iterator[Installation]:
    """Everything, opened and closed in order."""
    workspace = Workspace.open(home)
    with open_store(workspace) as store:
        yield Installation(workspace, store)
