"""A model as people meet it: the text in force, what its file says, the table that readers see, the one that was held back."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from medthread.pipeline.build.built import Built, built, heads
from medthread.pipeline.build.expectation import Finding
from medthread.pipeline.build.model import Model, in_order, parse_model
from medthread.pipeline.build.models import Workshop
from medthread.pipeline.build.versions import Version, in_force
from medthread.pipeline.context import Context

parsed = lru_cache(maxsize=1024)(parse_model)


class Standing(StrEnum):
    """How the file of a model stands to the text in force."""

    IN_FORCE = "in_force"
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Known:
    """A model: in the words that are in force, or, where none are yet, in those of its file (`declared`).

    `made` is the table that readers see; `held` is what its file comes to over the data of today and may not be seen.
    """

    model: Model
    declared: Model | None
    version: Version | None
    made: Built | None
    held: Built | None = None

    @property
    def standing(self) -> Standing:
        """How its file stands to the text in force."""
        if self.version is None:
            return Standing.NEW
        if self.declared is None:
            return Standing.REMOVED
        return Standing.IN_FORCE if self.declared.text == self.version.text else Standing.CHANGED

    @property
    def findings(self) -> dict[tuple[str, bool], Finding]:
        """How the table that readers see met what its text in force asks. A test of a file that is not in force says nothing of it."""
        asked = {(e.condition, e.blocks) for e in self.model.expectations}
        found = {(f.condition, f.blocks): f for f in (self.made.findings if self.made else ())}
        return {key: f for key, f in found.items() if key in asked}


def known_models(context: Context, declared: Iterable[Model] | None) -> dict[str, Known]:
    """Every model by name. `declared` is None where the files cannot be read: then what is in force is all that is known."""
    files = {m.name: m for m in declared or ()}
    with context.store.transaction() as tx:
        versions, made = in_force(tx), heads(tx)
    held = _held(context, files.values())
    found = {}
    for name in sorted(versions.keys() | files.keys()):
        version, file = versions.get(name), files.get(name)
        if version is None and file is not None:
            model = file
        elif version is not None:
            model = parsed(name, version.text, file=f"{name}.sql", domain=file.domain if file else "")
            file = model if file is None and declared is None else file
        found[name] = Known(model, file, version, made.get(model.table), held.get(model.table))
    return found


def _held(context: Context, declared: Iterable[Model]) -> dict[str, Built]:
    """Tables that were made of the files as they are and of the data as they are, and do not meet what is expected of them."""
    workshop = Workshop(context)
    fingerprints = {m.table: workshop.fingerprint(m) for m in in_order(declared)}
    with context.store.transaction() as tx:
        found = {t: built(tx, t, f) for t, f in fingerprints.items()}
    return {t: b for t, b in found.items() if b is not None and b.held}
