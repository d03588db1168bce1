"""The machines, gauges and tools that really stand in the plant, and the many ways in which systems write them down."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = date(2012, 3, 1)


@dataclass(frozen=True)
class Make:
    """A maker by its names, and how it stamps its machines."""

    legal: str
    brand: str
    latin: str
    stamp: str  # how a serial number is built: Y year, M month, # a counted digit; other characters as they are


@dataclass(frozen=True)
class Line:
    """A sort of machine of a maker: what people call it, its types."""

    make: Make
    kind: str  # production, gauge, inspection, steriliser
    nouns: tuple[str, ...]
    types: tuple[str, ...]
    price: int
    rooms: tuple[str, ...]


@dataclass(frozen=True)
class Machine:
    """One of them. `nth` counts sisters that were bought together; `card` is the ledger's number, which sisters may share."""

    entity: str
    line: Line
    type: str
    serial: str
    nth: int | None
    card: str
    shared: bool
    room: str
    bought: date
    cost: int


@dataclass(frozen=True)
class Written:
    """A machine as one system wrote it; what it does not say is empty. `dressed`: the serial has another case or width, or words before it."""

    name: str
    maker: str
    type: str
    serial: str
    card: str
    room: str
    since: str
    dressed: bool


@dataclass(frozen=True)
class Clerk:
    """How much a system writes of what it knows (chances), and how carelessly."""

    maker: float
    type: float
    serial: float
    card: float
    nth: float
    room: float
    since: float
    careless: float = 0.3


LEDGER = Clerk(maker=0.8, type=0.9, serial=0.9, card=1.0, nth=0.3, room=0.85, since=0.97)
RESOURCES = Clerk(maker=0.3, type=0.75, serial=0.25, card=0.9, nth=0.75, room=0.9, since=0.1)
INSTRUMENTS = Clerk(maker=0.92, type=0.95, serial=0.97, card=0.6, nth=0.05, room=0.6, since=0.5)
UPKEEP = Clerk(maker=0.75, type=0.85, serial=0.8, card=0.85, nth=0.6, room=0.8, since=0.5, careless=0.4)

