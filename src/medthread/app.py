"""The only place that introduces domains to the machine: it finds declarations, opens stores, wires the parts."""

import importlib
import os
import pkgutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import yaml
from sqlalchemy import MetaData, Table

from medthread import domains, masters
from medthread.derive import tables_of
from medthread.model import Entity, Registry, Source, parse_source
from medthread.model.errors import ConfigurationError, DeclarationError
from medthread.pipeline.context import Context
from medthread.pipeline.progress import Progress, silent
from medthread.stores.lakehouse import Committer, Releases
from medthread.stores.postgres import Store, upgrade
from medthread.stores.postgres.cluster import Cluster
from medthread.trust.keys import Keyring

EXTENSIONS = "medthread.domains"
SETTINGS = "medthread.toml"


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
        found = []
        for path in sorted((self.home / "sources").glob("*.yaml")):
            try:
                content = yaml.safe_load(path.read_text(encoding="utf-8"))
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                raise DeclarationError(f"{path.name}: {error}", hint="mend the file; it is YAML in UTF-8") from error
            source = parse_source(content, origin=path.name)
            _check_source(source, registry, origin=path.name)
            found.append(source)
        return tuple(found)

    def models(self) -> list[Path]:
        """The company's own marts."""
        return sorted((self.home / "models").glob("*.sql"))


def _check_source(source: Source, registry: Registry, *, origin: str) -> None:
    for name, table in source.tables.items():
        for feed in table.feeds:
            if feed.entity not in registry:
                raise DeclarationError(
                    f"{origin}: {name} feeds {feed.entity!r}, which nobody declares",
                    hint=f"entities: {', '.join(sorted(registry))}",
                )
            strangers = sorted(set(feed.fields) - set(registry[feed.entity].fields))
            if strangers:
                raise DeclarationError(
                    f"{origin}: {name} maps {feed.entity}.{strangers[0]}, which is no field",
                    hint=f"fields: {', '.join(registry[feed.entity].fields)}",
                )


class Installation:
    """A workspace with its stores open."""

    def __init__(self, workspace: Workspace, store: Store, *, memory: str = "2GB") -> None:
        self.workspace = workspace
        self.store = store
        self.registry, folders = declared()
        self.sources = workspace.sources(self.registry)
        self.models = tuple(sorted(p for f in folders for p in f.glob("**/marts/*.sql"))) + tuple(workspace.models())
        self.native_metadata = MetaData()
        self.native: dict[str, Table] = tables_of(self.registry, self.native_metadata)
        upgrade(store, self.native_metadata)
        self.keyring = Keyring.open(workspace.data / "keys" / "master.key")
        self.releases = Releases(store)
        self._memory = memory

    def context(self, progress: Progress = silent) -> Context:
        """The surroundings of the batch path."""
        data = self.workspace.data
        base = Context(
            store=self.store, committer=Committer(self.store, data / "lake"), registry=self.registry,
            sources=self.sources, models=self.models, keyring=self.keyring, inbox=self.workspace.inbox,
            lake=data / "lake", scratch=data / "scratch", trace=data / "trace", memory=self._memory,
        )
        return replace(base, progress=progress)


@contextmanager
def open_store(workspace: Workspace) -> Iterator[Store]:
    """PostgreSQL: the one that MEDTHREAD_DATABASE_URL names, or the embedded one."""
    external = os.environ.get("MEDTHREAD_DATABASE_URL")
    if external:
        store = Store(external)
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
