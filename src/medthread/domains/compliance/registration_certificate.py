from datetime import date
from typing import Annotated

from medthread.model import About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule

STATUS = {
    "preparing": Label("准备中", "Preparing"),
    "approved": Label("已批准", "Approved"),
    "renewing": Label("延续中", "Renewing"),
    "expired": Label("已过期", "Expired"),
    "cancelled": Label("已注销", "Cancelled"),
}


class RegistrationCertificate(Entity):
    """The right to sell a device in a jurisdiction."""

    about = About(
        "注册证",
        "Market authorisation",
        domain="compliance",
        group="product",
        owner="regulatory",
        home=Home.NATIVE,
        written_by="ra|regulatory",
        region="jurisdiction",
        title="certificate_no",
        meaning=Label("在某法域销售器械的许可", "The right to sell a device in a jurisdiction"),
        retain=Retention(forever=True, basis="Order 47 (2021)"),
        synonyms=("批件", "备案"),
        rules=(
            Rule(
                name="expiry_before_approval",
                about=Label("有效期必须晚于批准日", "the authorisation must end after its approval"),
                broken="expires_on <= approved_on",
                needs=("expires_on", "approved_on"),
                dimension=Dimension.CONSISTENCY,
            ),
        ),
    )
    jurisdiction: Annotated[str, F("法域", "Jurisdiction", key=True, example="CN")]
    certificate_no: Annotated[str, F("证号", "Certificate no.", key=True, search=True, example="国械注准20243140001")]
    product: Annotated[str, F("产品名称", "Product", search=True)]
    approved_on: Annotated[date | None, F("批准日", "Approved on")]
    expires_on: Annotated[date | None, F("有效期至", "Expires on")]
    status: Annotated[str, F("状态", "Status", codes=STATUS)]


class CertificateChange(Entity):
    """A change that the authority approved or took on file, in the history of an authorisation."""

    about = About(
        "注册证变更",
        "Change of an authorisation",
        domain="compliance",
        group="product",
        owner="regulatory",
        home=Home.NATIVE,
        title="approval_no",
        meaning=Label("经批准或备案的一次注册证变更", "A change that the authority approved or took on file"),
        retain=Retention(forever=True, basis="Order 47 (2021)"),
        part_of="certificate_no",
        synonyms=("变更备案", "变更注册"),
    )
    jurisdiction: Annotated[str, F("法域", "Jurisdiction", key=True)]
    certificate_no: Annotated[
        str,
        F("证号", "Certificate no.", key=True, ref=Ref("registration_certificate", along=(("jurisdiction", "jurisdiction"),)), search=True),
    ]
    line_no: Annotated[int, F("序号", "Line", key=True)]
    change_order: Annotated[str | None, F("变更单", "Change order", ref=Ref("change_order"), search=True)]
    approval_no: Annotated[str | None, F("批件或备案号", "Approval or filing no.", search=True)]
    approved_on: Annotated[date, F("批准日期", "Approved on")]
    summary: Annotated[str, F("变更内容", "What changed", long=True)]
