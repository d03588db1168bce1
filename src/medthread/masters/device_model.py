from typing import Annotated

from medthread.model import About, Entity, F, Label, Ref, Retention, between, pattern

CLASSES = {"I": Label("I 类", "Class I"), "II": Label("II 类", "Class II"), "III": Label("III 类", "Class III")}
CERTIFICATE = pattern(
    r".{1,3}械(注|备)?(准|进|许|备)?.*\d.*",
    Label("注册证编号形如 国械注准20243140001", "a certificate number looks like 国械注准20243140001"),
    name="certificate_form",
)


class DeviceModel(Entity):
    """A model of a device under a registration certificate."""

    about = About(
        "产品型号",
        "Device model",
        domain="product",
        group="product",
        owner="regulatory",
        title="model_no",
        meaning=Label("注册证覆盖的产品型号规格", "A model of a device under a registration certificate"),
        retain=Retention(years=15, anchor="last_ship"),
        synonyms=("型号规格", "model"),
    )
    model_no: Annotated[str, F("型号规格", "Model no.", key=True, search=True)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"), search=True)]
    name: Annotated[str | None, F("产品名称", "Product name", search=True)]
    device_class: Annotated[str | None, F("管理类别", "Device class", codes=CLASSES)]
    udi_di: Annotated[str | None, F("UDI-DI", "UDI-DI", search=True, standard="GS1 AI 01")]
    service_life_months: Annotated[
        int | None,
        F("使用期限", "Service life", unit="mo", kept_from="device_life", in_list=False, rules=(between(0, 1200, Label("0 到 1200 个月", "0 to 1,200 months")),)),
    ]
    implantable: Annotated[bool | None, F("植入类", "Implantable", kept_from="implant", in_list=False)]
    certificate_no: Annotated[str | None, F("注册证编号", "Certificate no.", search=True, rules=(CERTIFICATE,))]
