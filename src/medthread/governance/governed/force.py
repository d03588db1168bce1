"""What is in force: files and declarations with what was approved above them.

What was approved may no longer stand: its source is gone, an update of the software took a field away. Then it is left
out and told, and nothing else is held up. In an installation where approval is demanded, what files say without it is left
out and told as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from medthread.governance.governed import mappings, periods, rules, thresholds
from medthread.governance.governed.words import (
    GOVERNED,
    MAPPING,
    OVER,
    RETENTION,
    RULE,
    THRESHOLD,
    Base,
    Content,
    Kind,
    bare,
    name_of,
    state_of,
    subject_of,
)
from medthread.governance.masters.setting import MasterSetting
from medthread.governance.quality_target import QualityTargets
from medthread.governance.review.terms import ReviewTerms
from medthread.model import Registry, Source
from medthread.model.errors import MedthreadError, NotFoundError
from medthread.model.rule_file import QualityRule
from medthread.pipeline.judge.conditions import add_intake_rules
from medthread.pipeline.judging import Judging
from medthread.pipeline.said import Said

TRIAL = "trial"
KINDS: Mapping[str, Kind] = {RULE: rules.Rules(), MAPPING: mappings.Mappings(), THRESHOLD: thresholds.Thresholds(), RETENTION: periods.Periods()}


class Trouble(StrEnum):
    """Why something that was said is not, or not wholly, in force."""

    UNUSABLE = "unusable"  # approved, and it cannot stand any more
    OUTDATED = "outdated"  # the file was changed after the approval; what was approved stays in force
    UNAPPROVED = "unapproved"  # a file says it, approval is demanded, and nobody approved it


@dataclass(frozen=True)
class Note:
    """What is not in force of what was said, and why."""

    subject: str
    trouble: Trouble
    why: MedthreadError | None = None


@dataclass(frozen=True)
class Force:
    """Everything that governs the data on a day; `registry` has the rules of intake, what is borne and what is kept longer."""

    base: Base
    registry: Registry
    rules: tuple[QualityRule, ...]
    sources: tuple[Source, ...]
    settings: Mapping[str, object]
    said: Mapping[str, Said] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @cached_property
    def targets(self) -> QualityTargets:
        """The indices that are to be reached."""
        return QualityTargets.read(self.settings, self.registry, self.known_sources)

    @property
    def known_sources(self) -> tuple[Source, ...]:
        """Those in force, and those that files name and nobody approved: a threshold may be about them already."""
        return tuple({s.name: s for s in (*self.base.sources, *self.sources)}.values())

    @cached_property
    def terms(self) -> ReviewTerms:
        """How soon held rows are looked at, and how sure a rule must be to mend by itself."""
        return ReviewTerms.read(self.settings, self.base.calendar)

    @cached_property
    def masters(self) -> MasterSetting:
        """From how much on a second person decides about masters."""
        return MasterSetting.read(self.settings, self.registry.values())

    @cached_property
    def judging(self) -> Judging:
        """How rules are asked, and their verdicts kept."""
        return Judging.read(self.settings)

    def content(self, subject: str) -> Content | None:
        """What holds of a subject, in the words of a content: what was approved, else what files and declarations say."""
        said = self.said.get(subject)
        if said is not None and said.content is not None:
            return bare(said.content)
        kind = subject.partition(":")[0]
        return KINDS[kind].declared(self.base, name_of(subject))

    def unusable(self) -> dict[str, Note]:
        """What was approved and cannot stand, by its subject."""
        return {n.subject: n for n in self.notes if n.trouble is Trouble.UNUSABLE}


def force_of(base: Base, said: Mapping[str, Said], *, files_hold: bool = True) -> Force:
    """What is in force where `said` was approved."""
    ours = {s: one for s, one in said.items() if one.kind in GOVERNED}
    making = _Making(base, ours, files_hold=files_hold)
    asked, sources = making.rules(), making.sources()
    settings = making.settings(sources)
    making.kept()
    return Force(base, making.registry, asked, sources, settings, said=ours, notes=tuple(making.notes))


class _Making:
    """Puts together what is in force, kind by kind; what cannot stand is left out and noted."""

    def __init__(self, base: Base, said: Mapping[str, Said], *, files_hold: bool) -> None:
        self.base, self._files_hold = base, files_hold
        self.registry = Registry(dict(base.registry))
        self.notes: list[Note] = []
        self._said = {k: {name_of(s): one for s, one in said.items() if one.kind == k and one.content is not None} for k in GOVERNED}

    def rules(self) -> tuple[QualityRule, ...]:
        """The rules that are asked, in the order of files, then of their names."""
        said, kind = self._said[RULE], rules.Rules()
        found: dict[str, QualityRule] = {}
        for own in self.base.rules:
            if own.name not in said and self._holds(RULE, own.name):
                add_intake_rules(self.registry, (own,))
                found[own.name] = own
        for name, one in sorted(said.items()):
            content = one.content or {}
            if rules.WHOLE not in content:
                continue
            try:
                rule = kind.read(name, {rules.WHOLE: content[rules.WHOLE]}).model_copy(update={"origin": one.proposal})
                rules.fitting(rule, self.registry, self.base.tables)
                add_intake_rules(self.registry, (rule,))
                found[name] = rule
            except MedthreadError as error:
                self._unusable(RULE, name, error)
        self._bear(said)
        self._outdated(RULE)
        order = {r.name: n for n, r in enumerate(self.base.rules)}
        return tuple(sorted(found.values(), key=lambda r: (order.get(r.name, len(order)), r.name)))

    def sources(self) -> tuple[Source, ...]:
        """The sources with their mappings: whole ones first, then what is said of single fields."""
        said, kind = self._said[MAPPING], mappings.Mappings()
        found = {s.name: s for s in self.base.sources if s.name not in said and self._holds(MAPPING, s.name)}
        for name, one in sorted(said.items(), key=lambda item: (item[0].count("/"), item[0])):
            content = one.content or {}
            try:
                at = mappings.place_of(name)
                if at.is_whole:
                    found[name] = kind.read(self.registry, name, {mappings.WHOLE: content[mappings.WHOLE]})
                else:
                    found[at.source] = mappings.with_field(_known(found, at.source), at, content, self.registry)
            except MedthreadError as error:
                self._unusable(MAPPING, name, error)
        self._outdated(MAPPING)
        order = {s.name: n for n, s in enumerate(self.base.sources)}
        return tuple(sorted(found.values(), key=lambda s: (order.get(s.name, len(order)), s.name)))

    def settings(self, sources: tuple[Source, ...]) -> Mapping[str, object]:
        """The settings of the workspace with other thresholds, some of them about sources."""
        known = replace(self.base, sources=tuple({s.name: s for s in (*self.base.sources, *sources)}.values()))
        made, said = self.base.settings, self._said[THRESHOLD]
        if not self._files_hold:
            for name in thresholds.said_in(made):
                if name not in said and not self._holds(THRESHOLD, name):
                    made = thresholds.with_value(made, name, None)
        for name, one in sorted(said.items()):
            try:
                fresh = thresholds.with_value(made, name, (one.content or {})[thresholds.VALUE])
                thresholds.readable(known, fresh)
                made = fresh
            except MedthreadError as error:
                self._unusable(THRESHOLD, name, error)
        self._outdated(THRESHOLD)
        return made

    def kept(self) -> None:
        """Periods that are longer than declared."""
        for name, one in sorted(self._said[RETENTION].items()):
            try:
                content = periods.Periods().checked(self.base, name, bare(one.content) or {})
            except MedthreadError as error:
                self._unusable(RETENTION, name, error)
                continue
            self.registry.keep(name, periods.with_period(self.base.registry[name].about.retain, content))

    def _bear(self, said: Mapping[str, Said]) -> None:
        for name, one in said.items():
            content = one.content or {}
            if rules.BORNE not in content:
                continue
            try:
                rules.Rules().checked(self.base, name, {rules.BORNE: content[rules.BORNE]})
            except MedthreadError as error:
                self._unusable(RULE, name, error)
                continue
            self.registry.bear(name, rules.borne_of(content))

    def _holds(self, kind: str, name: str) -> bool:
        """Whether what a file says, and nobody approved, is used; where approval is demanded it is told instead."""
        if not self._files_hold:
            self.notes.append(Note(subject_of(kind, name), Trouble.UNAPPROVED))
        return self._files_hold

    def _outdated(self, kind: str) -> None:
        """Files that say something else than when the change above them was proposed."""
        for name, one in self._said[kind].items():
            subject = subject_of(kind, name)
            if subject in {n.subject for n in self.notes}:
                continue
            declared = KINDS[kind].declared(self.base, name)
            if state_of(declared) != (one.content or {}).get(OVER) and declared != bare(one.content):
                self.notes.append(Note(subject, Trouble.OUTDATED))

    def _unusable(self, kind: str, name: str, error: MedthreadError) -> None:
        self.notes.append(Note(subject_of(kind, name), Trouble.UNUSABLE, error))


def _known(found: Mapping[str, Source], name: str) -> Source:
    if name not in found:
        raise NotFoundError(f"no source {name!r}", hint=f"there are: {', '.join(found)}")
    return found[name]


def trial(force: Force, changes: Iterable[tuple[str, str, Content | None]], *, files_hold: bool) -> Force:
    """What would be in force with these changes (kind, subject, content after) approved. Nothing is written."""
    said = dict(force.said)
    for kind, subject, after in changes:
        said[subject] = Said(kind, subject, after, TRIAL, date.max, "", "")
    return force_of(force.base, said, files_hold=files_hold)
