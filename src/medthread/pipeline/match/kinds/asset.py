"""Machines, gauges and tools: by maker's serial number, ledger number, type, what they are called and where they stand.

What sister machines share (maker, type, name, place, day of purchase) reaches the line for stewards at most; to be one thing
by themselves two records need something that tells one machine from its sisters: the maker's number, the number in the
ledger of fixed assets, or which of several it is called. Two maker's numbers are never one cluster but by a steward's
word: a mistyped number and a new control unit look the same as a sister.
"""

from medthread.methods.nameplate import Maker, called, designation, maker, serial
from medthread.methods.names import plain
from medthread.model import Label
from medthread.pipeline.match.comparisons import Case, Comparison, Comparisons, Within, known
from medthread.pipeline.match.kinds.kind import Column, Features, Kind

HEAD = 2  # characters of a Chinese brand that its short form keeps
LONG = 6  # characters from which on a maker's number is hardly a plain count


def features(of: Column) -> Features:
    """The nameplate in one notation; the name taken apart into what and which one."""
    makers = [maker(m) if m else Maker() for m in of("maker")]
    names, ledgers = [called(n or "") for n in of("name")], [_bare(n) for n in of("ledger")]
    return {
        "serial": [serial(s) if s else None for s in of("serial")],
        "maker": [m.han for m in makers], "sound": [m.sound for m in makers], "latin": [m.latin for m in makers],
        # Where a maker's number is all there is, the maker is part of it; where the ledger speaks as well, a dealer may stand in its place.
        "brand_alone": [m.han[:HEAD] if m.han and not n else None for m, n in zip(makers, ledgers, strict=True)],
        "latin_alone": [m.latin if not n else None for m, n in zip(makers, ledgers, strict=True)],
        "type": [designation(t) if t else None for t in of("type")],
        "ledger": ledgers,
        "name": [noun for noun, _ in names], "nth": [nth for _, nth in names],
        "site": [_bare(s) for s in of("site")], "place": [_bare(p) for p in of("place")],
        "since": [str(d)[:10] if d else None for d in of("since")],
        "system": of("_source"),
        "poor": [not noun for noun, _ in names],
    }


def _bare(text: str | None) -> str | None:
    return "".join(c for c in plain(text) if c.isalnum()) or None if text else None


SAME_MAKER = (
    "(l.latin = r.latin or starts_with(l.maker, r.maker) or starts_with(r.maker, l.maker) or l.sound = r.sound"
    " or starts_with(l.sound, r.latin) or starts_with(r.sound, l.latin))"
)
OTHER_MAKER = "(l.maker <> r.maker or l.latin <> r.latin)"
SAME_TYPE = "(l.type = r.type)"
LIKE_TYPE = "(least(length(l.type), length(r.type)) >= 4 and (starts_with(l.type, r.type) or starts_with(r.type, l.type) or suffix(l.type, r.type) or suffix(r.type, l.type)))"
OTHER_TYPE = f"({known('type')} and not {SAME_TYPE} and not {LIKE_TYPE})"
SAME_SERIAL = "l.serial = r.serial"
# Makers count anew for each type, so a number tells machines of one type apart.
SERIALS = Comparison("code", Label("出厂编号", "Maker's serial no."), (
    Case(f"{SAME_SERIAL} and {SAME_MAKER} and not coalesce({OTHER_TYPE}, false)", 60, Label("制造商与出厂编号相同", "same maker and serial number")),
    Case(f"{SAME_SERIAL} and {SAME_MAKER}", 28, Label("制造商与出厂编号相同,型号不同", "same maker and serial number, another type")),
    Case(f"{SAME_SERIAL} and {OTHER_MAKER} and l.ledger = r.ledger", 30, Label("出厂编号与固定资产编号相同,制造商不同", "same serial and ledger number, another maker")),
    Case(f"{SAME_SERIAL} and {OTHER_MAKER}", 0, Label("出厂编号相同,制造商不同", "same serial number of another maker")),
    Case(f"{SAME_SERIAL} and {SAME_TYPE}", 36, Label("型号与出厂编号相同,制造商不详", "same type and serial number, maker unknown")),
    Case(f"{SAME_SERIAL} and length(l.serial) >= {LONG}", 34, Label("出厂编号相同,制造商不详", "same serial number, maker unknown")),
    Case(SAME_SERIAL, 16, Label("短的出厂编号相同,制造商不详", "same short serial number, maker unknown")),
    Case("length(l.serial) >= 5 and length(r.serial) >= 5 and damerau_levenshtein(l.serial, r.serial) <= 1", -20, Label("出厂编号只差一位", "serial numbers one character apart")),
    Case(known("serial"), -30, Label("出厂编号不同", "different serial numbers")),
))

