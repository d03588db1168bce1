"""A firm's name taken apart: region + brand + trade + legal form (企业名称登记管理规定, art. 6), branch, noise.

Order matters: width and script first, then what was scribbled behind the name, then the branch, the region in
brackets or in front, the legal form, the trade words from the end. What is left is the brand.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from medthread.methods.names.text import plain, sound
from medthread.methods.names.vocabulary import (
    BRANCH_KINDS,
    CITIES,
    INSTITUTION_SHORT,
    INSTITUTIONS,
    LATIN_FORMS,
    LEGAL_FORMS,
    NOISE,
    PROVINCES,
    TRADE_WORDS,
)

_NOISE = re.compile(NOISE)
_CITIES = sorted(CITIES, key=len, reverse=True)
_BRANCH_AFTER_FORM = re.compile(rf"^(.{{4,}}?(?:公司|厂|集团|院))\(?([一-鿿]{{2,8}}?)市?(?:{BRANCH_KINDS})\)?$")
_BRANCH_BY_CITY = re.compile(rf"^(.{{2,}}?)\(?({'|'.join(_CITIES)})市?(?:{BRANCH_KINDS})\)?$")
_BRANCH_BARE = re.compile(rf"^(.{{4,}}?)(?:{BRANCH_KINDS})$")
_TRADES = sorted(TRADE_WORDS, key=len, reverse=True)
_REGION_AHEAD = re.compile(rf"^(?:({'|'.join(PROVINCES)})(?:省|自治区)?)?({'|'.join(_CITIES)})市?")
_PROVINCE_AHEAD = re.compile(rf"^(?:{'|'.join(PROVINCES)})(?:省|自治区)?")
_REGION_INSIDE = re.compile(rf"\((?:{'|'.join(PROVINCES)})?(?:省)?({'|'.join(_CITIES)})?市?\)")
_HAN = re.compile(r"[一-鿿]")
LEAST_BRAND = 2


@dataclass(frozen=True)
class OrganisationName:
    """The parts. `brand` is never empty; `sound` is the brand's pinyin, or its Latin letters."""

    norm: str
    brand: str
    sound: str
    city: str | None
    trade: str | None
    branch: str | None
    latin: bool
    institution: bool
    noisy: bool
    formal: bool
    whole: str | None = None


@cache
def _city_sounds() -> dict[str, str]:
    return {sound(c): c for c in reversed(CITIES)}


def parse_organisation(name: str) -> OrganisationName:
    """The parts of a name, whatever it is."""
    text = plain(name)
    clean = _NOISE.sub("", text)
    noisy = clean != text
    if not _HAN.search(clean):
        return _latin(clean or text, noisy=noisy)
    branch: str | None = None
    if found := _BRANCH_AFTER_FORM.match(clean) or _BRANCH_BY_CITY.match(clean):
        clean, branch = found[1], found[2]
    elif bare := _BRANCH_BARE.match(clean):
        clean, branch = bare[1], "?"
    city, rest = _region(clean)
    if any(rest.endswith(i) for i in INSTITUTIONS):
        return _institution(clean, city, rest, branch, noisy=noisy)
    formless, formal = _without_form(rest)
    brand, trade = _brand_and_trade(formless)
    norm = brand + (trade or "")
    return OrganisationName(norm, brand, sound(brand), city, trade, branch, latin=False, institution=False, noisy=noisy, formal=formal)


def _region(text: str) -> tuple[str | None, str]:
    city = None
    if inside := _REGION_INSIDE.search(text):
        city = inside[1]
        text = text[: inside.start()] + text[inside.end() :]
    if ahead := _REGION_AHEAD.match(text):
        rest = text[ahead.end() :]
        if len(rest) >= LEAST_BRAND:
            return city or ahead[2], rest
    if (province := _PROVINCE_AHEAD.match(text)) and len(text) - province.end() > LEAST_BRAND:
        return city, text[province.end() :]
    return city, text


def _without_form(text: str) -> tuple[str, bool]:
    text = text.replace("(", "").replace(")", "")
    for form in LEGAL_FORMS:
        if text.endswith(form) and len(text) - len(form) >= LEAST_BRAND:
            return text.removesuffix(form), len(form) > LEAST_BRAND
    return text, False


def _brand_and_trade(text: str) -> tuple[str, str | None]:
    brand = text
    while len(brand) > LEAST_BRAND:
        word = next((w for w in _TRADES if brand.endswith(w) and len(brand) - len(w) >= LEAST_BRAND), None)
        if word is None:
            break
        brand = brand.removesuffix(word)
    return brand, text[len(brand) :] or None


def _institution(clean: str, city: str | None, rest: str, branch: str | None, *, noisy: bool) -> OrganisationName:
    kind = rest.removeprefix("市").removeprefix("省").removeprefix("县")
    kind = INSTITUTION_SHORT.get(kind, kind)
    whole = kind if city else clean
    return OrganisationName(whole, whole, sound(whole), city, None, branch, latin=False, institution=True, noisy=noisy, formal=True)


def _latin(text: str, *, noisy: bool) -> OrganisationName:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    given = re.sub(r"[^A-Z0-9 &]", " ", bare).split()
    words = _without_latin_form(given)
    # The registered name whole, legal form included, names one firm; without a form it is only what people say.
    whole = " ".join(given) if len(words) < len(given) else None
    city = None
    if len(words) > 1 and words[0] in _city_sounds():
        city = _city_sounds()[words[0]]
        words = words[1:]
    brand = words[0] if words else text
    norm = " ".join(words) or text
    return OrganisationName(
        norm, brand, brand, city, None, None, latin=True, institution=False, noisy=noisy, formal=False, whole=whole
    )


def _without_latin_form(words: list[str]) -> list[str]:
    """Legal forms off the end, one after the other: GmbH & Co. KG has two."""
    while True:
        form = next((f for f in LATIN_FORMS if len(f.split()) < len(words) and words[-len(f.split()):] == f.split()), None)
        if form is None:
            return words
        words = words[:-len(form.split())]
        while len(words) > 1 and words[-1] == "&":
            words = words[:-1]
