"""A company's own configuration: a folder of files, read and checked before anything runs on them."""

import hashlib
import ipaddress
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from medthread.derive import check_source
from medthread.governance.writebacks.rules import check_rule
from medthread.model import Home, Process, Registry, Source, parse_source
from medthread.model.errors import ConfigurationError, DeclarationError, NotFoundError
from medthread.model.process_file import parse_process
from medthread.model.rule_file import QualityRule, parse_rules
from medthread.model.sharing import Places, SharingRule, ShippedRule
from medthread.model.sharing_file import FILE, parse_sharing
from medthread.model.writeback import Writeback, parse_writeback
from medthread.model.yaml_file import read_yaml
from medthread.workflow import Calendar

SETTINGS = "medthread.toml"
READ = {"sources": ("*.yaml", "*.yml"), "policies": ("*.cedar",), "processes": ("*.yaml",), "rules": ("*.yaml",), "metrics": ("*.yaml",), "writebacks": ("*.yaml",)}  # files of a folder that say what the installation does


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
    def hosts(self) -> tuple[str, ...]:
        """Names that the server answers to, beside those of this machine and of its public address."""
        server = self.settings.get("server", {})
        names = server.get("hosts", []) if isinstance(server, dict) else None
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise ConfigurationError(f"[server] hosts = {names!r}", hint='a list of names without ports: hosts = ["medthread.example.com"]')
        return tuple(names)

    @property
    def public_url(self) -> str | None:
        """The address that browsers know us by, where it is not the one that a request names (behind a gateway)."""
        value = self.settings.get("public_url")
        if value is not None and not (isinstance(value, str) and value.startswith(("https://", "http://"))):
            raise ConfigurationError(f"public_url = {value!r}", hint="an address: https://medthread.example.com")
        return value

    @property
    def proxies(self) -> tuple[str, ...]:
        """The gateways, by address, whose word is taken on where a request comes from (`X-Forwarded-For`, `-Proto`); none unless named."""
        value = self.settings.get("proxies", [])
        hint = 'a list of addresses: proxies = ["127.0.0.1"]'
        if not isinstance(value, list):
            raise ConfigurationError(f"proxies = {value!r}", hint=hint)
        try:
            return tuple(str(ipaddress.ip_address(str(v))) for v in value)
        except ValueError as error:
            raise ConfigurationError(f"proxies = {value!r}", hint=hint) from error

    @property
    def inbox(self) -> Path:
        """Where source files arrive."""
        return self.home / str(self.settings.get("inbox", "inbox"))

    @property
    def outbox(self) -> Path:
        """Where files lie that other systems fetch."""
        return self.home / str(self.settings.get("outbox", "outbox"))

    @property
    def data(self) -> Path:
        """Where the installation keeps what it makes."""
        return self.home / "data"

    def files(self) -> dict[str, str]:
        """Every file that says what the installation does, by its name in the workspace, with its SHA-256. Models take effect by `medthread apply` alone."""
        named = [p for p in (self.home / SETTINGS, self.home / FILE) if p.is_file()]
        found = [*named, *(p for folder in READ for p in self._read(folder))]
        return {p.relative_to(self.home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}

    def _read(self, folder: str) -> list[Path]:
        return sorted(p for pattern in READ[folder] for p in (self.home / folder).glob(pattern))

    def sources(self, registry: Registry) -> tuple[Source, ...]:
        """The mapped sources, checked against the registry."""
        found: dict[str, Source] = {}
        for path in self._read("sources"):
            source = parse_source(read_yaml(path), origin=path.name)
            check_source(source, registry, origin=path.name)
            if source.name in found:
                raise DeclarationError(f"{path.name}: there is a source {source.name!r} already", hint="give each source a name of its own")
            found[source.name] = source
        return tuple(found.values())

    def rules(self) -> tuple[QualityRule, ...]:
        """The company's own quality rules, by name; each name once."""
        found: dict[str, QualityRule] = {}
        for path in self._read("rules"):
            for rule in parse_rules(read_yaml(path), origin=f"rules/{path.name}"):
                if rule.name in found:
                    raise DeclarationError(f"{rule.origin}: there is a rule {rule.name!r} in {found[rule.name].origin} already", hint="give each rule a name of its own", file=rule.origin)
                found[rule.name] = rule
        return tuple(found.values())

    def writebacks(self, registry: Registry, sources: Iterable[Source]) -> tuple[Writeback, ...]:
        """What is written back to sources, checked against what is declared and mapped."""
        found: dict[str, Writeback] = {}
        known = {s.name: s for s in sources}
        for path in self._read("writebacks"):
            origin = f"writebacks/{path.name}"
            rule = parse_writeback(read_yaml(path), origin=origin)
            check_rule(rule, registry, known, origin=origin)
            if rule.name in found:
                raise DeclarationError(f"{origin}: there is a rule {rule.name!r} already", hint="give each rule a name of its own", file=origin)
            found[rule.name] = rule
        return tuple(found.values())

    @property
    def rule_folder(self) -> Path:
        """Where the files of rules lie."""
        return self.home / "rules"

    @property
    def source_folder(self) -> Path:
        """Where the files of sources lie."""
        return self.home / "sources"

    def source_file(self, name: str) -> Path:
        """The file that maps a source."""
        found = next((p for p in self._read("sources") if parse_source(read_yaml(p), origin=p.name).name == name), None)
        if found is None:
            raise NotFoundError(f"no file in sources/ maps {name!r}", hint="it was removed while the server ran; start it again")
        return found

    def policies(self) -> dict[str, str]:
        """The company's own policies, by file name."""
        return {p.name: p.read_text(encoding="utf-8") for p in self._read("policies")}

    def sharing(self, registry: Registry) -> tuple[tuple[SharingRule, ...], Places]:
        """Sharing rules, the company's own before those that ship, and where its organisations, plants and systems lie."""
        path = self.home / FILE
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DeclarationError(f"{FILE}: {error}", hint="mend the file; it is TOML in UTF-8") from error
        return parse_sharing(given, registry, ShippedRule.all().values())

    def processes(self, registry: Registry) -> dict[str, Process]:
        """The company's own processes by the entity whose records follow them."""
        found: dict[str, Process] = {}
        for path in self._read("processes"):
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

    def metrics(self) -> list[Path]:
        """The company's own metrics."""
        return self._read("metrics")

    def models(self) -> list[Path]:
        """The company's own marts."""
        return sorted((self.home / "models").glob("*.sql"))
