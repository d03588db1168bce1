from datetime import date
from typing import Annotated

from medthread.model import About, Dimension, Entity, F, Label, Ref, Retention, Rule

AGENCIES = {
    "GS1": Label("GS1", "GS1"),
    "HIBCC": Label("HIBCC", "HIBCC"),
    "ICCBBA": Label("ICCBBA", "ICCBBA"),
    "MA": Label("中关村工信二维码(MA)", "ZIIOT (MA)"),
    "AHM": Label("阿里健康", "AHM"),
    "NDC": Label("NDC/NHRIC", "NDC/NHRIC"),
}
LEVELS = {
    "primary": Label("最小销售单元", "Primary"),
    "package": Label("包装", "Package"),
    "unit_of_use": Label("使用单元", "Unit of use"),
    "direct_mark": Label("本体标识", "Direct mark"),
    "previous": Label("曾用标识", "Previous"),
    "secondary": Label("其他发码机构", "Secondary"),
}
GS1_DI = Rule(
    name="gs1_check_digit",
    about=Label("GS1 标识的校验位必须正确", "the check digit of a GS1 identifier must be right"),
    broken="agency = 'GS1' and not is_gtin(di)",
    needs=("agency", "di"),
    dimension=Dimension.VALIDITY,
)
HIBCC_GTIN = Rule(
    name="agency_form",
    about=Label("以 HIBCC 申报的标识不应是 14 位数字的 GTIN", "an identifier filed as HIBCC is not a 14-digit GTIN"),
    broken="agency = 'HIBCC' and regexp_full_match(di, '[0-9]{14}') and is_gtin(di)",
    needs=("agency", "di"),
    dimension=Dimension.CONSISTENCY,
)


class UdiDi(Entity):
    """A device identifier: the fixed half of a UDI, at one level of packaging."""

    about = About(
        "UDI-DI",
        "UDI device identifier",
        domain="product",
        group="product",
        owner="regulatory",
        title="di",
        meaning=Label("医疗器械唯一标识的固定部分", "The fixed half of a unique device identification"),
        retain=Retention(years=15, anchor="last_ship"),
        rules=(GS1_DI, HIBCC_GTIN),
        synonyms=("产品标识", "DI"),
    )
    agency: Annotated[str, F("发码机构", "Issuing agency", key=True, codes=AGENCIES)]
    di: Annotated[str, F("产品标识", "Device identifier", key=True, search=True, standard="GS1 AI 01")]
    record: Annotated[str, F("登记记录", "Register's record", key=True, search=True)]
    level: Annotated[str | None, F("包装层级", "Level", codes=LEVELS)]
    item: Annotated[str | None, F("物料", "Item", ref=Ref("item"))]
    model_no: Annotated[str | None, F("型号规格", "Model no.", search=True)]
    name: Annotated[str | None, F("产品名称", "Name", search=True)]
    maker: Annotated[str | None, F("企业", "Company", search=True)]
    published_on: Annotated[date | None, F("公布日期", "Published on")]
