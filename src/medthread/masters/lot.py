from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.model import NOT_NEGATIVE, About, Dimension, Entity, F, Label, Ref, Retention, Rule, Span

THE_LOT = Ref("lot", along=(("item", "item"),))  # how a record names a lot, beside the field `item`
KINDS = {
    "received": Label("来料批", "Received lot"),
    "production": Label("生产批", "Production lot"),
    "sterilisation": Label("灭菌批", "Sterilisation lot"),
    "rework": Label("返工批", "Rework lot"),
}
EXPIRY_BEFORE_MANUFACTURE = Rule(
    name="expiry_before_manufacture",
    about=Label("失效日期必须晚于生产日期", "the expiry date must be after the manufacturing date"),
    broken="expires_on <= made_on",
    needs=("made_on", "expires_on"),
    dimension=Dimension.CONSISTENCY,
)


class Lot(Entity):
    """A quantity made or received under the same conditions: the unit of release, hold and recall."""

    about = About(
        "批次",
        "Lot",
        domain="manufacturing",
        group="production",
        owner="production",
        title="lot_no",
        meaning=Label(
            "同一条件下生产或接收的一批,是放行、冻结与召回的单位",
            "A quantity made or received under the same conditions: the unit of release, hold and recall",
        ),
        retain=Retention(
            years=2, anchor="expiry", at_least=(Span(years=5),), implants_forever=True, basis="GMP 2025 art. 45; 医疗器械经营质量管理规范 (2023)",
        ),
        rules=(EXPIRY_BEFORE_MANUFACTURE,),
        synonyms=("批号", "batch"),
    )
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    lot_no: Annotated[str, F("批号", "Lot number", key=True, search=True, standard="GS1 AI 10", synonyms=("生产批号",))]
    kind: Annotated[str | None, F("批类型", "Kind", codes=KINDS)]
    supplier: Annotated[str | None, F("供应商", "Supplier", ref=Ref("supplier"))]
    supplier_lot: Annotated[str | None, F("供方批号", "Supplier's lot", search=True)]
    made_on: Annotated[date | None, F("生产日期", "Manufactured on", standard="GS1 AI 11", kept_from="creation")]
    expires_on: Annotated[date | None, F("失效日期", "Expires on", standard="GS1 AI 17", kept_from="expiry")]
    quantity: Annotated[Decimal | None, F("数量", "Quantity", rules=(NOT_NEGATIVE,))]
