from decimal import Decimal
from typing import Annotated

from medthread.model import About, Entity, F, Home, Label, Retention, between

ROUNDINGS = {
    "half_even": Label("四舍六入五成双", "Half to even"),
    "half_up": Label("四舍五入", "Half up"),
    "up": Label("进一", "Up"),
    "down": Label("去尾", "Down"),
}
STATUS = {"active": Label("启用", "Active"), "retired": Label("停用", "Retired")}


class Uom(Entity):
    """A unit of measure: value in the base unit of its dimension = value x factor + offset."""

    about = About(
        "计量单位",
        "Unit of measure",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        written_by="steward|eng|eng_mgr",
        title="name",
        meaning=Label("计量单位及其换算与修约", "A unit of measure, how it converts and how it is rounded"),
        retain=Retention(years=15),
        synonyms=("单位", "UoM"),
    )
    code: Annotated[str, F("单位码", "Code", key=True, search=True, standard="UCUM", example="kg")]
    name: Annotated[str, F("名称", "Name", search=True)]
    dimension: Annotated[str, F("量纲", "Dimension", search=True, example="mass")]
    factor: Annotated[Decimal, F("换算系数", "Factor", rules=(between(0, None, Label("大于零", "more than nought"), name="positive"),))]
    offset: Annotated[Decimal | None, F("偏移", "Offset")]
    precision: Annotated[int, F("小数位", "Decimals", rules=(between(0, 12, Label("0 到 12", "0 to 12")),))]
    rounding: Annotated[str, F("修约", "Rounding", codes=ROUNDINGS, standard="GB/T 8170", default="half_even")]
    gb_code: Annotated[str | None, F("国标码", "National code", standard="GB 3100")]
    status: Annotated[str, F("状态", "Status", codes=STATUS, default="active")]
