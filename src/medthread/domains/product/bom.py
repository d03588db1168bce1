from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import NOT_NEGATIVE, About, Entity, F, Label, Ref, Retention


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
