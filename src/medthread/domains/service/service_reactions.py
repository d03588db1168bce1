"""What follows from work at customers' and from goods that come back: each is looked at for being a complaint."""

from medthread.model import Event, Mode, Work, reaction


@reaction("service.completed", domain="service", mode=Mode.AUTO, zh="构成投诉的服务单开立投诉", en="A service order that is a complaint opens one")
def complain_from_service(event: Event, work: Work) -> None:
    """Awareness counts from when the fault was reported (21 CFR 820.35(b): service that is a complaint is handled as one)."""
    order = work.get("service_order", event.record)
    if order["is_complaint"] != "yes" or order["complaint"] or work.find("complaint", service_order=order["service_no"]):
        return
    work.create("complaint", {
        "received_at": work.now, "aware_at": order["reported_at"], "channel": "service", "customer": order["customer"], "description": order["symptom"],
        "device_model": order["device_model"], "item": order["item"], "udi": order["udi"], "lot_no": order["lot_no"], "serial_no": order["serial_no"],
        "problem_code": order["problem_code"], "service_order": order["service_no"],
    })


@reaction("service.completed", domain="service", mode=Mode.AUTO, zh="更新装机档案", en="Bring the installed unit up to date")
def maintain_installed_unit(event: Event, work: Work) -> None:
    """As maintained: the last service, the software; a first installation opens the file."""
    order = work.get("service_order", event.record)
    if not order["item"] or not order["serial_no"]:
        return
    found = work.find("installed_unit", item=order["item"], serial_no=order["serial_no"])
    changed = {"serviced_on": order["serviced_on"]}
    if order["software_version"]:
        changed["software_version"] = order["software_version"]
    if order["kind"] == "install":
        changed |= {"status": "installed", "installed_on": order["serviced_on"], "acceptance_no": order["service_no"], "customer": order["customer"]}
    if found:
        work.change("installed_unit", found[0]["id"], changed)
    elif order["kind"] == "install":
        same = {n: order[n] for n in ("item", "serial_no", "device_model", "lot_no", "udi")}
        work.create("installed_unit", {**same, **changed})


@reaction("return.received", domain="service", mode=Mode.AUTO, zh="反映质量不足的退货开立投诉", en="A return that says the device falls short opens a complaint")
def complain_from_return(event: Event, work: Work) -> None:
    """Every return is asked; those that say the device falls short, or do not say, are complaints until triage says otherwise."""
    back = work.get("return_authorisation", event.record)
    if back["alleges_deficiency"] == "no" or back["complaint"] or work.find("complaint", rma=back["rma_no"]):
        return
    work.create("complaint", {
        "received_at": work.now, "aware_at": back["received_at"], "channel": "return", "customer": back["customer"],
        "description": back["description"] or back["reason"], "item": back["item"], "lot_no": back["lot_no"], "serial_no": back["serial_no"],
        "sample_returned": "yes", "rma": back["rma_no"],
    })
