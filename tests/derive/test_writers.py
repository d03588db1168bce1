"""Who writes what: every kind of record names somebody, lines go with their whole."""

from typing import Annotated, ClassVar

import pytest

from medthread.derive.writers import check_writers, records_written, writers_of
from medthread.model import About, Entity, F, Home, Ref, Registry
from medthread.model.errors import DeclarationError
from medthread.trust.roles import ROLES
from tests.registry import registry, rulebook

WORDS = {"domain": "supply", "owner": "x", "group": "stock", "home": Home.NATIVE}


@pytest.fixture(autouse=True)
def aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test declares is in no registry but its own."""
    monkeypatch.setattr(Entity, "declared", {})


def crate(written_by: str = "") -> type[Entity]:
    class Crate(Entity):
        """A thing by itself."""

        about: ClassVar[About] = About("箱", "Crate", written_by=written_by, **WORDS)  # type: ignore[arg-type]
        code: Annotated[str, F("编码", "Code", key=True)]

    return Crate


def label() -> type[Entity]:
    class CrateLabel(Entity):
        """A line of it."""

        about: ClassVar[About] = About("箱签", "Crate label", part_of="crate", **WORDS)  # type: ignore[arg-type]
        crate: Annotated[str, F("箱", "Crate", key=True, ref=Ref("crate"))]
        text: Annotated[str, F("文字", "Text", key=True)]

    return CrateLabel


def made(*entities: type[Entity]) -> Registry:
    return Registry({e.name: e for e in entities})


@pytest.mark.parametrize("writers", list(records_written(registry(), rulebook().processes)), ids=lambda w: w.entity.name)
def test_every_kind_of_record_names_who_changes_it(writers: object) -> None:
    named = set(writers.changed_by) | set(writers.opened_by)  # type: ignore[attr-defined]
    assert writers.changed_by  # type: ignore[attr-defined]
    assert named <= set(ROLES)


def test_a_line_is_written_by_whoever_writes_its_whole() -> None:
    whole, line = crate("whs|steward"), label()
    found = writers_of(line, made(whole, line), {})
    assert (found.entity, found.changed_by) == (whole, ("whs", "steward"))
    assert [w.entity for w in records_written(made(whole, line), {})] == [whole]


def test_a_process_that_a_company_gives_stands_above_the_declaration() -> None:
    process = rulebook().processes["adverse_event"]
    found = writers_of(crate("whs"), made(crate("whs")), {"crate": process})
    assert (found.process, set(found.opened_by)) == (process, {"pms", "qa", "qa_mgr"})


def test_a_kind_of_record_that_names_nobody_is_refused_with_what_to_do() -> None:
    with pytest.raises(DeclarationError, match="nobody is named who writes a crate") as found:
        check_writers(made(crate()), {}, roles=frozenset(ROLES))
    assert "written_by" in found.value.hint
    check_writers(made(crate()), {"crate": rulebook().processes["adverse_event"]}, roles=frozenset(ROLES))


def test_a_role_that_there_is_not_is_refused() -> None:
    with pytest.raises(DeclarationError, match="crate is written by 'whse'"):
        check_writers(made(crate("whs|whse")), {}, roles=frozenset(ROLES))


@pytest.mark.parametrize("words", [{"home": Home.LAKE}, {"part_of": "code"}])
def test_what_is_not_a_record_of_its_own_names_no_writers(words: dict[str, object]) -> None:
    with pytest.raises(DeclarationError, match="names roles to write it"):

        class Crate(Entity):
            """Not written here, or a line."""

            about: ClassVar[About] = About("箱", "Crate", written_by="whs", **{**WORDS, **words})  # type: ignore[arg-type]
            code: Annotated[str, F("编码", "Code", key=True, ref=Ref("item"))]
