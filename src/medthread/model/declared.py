"""Declarations that register themselves when they are made, once per name."""

from typing import Any, ClassVar, Self

from medthread.model.errors import DeclarationError


class Declared:
    """A declaration with a name that nobody else of its kind has."""

    name: str
    declared: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.declared = {}

    def __post_init__(self) -> None:
        """Be heard; a second declaration of the same name is refused, the same one again is not."""
        known = type(self).declared.setdefault(self.name, self)
        if known != self:
            kind = type(self).__name__.lower()
            raise DeclarationError(f"there are two of {kind} {self.name!r}", hint="give one of them another name")

    @classmethod
    def all(cls) -> dict[str, Self]:
        """Every one that was declared, by name."""
        return dict(cls.declared)
