from typing import Annotated

from medthread.model import About, Entity, F, Home, Label, Ref, Retention


class CertificateScope(Entity):
    """A model that an authorisation covers. What is not in it may not be sold in that jurisdiction."""

    about = About(
        "注册证覆盖型号",
        "Model under an authorisation",
        domain="compliance",
        group="product",
        owner="regulatory",
        home=Home.NATIVE,
        title="device_model",
        meaning=Label("注册证所覆盖的型号及其物料", "A model, with its item, that an authorisation covers"),
        retain=Retention(forever=True, basis="Order 47 (2021)"),
        part_of="certificate_no",
    )
    jurisdiction: Annotated[str, F("法域", "Jurisdiction", key=True, example="CN")]
    certificate_no: Annotated[
        str, F("证号", "Certificate no.", key=True, search=True, ref=Ref("registration_certificate", along=(("jurisdiction", "jurisdiction"),)))
    ]
    device_model: Annotated[str, F("型号", "Device model", key=True, ref=Ref("device_model"), search=True)]
    item: Annotated[str, F("物料", "Item", ref=Ref("item"), search=True)]
