"""Firms and institutions: by the parts of their names, and what else is known of them."""

import re
from collections.abc import Callable
from typing import Any

from medthread.methods.names import OrganisationName, address_core, parse_organisation, plain
from medthread.model import Label
from medthread.pipeline.match.comparisons import IDENTIFIERS, SURE, Case, Comparison, Comparisons, known
from medthread.pipeline.match.kinds.kind import Column, Features, Kind

_TORN = re.compile(r"[一-鿿]\s+[一-鿿]")  # Chinese is written without blanks: one among its characters came in by hand


def features(of: Column) -> Features:
    """The name taken apart, the city where the firm is, what is left of the address, the phone's blind index."""
    names = of("name")
    parsed = [parse_organisation(n or "") for n in names]
    # A place in the name says which of a group's firms it is; a place column only where the firm is.
    places = [plain(c).removesuffix("市") if c else None for c in of("place")]

    def each(part: Callable[[OrganisationName], Any]) -> list[Any]:
        return [part(p) for p in parsed]

    return {
        "norm": each(lambda p: p.norm), "brand": each(lambda p: p.brand), "sound": each(lambda p: p.sound),
        "brand_wild": each(lambda p: _wild(p.brand)),
        "city": [p.city or c for p, c in zip(parsed, places, strict=True)], "trade": each(lambda p: p.trade),
        "whole": each(lambda p: p.whole),
        "trade_wild": each(lambda p: _wild(p.trade)),
        "branch": each(lambda p: p.branch),
        "latin": each(lambda p: p.latin), "institution": each(lambda p: p.institution),
        "poor": [p.noisy or p.latin or not p.formal or bool(_TORN.search(n or "")) for p, n in zip(parsed, names, strict=True)],
        "address": [address_core(a) if a else None for a in of("address")],
        "phone": of("phone"),
    }


def _wild(text: str | None) -> str | None:
    """A pattern that matches any text holding these characters in this order: a short form fits its long one."""
    return ".*" + ".*".join(c if c.isalnum() else "." for c in text) + ".*" if text else None


_COMPARISONS = Comparisons(
    blocks=(
        "sure", "code[:12]", "code[-10:]", "norm", "brand || coalesce(city, '')", "sound || coalesce(city, '')", "brand", "sound",
        "phone", "address", "city || case when institution then '+' else brand[1] || trade[1] end",
    ),
    compare=(
        IDENTIFIERS,
        Comparison("name", Label("字号", "Name"), (
            Case("l.whole = r.whole", 40, Label("登记全名相同", "same registered name")),
            Case("l.brand = r.brand", 30, Label("字号相同", "same brand")),
            Case("l.institution and r.institution and (regexp_full_match(l.brand, r.brand_wild) or regexp_full_match(r.brand, l.brand_wild))", 24, Label("机构简称相符", "short form of the institution")),
            Case("l.latin <> r.latin and l.sound = r.sound", 26, Label("拼音与英文名相符", "pinyin equals the Latin name")),
            Case("not l.institution and l.sound = r.sound", 14, Label("字号同音", "brand sounds alike")),
            Case("not l.institution and jaro_winkler_similarity(l.norm, r.norm) >= 0.93", 10, Label("名称相近", "names nearly alike")),
            Case("true", -30, Label("名称不同", "names differ")),
        )),
        Comparison("branch", Label("分支机构", "Branch"), (
            Case("coalesce(l.branch, '') <> coalesce(r.branch, '')", -100, Label("总部与分支不同", "head office and branch differ")),
        )),
        Comparison("city", Label("城市", "City"), (
            Case("l.city = r.city", 12, Label("城市相同", "same city")),
            Case(f"{known('city')} and l.city <> r.city", -40, Label("城市不同", "different cities")),
        )),
        Comparison("trade", Label("行业", "Trade"), (
            Case("l.trade = r.trade", 14, Label("行业相同", "same trade")),
            Case("regexp_full_match(l.trade, r.trade_wild) or regexp_full_match(r.trade, l.trade_wild)", 8, Label("行业简称相符", "short form of the trade")),
            Case(f"{known('trade')} and l.trade <> r.trade", -30, Label("行业不同", "different trades")),
        )),
        Comparison("address", Label("地址", "Address"), (Case("l.address = r.address", 24, Label("地址相同", "same address")),)),
        Comparison("phone", Label("电话", "Phone"), (Case("l.phone = r.phone", 14, Label("电话相同", "same phone")),)),
    ),
    apart=SURE | {"branch": Label("总部与分支不同", "head office and branch differ"), "city": Label("城市不同", "cities differ")},
)

ORGANISATION = Kind(parts=("place", "address", "phone"), features=features, comparisons=_COMPARISONS, flags=("latin", "institution", "poor"), sealed=("phone",))
