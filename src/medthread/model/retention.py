"""How long rows are kept: the longest of several spans, each from a moment of the record's own life (GMP 2025 art. 45; ISO 13485 4.2.5).

    Retention(years=2, anchor="release", device_life=True, at_least=(Span(years=5, anchor="release"),), implants_forever=True)

reads: until the device's life has ended and two years after release, at least five years from release, of implants for ever.
A moment that a record does not have keeps the record: nothing is destroyed on a guess.
"""

from dataclasses import dataclass
from typing import Literal

from medthread.model.errors import DeclarationError
from medthread.model.labels import Label

Anchor = Literal["creation", "release", "expiry", "last_ship", "close"]
Kept = Literal["release", "expiry", "last_ship", "close", "creation", "device_life", "implant"]
ANCHORS: dict[str, Label] = {
    "creation": Label("创建", "creation"),
    "release": Label("放行", "release"),
    "expiry": Label("失效", "expiry"),
    "last_ship": Label("最后发货", "the last shipment"),
    "close": Label("关闭", "closure"),
}
NEEDS: dict[str, Label] = {**ANCHORS, "device_life": Label("器械使用期限", "the device's life"), "implant": Label("是否植入", "whether it is an implant")}
LONGEST_YEARS = 200


@dataclass(frozen=True, kw_only=True)
class Span:
    """Years from a moment; with `device_life` the life of the device is added to them."""

    years: int
    anchor: Anchor = "creation"
    device_life: bool = False

    def __post_init__(self) -> None:
        """Refuse what no calendar knows."""
        if not 0 <= self.years <= LONGEST_YEARS or self.anchor not in ANCHORS:
            raise DeclarationError(f"kept for {self.years} years from {self.anchor!r}", hint=f"whole years, from one of {', '.join(ANCHORS)}")

    @property
    def label(self) -> Label:
        """The span in words."""
        moment = ANCHORS[self.anchor]
        zh, en = ("器械使用期限与 ", "the device's life and ") if self.device_life else ("", "")
        return Label(f"{moment.zh}后 {zh}{self.years} 年", f"{en}{self.years} years from {moment.en}")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long rows are kept: the longest span; `forever` keeps all of them, `implants_forever` those of implantable devices."""

    years: int = 5
    anchor: Anchor = "creation"
    device_life: bool = False
    at_least: tuple[Span, ...] = ()
    forever: bool = False
    implants_forever: bool = False
    basis: str = "GMP 2025 art. 45"

    def __post_init__(self) -> None:
        """Its own span must stand like any other."""
        if not self.forever:
            self.spans[0].__post_init__()

    @property
    def spans(self) -> tuple[Span, ...]:
        """All of them, the first its own; none where rows are kept for ever."""
        if self.forever:
            return ()
        return (Span(years=self.years, anchor=self.anchor, device_life=self.device_life), *self.at_least)

    @property
    def needs(self) -> tuple[str, ...]:
        """What must be known of a record to tell when it is due: moments, the device's life, whether it is an implant."""
        moments = dict.fromkeys(s.anchor for s in self.spans)
        life = ["device_life"] if any(s.device_life for s in self.spans) else []
        return (*moments, *life, *(["implant"] if self.implants_forever and not self.forever else []))

    @property
    def label(self) -> Label:
        """The rule in words, with what it rests on."""
        if self.forever:
            return Label(f"永久保存({self.basis})", f"kept for ever ({self.basis})")
        first, *others = (s.label for s in self.spans)
        zh = first.zh + "".join(f",且不少于{o.zh}" for o in others) + (",植入类永久保存" if self.implants_forever else "")
        en = first.en + "".join(f", and at least {o.en}" for o in others) + (", implants for ever" if self.implants_forever else "")
        return Label(f"{zh}({self.basis})", f"{en} ({self.basis})")
