"""The steps every name and address goes through first."""

import re
import unicodedata
from functools import cache
from typing import Any

from medthread.methods.names.vocabulary import CITIES, PROVINCES

_PROVINCE = re.compile(rf"^(?:中国)?(?:{'|'.join(PROVINCES)})(?:省|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)")
_CITY = re.compile(rf"^(?:{'|'.join(sorted(CITIES, key=len, reverse=True))})市?")


@cache
def _simplifier() -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - loads dictionaries; only where names are matched

    return OpenCC("t2s")


def plain(text: str) -> str:
    """NFKC, upper case, simplified, brackets of one kind, single spaces only between Latin words."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    if any("一" <= c <= "鿿" for c in narrow):
        narrow = _simplifier().convert(narrow)
        narrow = re.sub(r"\s+", "", narrow)
    narrow = re.sub(r"[【\[{〔]", "(", narrow)
    narrow = re.sub(r"[】\]}〕]", ")", narrow)
    return " ".join(narrow.split())


@cache
def sound(text: str) -> str:
    """Pinyin without tones, joined; Latin letters as they are."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loads dictionaries

    return "".join(lazy_pinyin(text)).upper()


def address_core(text: str) -> str | None:
    """An address without country, province and city in front, or nothing when too little is left to compare."""
    core = re.sub(r"[\s,,。.()-]", "", plain(text))
    core = _PROVINCE.sub("", core, count=1)
    core = _CITY.sub("", core, count=1)
    return core if len(core) > 4 and re.search(r"\d", core) else None  # noqa: PLR2004 - a street and a number at least
