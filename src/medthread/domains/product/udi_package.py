from decimal import Decimal
from typing import Annotated

from medthread.model import GTIN, NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention

LEVELS = {"unit": Label("最小单元", "Unit"), "inner": Label("内包装", "Inner"), "outer": Label("外包装", "Outer"), "pallet": Label("托盘", "Pallet")}


class UdiPackage(Entity):
    """A level of packaging under an identifier of its own: how many of what it holds."""

    about = About(
        "UDI 包装层级",
        "UDI packaging level",
        domain="product",
        group="product",
        owner="regulatory",
        title="package_di",
        meaning=Label("有独立标识的一级包装及其所含数量", "A level of packaging with an identifier of its own, and what it holds"),
        retain=Retention(years=15, anchor="last_ship"),
        synonyms=("包装产品标识",),
    )
    package_di: Annotated[str, F("包装标识", "Package identifier", key=True, search=True, rules=(GTIN,), standard="GS1 AI 01")]
    unit_di: Annotated[str | None, F("最小销售单元标识", "Unit's identifier", search=True)]
    level: Annotated[str | None, F("层级", "Level", codes=LEVELS)]
    contains: Annotated[str | None, F("内含包装标识", "Contains", search=True)]
    quantity: Annotated[Decimal | None, F("内含数量", "Quantity inside", rules=(NOT_NEGATIVE,))]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"))]
