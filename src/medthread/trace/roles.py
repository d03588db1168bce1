"""What a node is, by the first letter of its name, in the order in which goods flow."""

from medthread.model import Label

ROLES = {
    "S": ("supplier_lot", Label("供应商批", "Supplier lots")),
    "L": ("lot", Label("批次", "Lots")),
    "U": ("unit", Label("单台产品", "Units")),
    "P": ("carton", Label("箱", "Cartons")),
    "D": ("shipment", Label("发货行", "Shipment lines")),
    "K": ("customer", Label("客户", "Customers")),
    "R": ("return", Label("退货", "Returns")),
    "?": ("broken", Label("未能识别的一端", "Ends that could not be read")),
}
ORDER = tuple(ROLES)
SUPPLIER_LOT, LOT, UNIT, CARTON, SHIPMENT, CUSTOMER, RETURN, BROKEN = (ord(letter) for letter in ROLES)
# Kinds of edges that end a unit's stay with its customer.
USED, DESTROYED = "use", "destroy"
