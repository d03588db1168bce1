from typing import Annotated

from medthread.masters.hierarchy import BRANCH, GROUP
from medthread.model import (
    USCC,
    USCC_CONFUSABLE,
    USCC_INNER,
    About,
    Classification,
    Entity,
    F,
    Home,
    Label,
    LegalBasis,
    Mask,
    MatchModel,
    Purpose,
    Retention,
)

STATUS = {
    "active": Label("启用", "Active"),
    "on_hold": Label("暂停", "On hold"),
    "blocked": Label("停用", "Blocked"),
}
CONTACT = Purpose("采购与质量联络", "to be reached about purchases and quality", basis=LegalBasis.CONTRACT)


class Supplier(Entity):
    """A legal entity that materials or services are bought from (ISO 13485:2016, 7.4.1)."""

    about = About(
        "供应商",
        "Supplier",
        domain="supply",
        group="supply",
        owner="purchasing",
        home=Home.MASTER,
        title="name",
        match=MatchModel(
            kind="organisation", unique="uscc", valid="is_uscc({column})", parts={"place": "city", "address": "address", "phone": "phone"},
            agree=("uscc",), together=(("city", "address"),), links=(BRANCH, GROUP), prefix="SUP",
        ),
        meaning=Label("向本公司提供物料或服务的法人", "A legal entity that materials or services are bought from"),
        retain=Retention(years=10, anchor="last_ship", basis="ISO 13485:2016 4.2.5"),
        synonyms=("供方", "vendor"),
    )
    code: Annotated[str, F("供应商编码", "Supplier code", key=True, search=True, example="V00123")]
    name: Annotated[str, F("名称", "Name", search=True)]
    short_name: Annotated[str | None, F("简称", "Short name", search=True, in_list=False)]
    uscc: Annotated[
        str | None,
        F(
            "统一社会信用代码",
            "Credit code (USCC)",
            search=True,
            rules=(USCC_CONFUSABLE, USCC, USCC_INNER),
            standard="GB 32100-2015",
            synonyms=("信用代码", "税号"),
            example="91310000MA1K4BGR3F",
        ),
    ]
    city: Annotated[str | None, F("城市", "City")]
    address: Annotated[str | None, F("地址", "Address", in_list=False)]
    contact: Annotated[str | None, F("联系人", "Contact", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=CONTACT)]
    phone: Annotated[str | None, F("电话", "Phone", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=CONTACT)]
    bank_account: Annotated[
        str | None,
        F("银行账号", "Bank account", classification=Classification.CONFIDENTIAL, critical=True, in_list=False, synonyms=("收款账号", "IBAN")),
    ]
    status: Annotated[str | None, F("状态", "Status", codes=STATUS)]
