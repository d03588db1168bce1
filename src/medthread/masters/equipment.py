from datetime import date
from typing import Annotated

from medthread.model import About, Entity, F, Home, Label, Ref

KINDS = {
    "production": Label("生产设备", "Production"),
    "gauge": Label("量具", "Gauge"),
    "inspection": Label("检验设备", "Inspection"),
    "steriliser": Label("灭菌器", "Steriliser"),
    "tooling": Label("工装", "Tooling"),
    "software": Label("软件", "Software"),
}


class Equipment(Entity):
    """A machine, gauge or tool whose state decides whether what it made or measured can be trusted."""

    about = About(
        "设备",
        "Equipment",
        domain="manufacturing",
        group="equipment",
        owner="engineering",
        home=Home.NATIVE,
        written_by="maint|metro|eng|eng_mgr",
        title="name",
        meaning=Label("生产设备、量具或工装", "A machine, gauge or tool"),
        synonyms=("量具", "仪器", "gauge"),
    )
    asset_no: Annotated[str, F("设备编号", "Asset no.", key=True, search=True)]
    name: Annotated[str, F("名称", "Name", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    maker: Annotated[str | None, F("制造商", "Maker")]
    serial_no: Annotated[str | None, F("出厂编号", "Maker's serial no.", search=True)]
    asset: Annotated[
        str | None,
        F("设备资产", "Asset", ref=Ref("asset"), search=True, about=Label("各系统中的同一台设备", "the same machine in all systems")),
    ]
    calibration_due: Annotated[date | None, F("校准到期", "Calibration due")]
