"""What the columns of systems are called: words run together, cut short, in one of two languages; as the words that they stand for.

RECEIPTKEY is "receipt number", qtyReceived "quantity receipt", 物料代码 is 物料码.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from medthread.methods.names.text import plain

# What a word of a column's name stands for. Words of any system, not of one.
STANDS_FOR = {
    "qty": "quantity", "quan": "quantity", "amt": "amount", "no": "number", "num": "number", "nbr": "number", "nr": "number", "key": "number", "id": "number", "code": "number",
    "sku": "item number", "part": "item", "material": "item", "product": "item", "wo": "work order", "mo": "work order", "po": "purchase order", "so": "sales order",
    "op": "operation", "seq": "line number", "line": "line", "tel": "phone", "mobile": "phone", "addr": "address", "loc": "location", "vendor": "supplier", "mfr": "maker",
    "manufacturer": "maker", "brand": "maker", "client": "customer", "consignee": "customer", "account": "customer", "uom": "unit", "desc": "name", "description": "name", "title": "name",
    "spec": "specification", "date": "date", "time": "date", "at": "date", "on": "date", "exp": "expiry", "expires": "expiry", "expiration": "expiry", "mfg": "made", "production": "made",
    "begin": "start", "from": "from", "plan": "planned", "received": "receipt", "receive": "receipt", "shipped": "ship", "shipment": "ship", "shipping": "ship", "ordered": "order",
    "delivery": "due", "promised": "due", "batch": "lot", "lottable": "lot", "serial": "serial", "sn": "serial number", "sscc": "package number", "carton": "package", "state": "status",
    "verdict": "result", "kind": "type", "category": "type", "group": "type", "class": "type", "tax": "tax", "price": "price", "cost": "cost", "area": "location", "position": "location",
    "name": "name", "made": "made", "moved": "move", "movement": "move", "posted": "post", "unit": "unit", "supplier": "supplier", "customer": "customer", "item": "item", "lot": "lot",
}
SAME = (
    ("供方", "供应商"), ("供货商", "供应商"), ("厂家", "制造商"), ("保质期", "有效期"), ("料号", "物料码"), ("编码", "码"), ("代码", "码"), ("编号", "码"), ("号码", "码"), ("单号", "码"), ("号", "码"),
    ("电话号码", "电话"), ("联系电话", "电话"), ("手机", "电话"), ("通讯地址", "地址"), ("收货日期", "收货时间"), ("日期", "时间"), ("计量单位", "单位"), ("批次", "批"), ("批码", "批"), ("天", ""),
)
_PIECES = re.compile(r"[a-z]+|[0-9]+|[一-鿿]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NUMBERED = re.compile(r"[0-9]+")
SHORTEST = 2
STEMS = ("ing", "ed", "es", "s")


@lru_cache(maxsize=1 << 14)
def column_words(text: str) -> frozenset[str]:
    """The words of a column's or field's name; numbers that only count columns of one kind are left out."""
    found: list[str] = []
    for piece in _PIECES.findall(plain(_CAMEL.sub(" ", text)).lower()):
        if piece[0] >= "一":
            found.append(_chinese(piece))
        elif not _NUMBERED.fullmatch(piece):
            found += [w for part in _parts(piece) for w in _word(part).split()]
    return frozenset(filter(None, found))


def same_words(a: frozenset[str], b: frozenset[str], *, beside: Iterable[str] = ()) -> float:
    """How much two names have in common, of 1 (Dice 1945); words `beside` may stand in one of them without telling anything."""
    free = frozenset(beside)
    left, right = (a - free or a), (b - free or b)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _chinese(text: str) -> str:
    for one, other in SAME:
        text = text.replace(one, other)
    return text


def _word(part: str) -> str:
    if part in STANDS_FOR:
        return STANDS_FOR[part]
    for ending in STEMS:
        stem = part.removesuffix(ending)
        if stem != part and len(stem) > SHORTEST:
            short = stem[:-1] if len(stem) > SHORTEST + 1 and stem[-1] == stem[-2] else stem
            return STANDS_FOR.get(stem, STANDS_FOR.get(short, short))
    return part


def _parts(piece: str) -> list[str]:
    """A run of letters cut into words that are known, if all of it is; itself otherwise."""
    best: list[list[str] | None] = [[]] + [None] * len(piece)
    for end in range(1, len(piece) + 1):
        for start in range(max(0, end - 14), end):
            before, word = best[start], piece[start:end]
            if before is None or (word not in STANDS_FOR and word not in _WHOLE) or len(word) < SHORTEST:
                continue
            kept = best[end]
            if kept is None or len(before) + 1 < len(kept):
                best[end] = [*before, word]
    found = best[-1]
    return found or [piece]


_WHOLE = frozenset(w for words in STANDS_FOR.values() for w in words.split()) | frozenset(("sample", "order", "return", "issue", "sold", "pack", "packed", "move", "ship", "to", "end", "finish", "actual", "type", "by"))