_MAKES = {
    key: Make(legal, brand, latin, stamp) for key, legal, brand, latin, stamp in (
        ("hm", "宁波恒茂塑料机械股份有限公司", "恒茂", "Hengmao", "YM####"), ("ls", "东莞市力沙精密机械有限公司", "力沙", "", "LS-Y#####"),
        ("ab", "Arbeck Maschinenbau GmbH", "", "Arbeck", "20####"), ("dk", "大冈机电（苏州）有限公司", "大冈", "Daioka", "DK######"),
        ("xy", "杭州新屹灭菌设备有限公司", "新屹", "Xinyi", "XE-Y-###"), ("sb", "上海申柏压力容器厂", "申柏", "", "Y-####"),
        ("mn", "Minatoyo Corporation", "港丰", "Minatoyo", "########"), ("qd", "青岛前哨量仪有限公司", "前哨", "", "######"),
        ("gl", "桂林冠量量具有限公司", "冠量", "Guanliang", "GB######"), ("ik", "Ikomed Instruments Ltd.", "", "Ikomed", "IK0###I##"),
        ("tl", "梅里特（上海）仪器有限公司", "梅里特", "Merrit", "B#########"), ("zw", "深圳市正旺仪器有限公司", "正旺", "Zhengwang", "YM###"),
        ("fk", "Fluxion Calibration Inc.", "福路新", "Fluxion", "####00##"), ("yh", "无锡宇恒自动化设备有限公司", "宇恒", "", "NO.Y###"),
        ("lc", "Laserchrom SA", "", "Laserchrom", "OL####I"), ("bc", "北辰净化（南京）有限公司", "北辰", "Beichen", "000###"),
    )
}
_MOULDING, _ASSEMBLY, _LAB, _STERILE = ("注塑车间", "二期注塑"), ("装配一线", "装配二线", "洁净组装间"), ("计量室", "来料检验室", "理化实验室"), ("灭菌车间",)
_LINES = tuple(
    Line(_MAKES[make], kind, tuple(nouns.split("/")), tuple(types.split()), price, rooms) for make, kind, nouns, types, price, rooms in (
        ("hm", "production", "注塑机/卧式注塑机/塑料注射成型机", "HM1200/400 HM1600/570 HM2500II/1000", 260_000, _MOULDING),
        ("ab", "production", "注塑机/电动注塑机", "370E-600 470E-1000", 680_000, _MOULDING),
        ("ls", "production", "挤出机/导管挤出机", "LSJ-45 LSJ-65", 180_000, _MOULDING),
        ("dk", "production", "贴片机/高速贴片机", "DK-M20 DK-M10", 920_000, _ASSEMBLY), ("yh", "production", "自动组装机/组装机", "YH-ZZ08 YH-ZZ12", 340_000, _ASSEMBLY),
        ("lc", "production", "激光打标机/打标机", "LC-20F LC-50F", 78_000, _ASSEMBLY), ("ls", "production", "热合机/吸塑热合封口机", "RH-300 RH-500", 46_000, _ASSEMBLY),
        ("bc", "production", "层流罩/超净工作台", "SW-CJ-2FD SW-CJ-1F", 9_000, _ASSEMBLY), ("xy", "steriliser", "环氧乙烷灭菌器/灭菌柜", "XY-10 XY-20", 450_000, _STERILE),
        ("sb", "steriliser", "压力蒸汽灭菌器/高压灭菌锅", "YXQ-100G YXQ-50", 38_000, _STERILE), ("mn", "gauge", "数显卡尺/卡尺", "500-181-30 500-196-30", 1_100, _LAB),
        ("mn", "gauge", "外径千分尺/千分尺", "293-240-30 293-241-30", 1_900, _LAB), ("gl", "gauge", "游标卡尺/卡尺", "0-150 0-300", 180, _LAB),
        ("qd", "gauge", "高度规/高度尺", "QS-300 QS-600", 2_600, _LAB), ("qd", "gauge", "百分表/指示表", "QB-10 QB-5", 160, _LAB),
        ("zw", "inspection", "拉力试验机/万能材料试验机", "ZW-5KN ZW-10KN", 64_000, _LAB), ("ik", "inspection", "影像测量仪/二次元影像仪", "IK-3020 IK-4030", 150_000, _LAB),
        ("tl", "gauge", "电子天平/分析天平", "MT204E MT104E", 16_000, _LAB), ("tl", "inspection", "pH计/酸度计", "FE28 S220", 6_500, _LAB),
        ("fk", "inspection", "过程校验仪/多功能校准器", "FX-754 FX-726", 52_000, _LAB), ("fk", "gauge", "数字万用表/万用表", "FX-17B FX-87V", 1_300, _LAB),
        ("zw", "inspection", "密封性测试仪/泄漏测试仪", "ZW-LT2 ZW-LT3", 24_000, _LAB),
    )
)
_DEALERS = ("上海通汇国际贸易有限公司", "深圳市联采设备经销部")
_NOTHING = ("", "", "", "", "无", "/", "-", "不详", "N/A")
_WIDE = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ－")


def make_machines(rng: random.Random, count: int) -> list[Machine]:
    """Single ones and families of sisters: bought on one day, stamped and carded one after the other."""
    made: list[Machine] = []
    stamped = {line: rng.randrange(20, 700) for line in _LINES}
    while len(made) < count:
        line = rng.choice(_LINES)
        type_, bought = rng.choice(line.types), FIRST_DAY + timedelta(days=rng.randrange(4300))
        room, size = rng.choice(line.rooms), rng.choices((1, 2, 3, 4, 6), (40, 20, 16, 14, 10))[0]
        stamped[line] += rng.randrange(1, 60)
        shared = size > 1 and line.price < 20_000 and rng.random() < 0.4
        card = len(made) + 1
        for n in range(size):
            made.append(Machine(
                entity=f"E{len(made) + 1:05d}", line=line, type=type_, serial=_stamped(line.make.stamp, bought, stamped[line] + n), nth=n + 1 if size > 1 else None,
                card=f"GD{bought.year}{card if shared else card + n:05d}", shared=shared, room=room if rng.random() < 0.85 else rng.choice(line.rooms),
                bought=bought, cost=round(line.price * rng.uniform(0.9, 1.1)),
            ))
        stamped[line] += size
    return made[:count]


def _stamped(stamp: str, bought: date, number: int) -> str:
    places = stamp.count("#")
    digits = iter(f"{number % 10**places:0{places}d}")
    dated = stamp.replace("M", f"{bought.month:02d}").replace("Y", str(bought.year))
    return "".join(next(digits) if c == "#" else c for c in dated)


