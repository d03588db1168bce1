from datetime import date
from typing import Annotated

from medthread.model import About, Dimension, Entity, F, Home, Label, Ref, Retention, Rule

KINDS = {
    "business_licence": Label("营业执照", "Business licence"),
    "production_licence": Label("生产许可证", "Production licence"),
    "registration": Label("注册证", "Registration"),
    "iso13485": Label("ISO 13485", "ISO 13485"),
    "iso9001": Label("ISO 9001", "ISO 9001"),
    "operation_licence": Label("经营许可证", "Operation licence"),
    "gmp": Label("GMP 证明", "GMP statement"),
    "rohs": Label("RoHS", "RoHS"),
    "authorisation": Label("授权书", "Authorisation"),
    "other": Label("其他", "Other"),
}
STATUS = {"valid": Label("有效", "Valid"), "revoked": Label("已撤销", "Revoked")}


class SupplierCertificate(Entity):
    """A licence or certificate a supplier must hold, with its term."""

    about = About(
        "供方资质证照",
        "Supplier certificate",
        domain="supply",
        group="supply",
        owner="purchasing",
        home=Home.NATIVE,
        written_by="purch|purch_mgr|sqe|buyer",
        title="cert_no",
        meaning=Label("供应商应持有的证照及其有效期", "A licence or certificate a supplier must hold"),
        retain=Retention(years=10),
        synonyms=("资质", "合格证"),
        rules=(
            Rule(
                name="expiry_before_issue",
                about=Label("有效期必须晚于发证日", "the certificate must end after its issue"),
                broken="expires_on <= issued_on",
                needs=("expires_on", "issued_on"),
                dimension=Dimension.CONSISTENCY,
            ),
        ),
    )
    supplier: Annotated[str, F("供应商", "Supplier", key=True, ref=Ref("supplier"), search=True)]
    kind: Annotated[str, F("证照类型", "Kind", key=True, codes=KINDS)]
    cert_no: Annotated[str, F("证号", "Certificate no.", key=True, search=True)]
    issuer: Annotated[str | None, F("发证机关", "Issuer")]
    issued_on: Annotated[date | None, F("发证日", "Issued on", kept_from="creation")]
    expires_on: Annotated[date | None, F("有效期至", "Expires on")]
    scope: Annotated[str | None, F("范围", "Scope", long=True, in_list=False)]
    file_sha256: Annotated[str | None, F("扫描件哈希", "Scan's hash", in_list=False)]
    checked_on: Annotated[date | None, F("核验日期", "Checked on")]
    check_source: Annotated[str | None, F("核验来源", "Checked against", in_list=False)]
    status: Annotated[str | None, F("状态", "Status", codes=STATUS, default="valid")]


class SupplierCertificateScope(Entity):
    """An item that a certificate covers. A certificate without such lines covers whatever its scope says in words."""

    about = About(
        "证照覆盖物料",
        "Item covered by a certificate",
        domain="supply",
        group="supply",
        owner="purchasing",
        home=Home.NATIVE,
        title="item",
        meaning=Label("某证照范围所覆盖的物料", "An item within the scope of a certificate"),
        retain=Retention(years=10),
        part_of="cert_no",
    )
    supplier: Annotated[str, F("供应商", "Supplier", key=True, ref=Ref("supplier"), search=True)]
    kind: Annotated[str, F("证照类型", "Kind", key=True, codes=KINDS)]
    cert_no: Annotated[
        str,
        F("证号", "Certificate no.", key=True, ref=Ref("supplier_certificate", along=(("supplier", "supplier"), ("kind", "kind"))), search=True),
    ]
    item: Annotated[str, F("物料", "Item", key=True, ref=Ref("item"), search=True)]
