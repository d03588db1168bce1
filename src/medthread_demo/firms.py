"""The firms and hospitals that really exist, and the many ways in which systems write them down."""

import random
from dataclasses import dataclass, replace

from medthread_demo import digits, words

BROKEN_SUFFIXES = ("(停用)", "（旧）", "*", "-作废")


@dataclass(frozen=True)
class Firm:
    """One legal entity."""

    entity: str
    legal: str
    brand: str
    pinyin: str
    city: words.City
    trade: words.Trade | None
    form: str
    uscc: str
    phone: str
    address: str
    contact: str
    hospital: bool = False
    branch: bool = False


@dataclass(frozen=True)
class Written:
    """A firm as one system wrote it."""

    name: str
    short: str
    uscc: str
    phone: str
    address: str
    contact: str
    city: str


def make_suppliers(rng: random.Random, count: int) -> list[Firm]:
    """Firms with siblings in other cities and trades, branches, and brands that sound alike."""
    return _make_firms(rng, count, prefix="S", trades=words.TRADES)


def make_customers(rng: random.Random, count: int) -> list[Firm]:
    """Hospitals and dealers."""
    hospitals = [(city, kind) for city in words.CITIES for kind in words.HOSPITALS]
    rng.shuffle(hospitals)
    chosen = hospitals[: round(count * 0.6)]
    made = [_hospital(rng, f"C{n:04d}", city, kind) for n, (city, kind) in enumerate(chosen, start=1)]
    return made + _make_firms(rng, count - len(made), prefix="D", trades=words.DEALER_TRADES)


def _make_firms(rng: random.Random, count: int, *, prefix: str, trades: tuple[words.Trade, ...]) -> list[Firm]:
    made: list[Firm] = []
    taken: set[str] = set()
    while len(made) < count:
        entity = f"{prefix}{len(made) + 1:04d}"
        luck = rng.random()
        if made and luck < 0.14:
            firm = _relative(rng, entity, rng.choice(made), trades, luck)
        else:
            first, second = rng.choice(words.FIRST), rng.choice(words.SECOND)
            firm = _firm(
                rng, entity, first[0] + second[0], (first[1] + second[1]).capitalize(), rng.choice(words.CITIES),
                rng.choice(trades), rng.choices(words.FORMS, (7, 1, 2))[0],
            )
        same_kind = f"{firm.brand}{firm.city.name}{firm.trade.full if firm.trade else ''}{firm.branch}"
        if firm.legal not in taken and same_kind not in taken:
            taken |= {firm.legal, same_kind}
            made.append(firm)
    return made


def _firm(
    rng: random.Random, entity: str, brand: str, pinyin: str, city: words.City, trade: words.Trade, form: str
) -> Firm:
    shape = rng.random()
    legal = f"{city.name}{brand}{trade.full}{form}"
    if shape < 0.35:
        legal = f"{city.name}市{brand}{trade.full}{form}"
    elif shape < 0.5:
        legal = f"{brand}（{city.name}）{trade.full}{form}"
    return Firm(
        entity=entity, legal=legal, brand=brand, pinyin=pinyin, city=city, trade=trade, form=form,
        uscc=digits.random_uscc(rng, kind="91", region=city.code), phone=_phone(rng, city), address=_address(rng, city),
        contact=_person(rng),
    )


def _relative(
    rng: random.Random, entity: str, of: Firm, trades: tuple[words.Trade, ...], luck: float
) -> Firm:
    """A group sibling in another city, one in another trade, or a branch with a code of its own."""
    elsewhere = rng.choice([c for c in words.CITIES if c.name != of.city.name])
    if of.trade is None or luck < 0.06:
        firm = _firm(rng, entity, of.brand, of.pinyin, elsewhere, of.trade or trades[0], of.form)
        return replace(firm, phone=of.phone if rng.random() < 0.3 else firm.phone)
    if luck < 0.1:
        other = rng.choice([t for t in trades if t.full != of.trade.full])
        return _firm(rng, entity, of.brand, of.pinyin, of.city, other, of.form)
    base = replace(_firm(rng, entity, of.brand, of.pinyin, elsewhere, of.trade, of.form), branch=True)
    return replace(base, legal=f"{of.legal}{elsewhere.name}分公司")


def _hospital(rng: random.Random, entity: str, city: words.City, kind: str) -> Firm:
    return Firm(
        entity=entity, legal=f"{city.name}{kind}", brand=kind, pinyin="", city=city, trade=None, form="",
        uscc=digits.random_uscc(rng, kind="12", region=city.code), phone=_phone(rng, city), address=_address(rng, city),
        contact=_person(rng), hospital=True,
    )


