from datetime import date
from typing import Annotated

from medthread.model import About, Classification, Entity, F, Home, Label, LegalBasis, Mask, Purpose, Ref, Retention

STAFF = Purpose("用工、授权与签名", "employment, rights and signatures", basis=LegalBasis.EMPLOYMENT)
REACHED = Purpose("工作联络", "to be reached at work", basis=LegalBasis.EMPLOYMENT)


class Person(Entity):
    """Somebody who works for the group; employee numbers are never reused (21 CFR 11.100(a))."""

    about = About(
        "人员",
        "Person",
        domain="compliance",
        group="people",
        owner="hr",
        home=Home.NATIVE,
        written_by="steward|mr",
        title="name",
        meaning=Label("集团员工;工号永不重复使用", "Somebody who works for the group; numbers are never reused"),
        retain=Retention(years=10, anchor="close"),
        synonyms=("员工", "employee"),
    )
    employee_no: Annotated[str, F("工号", "Employee no.", key=True, search=True)]
    name: Annotated[str, F("姓名", "Name", search=True, purpose=STAFF)]
    organisation: Annotated[str | None, F("部门", "Department", ref=Ref("organisation"))]
    left_on: Annotated[date | None, F("离职日期", "Left on", kept_from="close")]
    phone: Annotated[str | None, F("电话", "Phone", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=REACHED)]
    email: Annotated[str | None, F("邮箱", "E-mail", classification=Classification.PERSONAL, mask=Mask.PARTIAL, purpose=REACHED)]
