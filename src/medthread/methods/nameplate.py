"""What a machine's nameplate says, as clerks of several systems wrote it down: maker, type, serial number, and what people call it.

Clerks copy a nameplate by eye, spreadsheets take a number's leading zeros, ledgers add "S/N", and where nothing was to be
read they wrote a dash, `无` or `123456`. None of this tells machines apart.
"""

import re
from dataclasses import dataclass

from medthread.methods.names import parse_organisation, plain, sound

LEAST_SERIAL = 3  # a shorter number is a place in a row, not one that a maker stamped
PADDED = 6  # unless it was stamped with so many places
_ROUNDED = re.compile(r"^\d([.,]\d+)?E\+?\d{1,2}$")  # a spreadsheet made a number of it: the last digits are gone
_AHEAD = re.compile(r"^(?:(?:出厂编号|制造编号|产品编号|出厂号|序列号|机身号|机号|编号|SERIAL(?: ?NUMBER| ?NO)?|SER|S/N|S\.N|SN|NUMBER|N[O0])[\s.:#-]*)+")
_NOTE = re.compile(r"\([^()]*\)")
_HAN = re.compile(r"[一-鿿]")
_CONFUSED = str.maketrans({"O": "0", "I": "1"})
_COUNTRY = re.compile(r"^(?:日本|德国|美国|瑞士|英国|法国|意大利|韩国|台湾|中国)")
_KAISHA = re.compile(r"株式会社|株式會社")
_DIGITS = {han: str(n) for n, han in enumerate("一二三四五六七八九十", start=1)}
_NTH = (
    re.compile(r"(?:NO\.?|#)\s*0*(\d{1,3})(?!\d)#?"),
    re.compile(r"(?<![\dA-Z])0*(\d{1,3})\s*(?:#|号(?!楼|车间|线|厂|仓))(?:机|台|炉)?"),
    re.compile(r"第?([一二三四五六七八九十])号(?!楼|车间|线|厂|仓)(?:机|台|炉)?"),
    re.compile(r"(?<=[一-鿿])[-_ ]?0*(\d{1,2})$"),
)


@dataclass(frozen=True)
class Maker:
    """Who made it: the brand in Chinese with its pinyin, the brand in Latin letters; what is not known is nothing."""

    han: str | None = None
    sound: str | None = None
    latin: str | None = None


def serial(text: str) -> str | None:
    """A maker's number without the habits of clerks, `O` as `0` and `I` as `1`; nothing where it is none."""
    bare = _AHEAD.sub("", _NOTE.sub("", plain(text)).strip())
    if _HAN.search(bare) or _ROUNDED.match(bare):
        return None
    whole = "".join(c for c in bare if c.isalnum()).translate(_CONFUSED)
    stamped = whole.lstrip("0")
    made_up = len(set(whole)) == 1 or "1234567890".startswith(whole)
    short = len(stamped) < LEAST_SERIAL and (not stamped or len(whole) < PADDED)
    return None if made_up or short or not any(c.isdigit() for c in stamped) else stamped


def designation(text: str) -> str | None:
    """A type as letters and digits alone, `O` as `0` and `I` as `1`: what stands beside it in Chinese is no part of it."""
    bare = "".join(c for c in _NOTE.sub("", plain(text)) if c.isalnum() and not _HAN.match(c)).translate(_CONFUSED)
    return bare if len(bare) > 1 else None


def maker(text: str) -> Maker:
    """The brand in both scripts, where both are given: 三丰(Mitutoyo)."""
    whole = plain(text)
    chinese = _COUNTRY.sub("", _KAISHA.sub("", re.sub(r"\(\)", "", re.sub(r"[A-Z0-9&.,'/+\-]+", "", whole))))
    latin = " ".join(re.findall(r"[A-Z0-9&]+", whole)) if re.search(r"[A-Z]{2}", whole) else ""
    brand = parse_organisation(chinese).brand if len(_HAN.findall(chinese)) > 1 else None
    return Maker(brand, sound(brand) if brand else None, parse_organisation(latin).brand if latin else None)


def called(text: str) -> tuple[str, str | None]:
    """What sort of machine a name says, and which one of several: `3#注塑机` is the third."""
    name = plain(text)
    nth = None
    for pattern in _NTH:
        if found := pattern.search(name):
            nth = _DIGITS.get(found[1], found[1])
            name = name[: found.start()] + name[found.end():]
            break
    noun = "".join(_HAN.findall(_NOTE.sub("", name))) if _HAN.search(name) else " ".join(re.findall(r"[A-Z]{2,}", name))
    return noun, nth
