from decimal import Decimal
from typing import Annotated

from medthread.model import (
    CODE_FORM,
    GTIN,
    NOT_NEGATIVE,
    About,
    Entity,
    F,
    Home,
    Label,
    MatchModel,
    Retention,
    between,
)

KINDS = {
    "finished": Label("成品", "Finished device"),
    "semi": Label("半成品", "Semi-finished"),
    "raw": Label("原材料", "Raw material"),
    "pack": Label("包装", "Packaging"),
    "label": Label("标签", "Label"),
    "consumable": Label("耗材", "Consumable"),
    "spare": Label("备件", "Spare part"),
    "reagent": Label("试剂", "Reagent"),
}
TRACKING = {
    "none": Label("不追踪", "None"),
    "lot": Label("按批", "By lot"),
    "serial": Label("按序列号", "By serial"),
    "lot_serial": Label("批与序列号", "Lot and serial"),
}
UNITS = {
    "pcs": Label("个", "Piece"),
    "kg": Label("千克", "Kilogram"),
    "g": Label("克", "Gram"),
    "m": Label("米", "Metre"),
    "l": Label("升", "Litre"),
    "ml": Label("毫升", "Millilitre"),
    "box": Label("盒", "Box"),
    "set": Label("套", "Set"),
}


class Item(Entity):
    """What is bought, made, stocked or sold, under one code for the whole company."""

    about = About(
        "物料",
        "Item",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.MASTER,
        title="name",
        match=MatchModel(
            kind="article", unique="gtin", valid="is_gtin({column})", parts={"code": "code", "spec": "spec"},
            agree=("gtin", "kind", "base_uom", "tracking", "shelf_life_days"), prefix="ITM",
        ),
        meaning=Label(
            "采购、生产、库存与销售的统一对象", "The one object behind purchasing, production, stock and sales"
        ),
        retain=Retention(years=15, anchor="last_ship"),
        synonyms=("料号", "产品", "part", "material"),
    )
    code: Annotated[
        str,
        F(
            "物料编码",
            "Item code",
            key=True,
            rules=(CODE_FORM,),
            search=True,
            synonyms=("料号", "part number"),
            example="MAT-100231",
        ),
    ]
    name: Annotated[str, F("名称", "Name", search=True)]
    spec: Annotated[str | None, F("规格型号", "Specification", search=True)]
    kind: Annotated[str | None, F("类别", "Kind", codes=KINDS)]
    base_uom: Annotated[str | None, F("基本单位", "Base unit", codes=UNITS, standard="UCUM")]
    tracking: Annotated[str | None, F("追踪方式", "Tracking", codes=TRACKING)]
    gtin: Annotated[
        str | None, F("商品条码", "GTIN", search=True, rules=(GTIN,), standard="GS1 AI 01", synonyms=("UDI-DI",))
    ]
    shelf_life_days: Annotated[
        int | None,
        F("有效期", "Shelf life", unit="d", critical=True, rules=(between(0, 36500, Label("0 到 36500 天", "0 to 36,500 days")),)),
    ]
    standard_cost: Annotated[
        Decimal | None, F("标准成本", "Standard cost", unit="CNY", rules=(NOT_NEGATIVE,), in_list=False)
    ]
