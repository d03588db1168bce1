"""The register of personal data (PIPL art. 55; GDPR art. 30): each field, what it is held for, on which basis, how it is kept."""

from dataclasses import dataclass

from medthread.model import Entity, Field, Home, Label, LegalBasis, Registry, Source
from medthread.model.privacy import BASES

HOMES = {Home.NATIVE: "records", Home.MASTER: "lake, matched", Home.LAKE: "lake"}
HEADER = ("entity", "field", "名称", "name", "classification", "目的", "purpose", "legal_basis", "依据", "basis", "保留", "retention", "home", "protection", "sources")


@dataclass(frozen=True)
class Processing:
    """One line of the register."""

    entity: type[Entity]
    field: Field
    sources: tuple[str, ...]
    kept: Label

    @property
    def basis(self) -> LegalBasis | None:
        """Its legal basis; nothing where nobody declared one, which the register shows."""
        return self.field.mark.purpose.basis if self.field.mark.purpose else None

    def row(self) -> list[str]:
        """The line as text, both languages."""
        mark, kept = self.field.mark, self.kept
        basis = BASES[self.basis] if self.basis else None
        protection = "sealed, masked, indexed" if self.field.is_personal else "plain, by rights"
        return [
            self.entity.name, self.field.name, mark.zh, mark.en, mark.classification.name.lower(), mark.purpose.zh if mark.purpose else "未声明",
            mark.purpose.en if mark.purpose else "not declared", self.basis.value if self.basis else "", basis.zh if basis else "未声明", basis.en if basis else "not declared",
            kept.zh, kept.en, HOMES[self.entity.about.home], protection, " ".join(self.sources)]


def register(registry: Registry, sources: tuple[Source, ...] = ()) -> list[Processing]:
    """Every personal field, with the sources that feed it; most sensitive first."""
    found = []
    for entity in registry.values():
        fed: dict[str, set[str]] = {}
        for source in sources:
            for table, mapping in source.tables.items():
                for feed in mapping.feeds:
                    for name in feed.fields if feed.entity == entity.name else ():
                        fed.setdefault(name, set()).add(f"{source.name}.{table}")
        found += [Processing(entity, f, tuple(sorted(fed.get(f.name, ()))), registry.kept(entity.name).label) for f in entity.fields.values() if f.is_about_persons]
    return sorted(found, key=lambda p: (-int(p.field.mark.classification), p.entity.name))


def undeclared(registry: Registry) -> list[str]:
    """Personal fields that say neither what they are held for nor on which basis."""
    return [f"{p.entity.name}.{p.field.name}" for p in register(registry) if p.field.mark.purpose is None]


