from datetime import datetime
from decimal import Decimal
from typing import Annotated

from medthread.masters.item import UNITS
from medthread.model import About, Entity, F, Label, Ref, Retention


class StockBalance(Entity):
    """What the ERP says lies where. The mart `stock_position` sums the movements and shows where the two differ."""

    about = About(
        "库存余额",
        "Stock balance",
        domain="supply",
        group="stock",
        owner="warehouse",
        title="lot_no",
        meaning=Label("ERP 所称某库位某批次的结存", "What the ERP says lies at a place, by lot"),
        retain=Retention(years=10),
        synonyms=("结存", "即时库存"),
    )
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot no.", key=True, search=True)]
    location: Annotated[str, F("库位", "Location", key=True, search=True)]
    on_hand: Annotated[Decimal, F("在手", "On hand")]
    reserved: Annotated[Decimal | None, F("占用", "Reserved")]
    available: Annotated[Decimal | None, F("可用", "Available")]
    uom: Annotated[str | None, F("单位", "Unit", codes=UNITS)]
    value: Annotated[Decimal | None, F("金额", "Value", unit="CNY", in_list=False)]
    stock_owner: Annotated[str | None, F("货主", "Owner", in_list=False)]
    as_of: Annotated[datetime | None, F("时点", "As of", kept_from="creation")]
