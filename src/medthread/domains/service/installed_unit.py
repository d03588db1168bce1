from datetime import date
from typing import Annotated

from medthread.model import About, Entity, F, Home, Label, Ref, Retention, Span

STATUS = {
    "shipped": Label("已发货", "Shipped"),
    "installed": Label("已装机", "Installed"),
    "in_use": Label("使用中", "In use"),
    "relocated": Label("已移机", "Relocated"),
    "out_of_service": Label("停用", "Out of service"),
    "recalled": Label("召回中", "Under recall"),
    "retired": Label("退役", "Retired"),
}


class InstalledUnit(Entity):
    """A device where it is used, as it is maintained: installation is an act with its acceptance (ISO 13485:2016, 7.5.3)."""

    about = About(
        "装机档案",
        "Installed unit",
        domain="service",
        group="sales",
        owner="service",
        home=Home.NATIVE,
        written_by="svc|whs|steward",
        title="serial_no",
        meaning=Label("一台器械在使用单位的现状:装机、软件、保修、维护", "A device where it is used: installed, its software, its warranty, its service"),
        retain=Retention(
            years=2, anchor="last_ship", device_life=True, at_least=(Span(years=15, anchor="last_ship"),), implants_forever=True,
            basis="ISO 13485:2016 7.5.3, 7.5.4",
        ),
        synonyms=("装机", "installed base"),
    )
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
    serial_no: Annotated[str, F("序列号", "Serial no.", key=True, ref=Ref("serial_unit", along=(("item", "item"),)), search=True)]
    device_model: Annotated[str | None, F("型号", "Device model", ref=Ref("device_model"), search=True)]
    lot_no: Annotated[str | None, F("批号", "Lot no.", search=True)]
    udi: Annotated[str | None, F("UDI", "UDI as scanned", search=True, in_list=False)]
    customer: Annotated[str, F("使用单位", "Customer", ref=Ref("customer"), search=True)]
    department: Annotated[str | None, F("科室", "Department")]
    status: Annotated[str, F("状态", "Status", codes=STATUS, default="shipped")]
    installed_on: Annotated[date | None, F("装机日期", "Installed on")]
    acceptance_no: Annotated[str | None, F("验收记录号", "Acceptance record", search=True, in_list=False)]
    warranty_from: Annotated[date | None, F("保修起", "Warranty from", in_list=False)]
    warranty_to: Annotated[date | None, F("保修止", "Warranty to")]
    contract_no: Annotated[str | None, F("维保合同", "Service contract", search=True, in_list=False)]
    software_version: Annotated[str | None, F("软件版本", "Software version", in_list=False)]
    serviced_on: Annotated[date | None, F("上次服务", "Last serviced on")]
    recall: Annotated[str | None, F("涉及召回", "Recall that reaches it", ref=Ref("recall"), in_list=False)]