def _phone(rng: random.Random, city: words.City) -> str:
    if rng.random() < 0.5:
        return f"{city.dial}-{rng.randrange(20_000_000, 89_999_999)}"
    return f"1{rng.choice('35789')}{rng.randrange(10**8, 10**9):09d}"


def _address(rng: random.Random, city: words.City) -> str:
    return f"{city.name}市{rng.choice(words.PARKS)}{rng.choice(words.STREETS)}{rng.randrange(1, 900)}号"


def _person(rng: random.Random) -> str:
    return rng.choice(words.SURNAMES) + "".join(rng.choices(words.GIVEN, k=rng.choice((1, 2))))


def write_down(rng: random.Random, firm: Firm, *, code_known: float, careless: float) -> Written:
    """The firm as a system's clerk typed it; `careless` is the chance of a name that is not the legal one."""
    uscc = firm.uscc if rng.random() < code_known else ""
    if uscc and rng.random() < 0.06:
        uscc = uscc.lower()
    phone = _spell_phone(rng, firm.phone) if rng.random() < 0.6 else ""
    address = _spell_address(rng, firm) if rng.random() < 0.65 else ""
    name = firm.legal
    if rng.random() < careless:
        name = _variant(rng, firm, known=bool(uscc or (phone and address)))
    short = _short(firm) if rng.random() < 0.5 else ""
    city = firm.city.name if rng.random() < 0.7 else ""
    contact = firm.contact if rng.random() < 0.6 else ""
    return Written(name, short, uscc, phone, address, contact, city)


def _short(firm: Firm) -> str:
    if firm.hospital:
        return f"{firm.city.name}{words.HOSPITAL_SHORT.get(firm.brand, firm.brand.removeprefix('市'))}"
    trade = firm.trade.short if firm.trade else ""
    return f"{firm.city.name}{firm.brand}{trade}" + ("分公司" if firm.branch else "")


def _variant(rng: random.Random, firm: Firm, *, known: bool) -> str:
    ways = ["brackets", "traditional", "spaced", "formless", "reformed", "province", "noise", "wide"]
    if not firm.branch:
        ways += ["short", "short"]
        ways += ["typo", "english"] if known and not firm.hospital else []
    name = _one_variant(rng, firm, firm.legal, rng.choice(ways))
    return _one_variant(rng, firm, name, rng.choice(("spaced", "brackets", "wide"))) if rng.random() < 0.15 else name


def _one_variant(rng: random.Random, firm: Firm, name: str, way: str) -> str:  # noqa: PLR0911, C901 - one return per way
    match way:
        case "brackets":
            return name.replace("（", "(").replace("）", ")")
        case "traditional":
            return "".join(words.TRADITIONAL.get(c, c) for c in name)
        case "spaced":
            at = rng.randrange(1, len(name))
            return f"{name[:at]} {name[at:]}"
        case "formless" if firm.form and name.endswith(firm.form):
            return name.removesuffix(firm.form)
        case "reformed" if firm.form and name.endswith(firm.form):
            return name.removesuffix(firm.form) + rng.choice([f for f in words.FORMS if f != firm.form])
        case "province":
            return firm.city.province + name if name.startswith(firm.city.name) else name
        case "noise":
            return name + rng.choice(BROKEN_SUFFIXES)
        case "wide":
            return name.replace("(", "（").replace(")", "）") + "　"
        case "short":
            return _short(firm)
        case "typo":
            return name.replace(firm.brand, _mistyped(rng, firm.brand), 1)
        case "english" if firm.trade:
            return f"{firm.city.pinyin} {firm.pinyin} {firm.trade.english} Co., Ltd."
        case _:
            return name


def _mistyped(rng: random.Random, brand: str) -> str:
    pool = words.SECOND
    sound = dict(words.SECOND).get(brand[1])
    alike = [c for c, p in pool if p == sound and c != brand[1]]
    return brand[0] + rng.choice(alike) if alike else brand


def _spell_phone(rng: random.Random, phone: str) -> str:
    luck = rng.random()
    if "-" in phone:
        dial, rest = phone.split("-")
        return phone if luck < 0.5 else f"({dial}){rest}" if luck < 0.8 else f"{dial} {rest}"
    return phone if luck < 0.6 else f"{phone[:3]} {phone[3:7]} {phone[7:]}"


def _spell_address(rng: random.Random, firm: Firm) -> str:
    luck = rng.random()
    if luck < 0.2:
        return firm.city.province + firm.address
    if luck < 0.3:
        return firm.address.removeprefix(firm.city.name + "市")
    return firm.address
