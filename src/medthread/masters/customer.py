from typing import Annotated

from medthread.masters.hierarchy import ALLIANCE, BRANCH, GROUP
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

KINDS = {
    "hospital": Label("医院", "Hospital"),
    "distributor": Label("经销商", "Distributor"),
    "lab": Label("检验所", "Laboratory"),
    "clinic": Label("诊所", "Clinic"),
    "export": Label("海外", "Export"),
}
CONTACT = Purpose("订货、交付与召回联络", "to be reached about orders, deliveries and recalls", basis=LegalBasis.CONTRACT)


class Customer(Entity):
    """Who devices are shipped to: the first line of a recall notice."""

    about = About(
        "客户",
        "Customer",
        domain="service",
        group="sales",
        owner="sales",
        home=Home.MASTER,
        title="name",
        match=MatchModel(
            kind="organisation", unique="uscc", valid="is_uscc({column})", parts={"place": "city", "address": "address", "phone": "phone"},
            agree=("uscc",), together=(("city", "address"),), links=(BRANCH, GROUP, ALLIANCE), prefix="CUS",
        ),
        meaning=Label("医疗器械的收货单位,召回时的通知对象", "Who devices are shipped to, and who a recall must reach"),
        retain=Retention(years=15, anchor="last_ship"),
        synonyms=("医院", "经销商", "consignee"),
    )
    code: Annotated[str, F("客户编码", "Customer code", key=True, search=True)]
    name: Annotated[str, F("名称", "Name", search=True)]
    kind: Annotated[str | None, F("类型", "Kind", codes=KINDS)]
    uscc: Annotated[
        str | None,
        F(
            "统一社会信用代码",
            "Credit code (USCC)",
            search=True,
            rules=(USCC_CONFUSABLE, USCC, USCC_INNER),
            standard="GB 32100-2015",
        ),
    ]
    city: Annotated[str | None, F("城市", "City")]
    address: Annotated[str | None, F("地址", "Address", in_list=False)]
    contact: Annotated[str | None, F("联系人", "Contact", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=CONTACT)]
    phone: Annotated[str | None, F("电话", "Phone", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=CONTACT)]
