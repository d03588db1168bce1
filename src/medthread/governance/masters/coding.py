"""Codes given to masters: the form that is declared, filled from the record, the year and the next number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from medthread.methods.check_character import check_character
from medthread.model import Coding, Entity
from medthread.model.coding import CHECK, SEQ, YEAR
from medthread.model.errors import InvalidError
from medthread.workflow.filling import take_numbers

NO_YEAR = 0  # the year stands in what is counted, where it counts


@dataclass(frozen=True)
class Given:
    """A code, and the numbers before it that were left out because something bears such a code already."""

    code: str
    left_out: tuple[str, ...] = ()


def declared_coding(entity: type[Entity]) -> Coding:
    """As the master declares it; else its prefix with six digits and a check character."""
    assert entity.about.match is not None  # noqa: S101 - only matched masters are given codes
    return entity.about.coding or Coding(f"{entity.about.match.prefix}-{{seq:06}}{{check}}")


def example_of(coding: Coding) -> str:
    """What its codes look like, with words in place of fields."""
    return "".join(p.text or {SEQ: "1".zfill(p.width), CHECK: "X", YEAR: "2026"}.get(p.name, f"<{p.name}>") for p in coding.parts)


def give_code(tx: Connection, entity: type[Entity], coding: Coding, values: Mapping[str, str | None], *, year: int, is_taken: Callable[[str], bool]) -> Given:
    """The next code. Its number stays locked until all is committed or refused, so none is given twice and none is lost; those that something bears already, whichever system gave them, are left out and told."""
    parts = [_word(coding, p.name, values, year=year) if p.name not in ("", SEQ, CHECK) else p.text for p in coding.parts]
    series = f"{entity.name}:" + "".join("#" if p.name == SEQ else text for p, text in zip(coding.parts, parts, strict=True))
    left_out: list[str] = []
    while True:
        number = take_numbers(tx, series, year=NO_YEAR, count=1)
        code = ""
        for part, text in zip(coding.parts, parts, strict=True):
            code += str(number).zfill(part.width) if part.name == SEQ else check_character(code) if part.name == CHECK else text
        if not is_taken(code):
            return Given(code, tuple(left_out))
        left_out.append(code)


def _word(coding: Coding, name: str, values: Mapping[str, str | None], *, year: int) -> str:
    if name == YEAR:
        return str(year)
    value = values.get(name)
    if not value:
        raise InvalidError(f"the code needs {name}", hint="fill the named field: it stands in the code")
    return coding.words.get(name, {}).get(value, value.upper())
