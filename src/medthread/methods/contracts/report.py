"""Where differences are gathered, each with its verdict for the sides that are asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from medthread.methods.contracts.kinds import KINDS, Difference, Side

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """What was found so far."""

    sides: frozenset[Side]
    found: list[Difference] = field(default_factory=list)

    def add(self, kind: str, at: str, before: Any = None, after: Any = None) -> None:
        """Tell a difference."""
        self.found.append(Difference(kind, at, KINDS[kind].verdict(self.sides), before, after))

    def flag(self, name: str, at: str, before: Json, after: Json) -> None:
        """A truth value that is false where it is not said: `required.on`, `required.off`."""
        was, is_ = bool(before.get(name)), bool(after.get(name))
        if was != is_:
            self.add(f"{name}.{'on' if is_ else 'off'}", f"{at}.{name}", was, is_)

    def plain(self, kind: str, name: str, at: str, before: Json, after: Json) -> None:
        """A word whose every change is of one kind; an empty one is as good as none."""
        was, is_ = before.get(name) or None, after.get(name) or None
        if was != is_:
            self.add(kind, f"{at}.{name}", was, is_)


def paired(before: Sequence[Json] | None, after: Sequence[Json] | None, key: Callable[[Json], Any]) -> Iterator[tuple[str, Json | None, Json | None]]:
    """Elements of two lists by what they are called; one that occurs again is called by its number too."""
    old, new = _named(before or (), key), _named(after or (), key)
    yield from ((name, one, new.get(name)) for name, one in old.items())
    yield from ((name, None, one) for name, one in new.items() if name not in old)


def _named(elements: Sequence[Json], key: Callable[[Json], Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for element in elements:
        name = str(key(element))
        again = name
        number = 2
        while again in found:
            again, number = f"{name}#{number}", number + 1
        found[again] = element
    return found