def write_down(rng: random.Random, machine: Machine, clerk: Clerk) -> Written:
    """The machine as a system's clerk typed it. Each record has something of this one machine: its serial, its card, or both."""
    with_card = rng.random() < clerk.card
    with_serial = rng.random() < clerk.serial or not with_card or (machine.shared and clerk is not LEDGER)
    serial, dressed = _serial(rng, machine.serial, clerk) if with_serial else (rng.choice(_NOTHING), False)
    return Written(
        name=_name(rng, machine, clerk), maker=_maker(rng, machine.line.make, clerk) if rng.random() < clerk.maker else "",
        type=_type(rng, machine, clerk) if rng.random() < clerk.type else "",
        serial=serial,
        card=_card(rng, machine.card, clerk) if with_card else "",
        room=_room(rng, machine.room) if rng.random() < clerk.room else "",
        since=_since(rng, machine.bought, exact=clerk is LEDGER) if rng.random() < clerk.since else "", dressed=dressed,
    )


def _name(rng: random.Random, machine: Machine, clerk: Clerk) -> str:
    noun = machine.line.nouns[0] if rng.random() < 0.6 else rng.choice(machine.line.nouns)
    if machine.nth is None or rng.random() > clerk.nth:
        return noun
    nth = machine.nth if rng.random() > 0.02 else machine.nth + 1
    return rng.choice((f"{nth}#{noun}", f"{noun}{nth}#", f"{nth}号{noun}", f"{noun}-{nth:02d}", f"{noun} No.{nth}"))


def _maker(rng: random.Random, make: Make, clerk: Clerk) -> str:
    if rng.random() < 0.02:
        return rng.choice(_DEALERS)
    ways = [make.legal, make.legal]
    if rng.random() < clerk.careless * 2:
        ways = [w for w in (make.brand, make.latin, make.latin.upper(), f"{make.brand}({make.latin})" if make.brand and make.latin else "") if w] or ways
    return rng.choice(ways)


def _type(rng: random.Random, machine: Machine, clerk: Clerk) -> str:
    type_, make = machine.type, machine.line.make
    if rng.random() > clerk.careless:
        return type_
    return rng.choice((
        type_.lower(), type_.replace("-", ""), type_.replace("-", " "), type_.translate(_WIDE), f"{make.brand or make.latin} {type_}", f"{type_}型", type_.replace("II", "Ⅱ"),
        type_.partition("/")[0],
    ))


def _serial(rng: random.Random, serial: str, clerk: Clerk) -> tuple[str, bool]:
    """As it is written, and whether it is dressed up."""
    luck = rng.random()
    if luck < 0.025:
        serial = _mistyped(rng, serial)
    elif luck < 0.035 and clerk is UPKEEP:  # the control unit was replaced, and its number noted
        serial = f"CU{rng.randrange(10**5, 10**6)}"
    elif luck < 0.065:
        serial = serial.replace("0", "O", 1) if rng.random() < 0.7 else serial.replace("1", "I", 1)
    if rng.random() > clerk.careless:
        return serial, False
    if serial.isdigit() and rng.random() < 0.4:
        return f"{float(serial):.4E}" if len(serial) > 9 and rng.random() < 0.1 else serial.lstrip("0"), False
    dressed = (serial.lower(), f"S/N {serial}", f"SN:{serial}", f"编号:{serial}", serial.translate(_WIDE))
    written = rng.choice((*dressed, serial.replace("-", ""), f"{serial[:4]} {serial[4:]}", f"{serial[:4]}-{serial[4:]}"))
    return written, written in dressed and written != serial


def _mistyped(rng: random.Random, serial: str) -> str:
    at = rng.choice([i for i, c in enumerate(serial) if c.isdigit()])
    if rng.random() < 0.3 and at + 1 < len(serial) and serial[at] != serial[at + 1]:
        return serial[:at] + serial[at + 1] + serial[at] + serial[at + 2:]
    return serial[:at] + rng.choice([d for d in "0123456789" if d != serial[at]]) + serial[at + 1:]


def _card(rng: random.Random, card: str, clerk: Clerk) -> str:
    if clerk is LEDGER or rng.random() < 0.85:
        return card
    return rng.choice((card.lower(), f"{card[:2]}-{card[2:]}", f"{card[:2]} {card[2:6]}-{card[6:]}"))


def _room(rng: random.Random, room: str) -> str:
    return room if rng.random() < 0.85 else rng.choice((f"{room}(东)", f"1F{room}", room.removesuffix("间")))


def _since(rng: random.Random, bought: date, *, exact: bool) -> str:
    return (bought if exact else bought + timedelta(days=rng.choice((0, 0, 3, 12, 30, 75)))).isoformat()
