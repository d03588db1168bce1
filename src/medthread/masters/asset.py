from datetime import date
from decimal import Decimal
from typing import Annotated

from medthread.masters.equipment import KINDS
from medthread.model import (
    NOT_NEGATIVE,
    About,
    Classification,
    Dimension,
    Entity,
    F,
    Home,
    Label,
    MatchModel,
    Retention,
    Rule,
)

STATUS = {
    "in_use": Label("在用", "In use"),
    "idle": Label("闲置", "Idle"),
    "sealed": Label("封存", "Mothballed"),
    "repair": Label("维修", "In repair"),
    "scrapped": Label("报废", "Scrapped"),
}
_FORM = "trim(regexp_replace(upper(narrow({column})), '^(S/N|SN|序列号|出厂编号|制造编号|编号|机号)[ .:：#]+', ''))"
SERIAL_FORM = Rule(
    name="serial_form",
    about=Label("出厂编号一律大写半角,不带「S/N」「编号」等字样", "serial numbers are upper case and narrow, without a word such as S/N before them"),
    broken=f"{{column}} <> {_FORM}",
    dimension=Dimension.CONSISTENCY,
    correct=_FORM,
)
# A figure at least, and not what a spreadsheet makes of a long number.
SAYS_A_SERIAL = "regexp_matches({column}, '[0-9]') and not regexp_matches({column}, '^[0-9]([.,][0-9]+)?[eE][+]?[0-9]+$')"


class Asset(Entity):
    """A machine, gauge or tool as one thing, whatever numbers the ledger, the shop floor and the metrologists gave it."""

    about = About(
        "设备资产",
        "Asset",
        domain="manufacturing",
        group="equipment",
        owner="engineering",
        home=Home.MASTER,
        title="name",
        match=MatchModel(
            kind="asset", auto=36.0, agree=("kind",), survives={"serial_no": SAYS_A_SERIAL}, together=(("plant", "location"),), prefix="AST",
            parts={
                "serial": "serial_no", "maker": "maker", "type": "model", "ledger": "ledger_no", "site": "plant", "place": "location", "since": "commissioned_on",
            },
        ),
        meaning=Label("固定资产账、MES、计量台账等系统中的同一台设备", "The one machine behind the ledger of fixed assets, the MES and the list of instruments"),
        retain=Retention(years=15, basis="ISO 13485:2016 6.3, 4.2.5"),
        synonyms=("固定资产", "机器", "machine", "fixed asset"),
    )
    asset_no: Annotated[str, F("资产编号", "Asset no.", key=True, search=True, example="GD201900123", about=Label("该系统给这台设备的编号", "the number that the system gave it"))]
    ledger_no: Annotated[
        str | None,
        F("固定资产编号", "Ledger no.", search=True, example="GD201900123"),
    ]
    name: Annotated[str, F("名称", "Name", search=True)]
    kind: Annotated[str | None, F("类型", "Kind", codes=KINDS)]
    maker: Annotated[str | None, F("制造商", "Maker", search=True)]
    model: Annotated[str | None, F("型号", "Model", search=True, example="MA1600II/570")]
    serial_no: Annotated[str | None, F("出厂编号", "Maker's serial no.", search=True, rules=(SERIAL_FORM,), synonyms=("序列号", "S/N"))]
    plant: Annotated[str | None, F("工厂", "Plant")]
    location: Annotated[str | None, F("存放地点", "Location")]
    commissioned_on: Annotated[date | None, F("启用日期", "Commissioned on")]
    status: Annotated[str | None, F("使用状态", "Status", codes=STATUS)]
    original_cost: Annotated[Decimal | None, F("原值", "Original cost", unit="CNY", rules=(NOT_NEGATIVE,), classification=Classification.CONFIDENTIAL, in_list=False)]
