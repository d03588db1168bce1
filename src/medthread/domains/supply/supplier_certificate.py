from datetime import date
from typing import Annotated

from medthread.model import About, Dimension, Entity, F, Home, Label, Retention, Rule

KINDS = {
    "business_licence": Label("营业执照", "Business licence"),
    "production_licence": Label("生产许可证", "Production licence"),
    "registration": Label("注册证", "Registration"),
    "iso13485": Label("ISO 13485", "ISO 13485"),
    "iso9001": Label("ISO 9001", "ISO 9001"),
    "authorisation": Label("授权书", "Authorisation"),
    "other": Label("其他", "Other"),
}


class SupplierCertificate(Entity):
    """A licence or certificate a supplier must hold, with its term."""

    about = About(
        "供方资质证照",
        "Supplier certificate",
        domain="supply",
        group="supply",
        owner="purchasing",
        home=Home.NATIVE,
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
    supplier: Annotated[str, F("供应商", "Supplier (golden id)", key=True, search=True)]
    kind: Annotated[str, F("证照类型", "Kind", key=True, codes=KINDS)]
    cert_no: Annotated[str, F("证号", "Certificate no.", key=True, search=True)]
    issuer: Annotated[str | None, F("发证机关", "Issuer")]
    issued_on: Annotated[date | None, F("发证日", "Issued on")]
    expires_on: Annotated[date | None, F("有效期至", "Expires on")]
