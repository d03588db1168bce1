from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention

USAGES = {
    "ebom": Label("设计清单", "Engineering"),
    "mbom": Label("制造清单", "Manufacturing"),
    "sbom": Label("服务清单", "Service"),
    "pack": Label("包装清单", "Packaging"),
}


class Bom(Entity):
    """The head of a bill of materials: which item, which revision, from when."""

    about = About(
        "物料清单",
        "Bill of materials",
        domain="product",
        group="product",
        owner="engineering",
        title="item",
        meaning=Label("某物料的一个清单版本及其生效期", "One revision of an item's structure, and from when it holds"),
        retain=Retention(years=15, anchor="last_ship", basis="ISO 13485:2016 4.2.3"),
        synonyms=("BOM 表头",),
    )
    item: Annotated[str, F("父项", "Parent item", key=True, ref=Ref("item"), search=True)]
    bom_rev: Annotated[str, F("版本", "Revision", key=True)]
    usage: Annotated[str | None, F("用途", "Usage", codes=USAGES)]
    base_quantity: Annotated[Decimal | None, F("基准数量", "Base quantity", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    effective_from: Annotated[date | None, F("生效日期", "Effective from")]
    effective_to: Annotated[date | None, F("失效日期", "Effective to")]
    change_order: Annotated[str | None, F("变更单", "Change order", search=True)]


class BomLine(Entity):
    """One component of an item's bill of materials, in one revision."""

    about = About(
        "物料清单行",
        "BOM line",
        domain="product",
        group="product",
        owner="engineering",
        title="component",
        meaning=Label("某版本物料清单中的一个子项", "One component of an item's bill of materials, in one revision"),
        retain=Retention(years=15, anchor="last_ship", basis="ISO 13485:2016 4.2.3"),
        synonyms=("BOM", "配方"),
    )
    item: Annotated[str, F("父项", "Parent item", key=True, ref=Ref("item"), search=True)]
    bom_rev: Annotated[str, F("版本", "Revision", key=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    component: Annotated[str, F("子项", "Component", ref=Ref("item"), search=True)]
    quantity: Annotated[Decimal, F("用量", "Quantity per", rules=(NOT_NEGATIVE,))]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
