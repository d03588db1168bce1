"""The kinds of matching, one file each: what is compared, and how much each likeness weighs."""

from collections.abc import Iterable

from medthread.model import Entity, MatchModel
from medthread.model.errors import DeclarationError
from medthread.pipeline.match.kinds.article import ARTICLE
from medthread.pipeline.match.kinds.asset import ASSET
from medthread.pipeline.match.kinds.kind import Kind
from medthread.pipeline.match.kinds.organisation import ORGANISATION

KINDS = {"organisation": ORGANISATION, "article": ARTICLE, "asset": ASSET}

__all__ = ["KINDS", "Kind", "check_kinds", "kind_of"]


def kind_of(model: MatchModel) -> Kind:
    """What a model is matched by. Raises `DeclarationError` where nobody declares it, or it has no such part."""
    kind = KINDS.get(model.kind)
    if kind is None:
        raise DeclarationError(f"no kind of matching {model.kind!r}", hint=f"choose from: {', '.join(KINDS)}")
    if strange := next((p for p in model.parts if p not in kind.parts), None):
        raise DeclarationError(f"matching of the kind {model.kind!r} has no part {strange!r}", hint=f"choose from: {', '.join(kind.parts)}")
    return kind


def check_kinds(entities: Iterable[type[Entity]]) -> None:
    """That each can be matched as it says. Raises `DeclarationError`."""
    for entity in entities:
        if entity.about.match:
            kind_of(entity.about.match)