ASSET = Kind(
    parts=("serial", "maker", "type", "ledger", "site", "place", "since"), standard=("_source",), features=features,
    comparisons=Comparisons(
        blocks=(
            "serial", "ledger", "type || nth", "name || nth || coalesce(place, site)", "type || since", "type || place", "type || maker", "type || latin",
            "case when length(serial) > 5 then serial[:-3] || type end", "case when length(serial) > 5 then serial[-6:] end",
        ),
        compare=(
            SERIALS,
            Comparison("ledger", Label("固定资产编号", "Ledger no."), (
                Case("l.ledger = r.ledger", 36, Label("固定资产编号相同", "same ledger number")),
                Case(known("ledger"), -24, Label("固定资产编号不同", "different ledger numbers")),
            )),
            Comparison("maker", Label("制造商", "Maker"), (
                Case(SAME_MAKER, 6, Label("制造商相同", "same maker")),
                Case(OTHER_MAKER, -20, Label("制造商不同", "different makers")),
            )),
            Comparison("type", Label("型号", "Type"), (
                Case(SAME_TYPE, 12, Label("型号相同", "same type")),
                Case(LIKE_TYPE, 7, Label("型号相近", "types nearly alike")),
                Case(OTHER_TYPE, -20, Label("型号不同", "different types")),
            )),
            Comparison("nth", Label("机台序号", "Which of several"), (
                Case("l.nth = r.nth", 6, Label("机台序号相同", "called by the same number")),
                Case("l.nth <> r.nth", -30, Label("机台序号不同", "called by different numbers")),
            )),
            Comparison("name", Label("名称", "Name"), (
                Case("l.name = r.name and l.name <> ''", 6, Label("名称相同", "same name")),
                Case("l.name <> '' and r.name <> '' and (contains(l.name, r.name) or contains(r.name, l.name) or jaro_winkler_similarity(l.name, r.name) >= 0.8)", 3, Label("名称相近", "names nearly alike")),
                Case("l.name <> '' and r.name <> '' and jaccard(l.name, r.name) = 0", -10, Label("名称不同", "different names")),
            )),
            Comparison("place", Label("地点", "Place"), (
                Case("l.site <> r.site", -8, Label("工厂不同", "different plants")),
                Case("contains(l.place, r.place) or contains(r.place, l.place)", 4, Label("地点相同", "same place")),
                Case("l.site = r.site", 1, Label("工厂相同", "same plant")),
            )),
            Comparison("since", Label("启用日期", "Commissioned"), (
                Case("l.since = r.since", 6, Label("启用日期相同", "commissioned on the same day")),
                Case("l.since[:7] = r.since[:7]", 4, Label("同月启用", "commissioned in the same month")),
                Case("abs(date_diff('day', try_cast(l.since as date), try_cast(r.since as date))) > 400", -8, Label("启用日期相差一年以上", "commissioned more than a year apart")),
            )),
            Comparison("system", Label("来源系统", "System"), (
                Case("l.system = r.system", -25, Label("同一系统的两个编号", "two numbers of one system")),
            )),
        ),
        apart={"serial": Label("出厂编号不同", "serial numbers differ"), "brand_alone": Label("制造商不同", "makers differ"), "latin_alone": Label("制造商不同", "makers differ")},
        within=Within("system", "coalesce(serial, rid)", Label("同一系统的两个编号,且出厂编号不同或缺失", "two numbers of one system, and not one serial number")),
    ),
)
