from typing import Annotated

from medthread.model import About, Entity, F, Home, Label, Ref

KINDS = {
    "quarantine": Label("待检", "Quarantine"),
    "accepted": Label("合格", "Accepted"),
    "rejected": Label("不合格", "Rejected"),
    "hold": Label("冻结", "Hold"),
    "production": Label("生产", "Production"),
    "cleanroom": Label("洁净区", "Clean room"),
}


class Location(Entity):
    """A place in a plant where stock or work stands."""

    about = About(
        "库位",
        "Location",
        domain="supply",
        group="stock",
        owner="warehouse",
        home=Home.NATIVE,
        written_by="whs|steward",
        plant="organisation",
        title="name",
        meaning=Label("工厂内存放物料或进行作业的区域", "A place in a plant where stock or work stands"),
        synonyms=("区域", "bin"),
    )
    organisation: Annotated[str, F("工厂", "Plant", key=True, ref=Ref("organisation"))]
    code: Annotated[str, F("库位码", "Location code", key=True, search=True)]
    name: Annotated[str | None, F("名称", "Name", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    clean_class: Annotated[str | None, F("洁净级别", "Clean class", standard="ISO 14644-1")]
