from datetime import date
from typing import Annotated

from medthread.model import USCC, About, Entity, F, Home, Label, Retention

KINDS = {
    "registrant": Label("注册人", "Registrant"),
    "contract_maker": Label("受托生产企业", "Contract maker"),
    "plant": Label("工厂", "Plant"),
    "department": Label("部门", "Department"),
}


class Organisation(Entity):
    """A company, plant or department of the group; rows belong to one, and rights follow it."""

    about = About(
        "组织",
        "Organisation",
        domain="compliance",
        group="people",
        owner="quality",
        home=Home.NATIVE,
        written_by="steward|mr|qa|qa_mgr|doc",
        title="name",
        meaning=Label("集团内的公司、工厂或部门", "A company, plant or department of the group"),
        retain=Retention(years=15),
        synonyms=("工厂", "公司", "site"),
    )
    code: Annotated[str, F("组织编码", "Code", key=True, search=True)]
    name: Annotated[str, F("名称", "Name", search=True)]
    kind: Annotated[str, F("类型", "Kind", codes=KINDS)]
    uscc: Annotated[str | None, F("统一社会信用代码", "Credit code (USCC)", rules=(USCC,), standard="GB 32100-2015")]
    parent: Annotated[str | None, F("上级", "Parent", search=True)]
    licence_no: Annotated[str | None, F("生产许可证号", "Production licence", in_list=False)]
    licence_valid_to: Annotated[date | None, F("许可证有效期至", "Licence valid to")]
