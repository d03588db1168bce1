"""What governs the data now and on any day: read from files and from what was approved, anew where either changed."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Connection

from medthread.governance.dictionary.changes import Change, stamp
from medthread.governance.governed import mappings, thresholds
from medthread.governance.governed.force import KINDS, Force, force_of, trial
from medthread.governance.governed.setting import GovernanceSetting
from medthread.governance.governed.words import (
    GOVERNED,
    MAPPING,
    OVER,
    RULE,
    THRESHOLD,
    Base,
    Content,
    bare,
    name_of,
    state_of,
    subject_of,
)
from medthread.model import Registry, Source
from medthread.model.errors import ConflictError, InvalidError
from medthread.model.rule_file import QualityRule
from medthread.pipeline.judge import accept_rules
from medthread.pipeline.said import standing
from medthread.stores.postgres.store import Store
from medthread.workflow import Calendar

LOOK = 1.0  # seconds for which nobody looks whether something else was approved meanwhile; runs and decisions look at once


@dataclass(frozen=True)
class Files:
    """What files of the workspace say, as they were read."""

    rules: tuple[QualityRule, ...] = ()
    sources: tuple[Source, ...] = ()
    models: tuple[Path, ...] = ()


class Governed:
    """Keeps what is in force, and lets the registry have it."""

    def __init__(self, store: Store, registry: Registry, settings: dict[str, object], calendar: Calendar) -> None:
        self.setting = GovernanceSetting.read(settings)
        self._store, self._registry, self._settings, self._calendar = store, registry, settings, calendar
        self._lock = threading.RLock()
        self._base = Base(Registry(dict(registry)), settings=settings, calendar=calendar)
        self._force = Force(self._base, self._base.registry, (), (), settings)
        self._mark: tuple[Any, ...] | None = None
        self._looked = 0.0

    @property
    def today(self) -> date:
        """The day that it is for the organisation."""
        return datetime.now(ZoneInfo(self._calendar.zone)).date()

    @property
    def base(self) -> Base:
        """What files and declarations say by themselves."""
        return self._base

    def read(self, files: Files) -> None:
        """Take in what files say. Raises `DeclarationError` or `ConfigurationError` for what cannot be; nothing is taken over then."""
        base = Base(Registry(dict(self._base.registry)), files.rules, files.sources, self._settings, files.models, self._calendar)
        accept_rules(files.rules, Registry(dict(base.registry)), models=files.models)
        thresholds.readable(base, self._settings)
        with self._lock:
            self._take(force_of(base, self._force.said, files_hold=self.setting.files_hold))
            self._base = base
            self._mark = None  # what was approved is read again by whoever asks next

    def now(self) -> Force:
        """What is in force; it is looked at every moment or so whether that changed."""
        if self._mark is None or time.monotonic() - self._looked > LOOK:
            return self.refresh()
        return self._force

    def refresh(self) -> Force:
        """What is in force this moment."""
        today, known = self.today, self._mark
        with self._store.transaction() as tx:  # never within the lock: whoever waits for it may hold a connection
            mark = (today, *stamp(tx))
            said = standing(tx, today) if mark != known else None
        with self._lock:
            # Approvals only become more: somebody else may have seen a later one meanwhile.
            if said is not None and (self._mark is None or mark[:2] >= self._mark[:2]):
                self._take(force_of(self._base, said, files_hold=self.setting.files_hold))
                self._mark = mark
            self._looked = time.monotonic()
            return self._force

    def on(self, tx: Connection, day: date) -> Force:
        """What was, or will be, approved by a day, over the files of today."""
        return force_of(self._base, standing(tx, day), files_hold=self.setting.files_hold)

    def change(self, kind: str, subject: str, content: Content | None) -> Change | None:
        """A change that can be proposed; nothing where it says what files say, and these hold. Raises `MedthreadError` for what cannot be said."""
        if not subject.startswith(f"{kind}:"):
            raise InvalidError(f"{subject} is no {kind}", hint=f"write {kind}: and what it is about")
        name, force = name_of(subject), self.refresh()
        declared = KINDS[kind].declared(force.base, name)
        if content is None:
            return Change(kind, subject, None)
        after = KINDS[kind].checked(replace(force.base, sources=force.known_sources if kind != MAPPING else force.sources), name, content)
        said = force.said.get(subject)
        if self.setting.files_hold and after == declared and (said is None or said.content is None):
            return None
        return Change(kind, subject, {**after, OVER: state_of(declared)})

    def check(self, tx: Connection, rows: Iterable[Any], *, on: date) -> None:
        """Whether proposed rows can be approved. Raises `ConflictError` where a file was changed meanwhile, or something could not stand with them."""
        ours = [r for r in rows if r.kind in GOVERNED]
        force = self.on(tx, max(on, self.today))
        for r in ours:
            if r.after is not None and r.undoes is None and r.after.get(OVER) != state_of(KINDS[r.kind].declared(force.base, name_of(r.subject))):
                raise ConflictError(f"the file that says {r.subject} was changed since this was proposed", hint="refuse it, and propose anew over what the file says now")
        self.stands(force, [(r.kind, r.subject, r.after) for r in ours])

    def stands(self, force: Force, changes: Iterable[tuple[str, str, Content | None]]) -> Force:
        """What would be in force with these changes. Raises `ConflictError` where something approved could not stand any more, or one of them cannot."""
        changes = list(changes)
        then = trial(force, changes, files_hold=self.setting.files_hold)
        before, mine = force.unusable(), {s for _, s, _ in changes}
        for subject, note in then.unusable().items():
            if subject in mine or subject not in before:
                why = note.why.message if note.why else ""
                raise ConflictError(f"{subject} could not stand: {why}", hint="it rests on what is changed, or on what is gone: propose both as one, or take the later change back first")
        return then

    def is_closed(self, kind: str, name: str) -> bool:
        """Whether a file of it has nothing to say: something was approved above it, or only what is approved holds."""
        said = self.now().said.get(subject_of(kind, name))
        return not self.setting.files_hold or (said is not None and said.content is not None)

    def text(self, source: str) -> str:
        """The mapping of a source in force, as its file would say it."""
        force = self.now()
        found = next((s for s in force.sources if s.name == source), None)
        return "" if found is None else str(yaml.safe_dump(mappings.as_data(found), allow_unicode=True, sort_keys=False, width=200))

    def told(self, kind: str, content: Content | None) -> Content | None:
        """A content for people to read: without what it was proposed over, its words in the order of files."""
        return None if content is None else KINDS[kind].told(bare(content) or {})

    def declared(self, kind: str, subject: str) -> Content | None:
        """What files and declarations say of a subject."""
        return KINDS[kind].declared(self._base, name_of(subject))

    def narrows(self, kind: str, subject: str, before: Content | None, after: Content | None) -> bool:
        """Whether a change may take something from readers, or stop a run."""
        declared = self.declared(kind, subject)
        return KINDS[kind].narrows(bare(before) or declared, bare(after) or declared)

    def _take(self, force: Force) -> None:
        self._force = force
        self._registry.govern(force.registry)


@dataclass(frozen=True)
class Standing:
    """What holds of one subject on a day: approved when and by whom; without, what the file says. `notes`: why it is not, or not wholly, in force."""

    subject: str
    content: Content | None
    proposal: str | None = None
    since: date | None = None
    proposed_by: str | None = None
    approved_by: str | None = None
    notes: tuple[str, ...] = field(default=())


def listed(force: Force, kind: str, subject: str | None = None) -> list[Standing]:
    """Everything of a kind that files or approved changes say, by subject; or one subject, also where nobody says anything of it."""
    troubles = {n.subject: n.trouble.value for n in force.notes}
    said = {s: one for s, one in force.said.items() if one.kind == kind}
    files = {f"{kind}:{n}": c for n in _names(force.base, kind) if (c := KINDS[kind].declared(force.base, n)) is not None}
    found = []
    for name in sorted({*said, *files}) if subject is None else (subject,):
        one = said.get(name)
        noted = (troubles[name],) if name in troubles else ()
        if one is None or one.content is None:
            found.append(Standing(name, files[name] if name in files else force.content(name), notes=noted))
        else:
            found.append(Standing(name, bare(one.content), one.proposal, one.since, one.proposed_by, one.approved_by, noted))
    return found


def _names(base: Base, kind: str) -> list[str]:
    names = {RULE: [r.name for r in base.rules], MAPPING: [s.name for s in base.sources], THRESHOLD: thresholds.said_in(base.settings)}
    return names.get(kind, [])
