"""What people type into the dictionary, and what they mean by it."""

QUERIES: dict[str, str] = {
    # Chinese, as it is written here
    "供应商": "supplier", "客户": "customer", "物料": "item", "批次": "lot", "生产工单": "work_order", "投诉": "complaint", "召回": "recall", "偏差": "deviation",
    "不良事件": "adverse_event", "注册证": "registration_certificate", "物料清单": "bom", "校准记录": "calibration_record", "变更单": "change_order", "风险项": "risk_item",
    "让步接收": "concession", "合格供方": "supplier_qualification", "采购订单": "purchase_order", "库存余额": "stock_balance", "装机档案": "installed_unit", "培训记录": "training_record",
    # as others call it
    "供方": "supplier", "医院": "customer", "经销商": "customer", "料号": "item", "制造单": "work_order", "客诉": "complaint", "模拟召回": "recall", "特采": "concession",
    "检定": "calibration_record", "工程变更": "change_order", "合格供方名录": "supplier_qualification", "批件": "registration_certificate", "待办": "task", "不合格品": "nonconformance",
    "作业指导书": "document", "批生产记录": "batch_record", "装机": "installed_unit", "结存": "stock_balance", "抽样方案": "inspection_plan", "飞检": "audit",
    # fields, alone and with what they belong to
    "统一社会信用代码": "supplier.uscc", "信用代码": "supplier.uscc", "税号": "supplier.uscc", "供应商名称": "supplier.name", "供应商编码": "supplier.code", "物料编码": "item.code",
    "到货数量": "receipt.quantity", "商品条码": "item.gtin", "标准成本": "item.standard_cost", "追踪方式": "item.tracking", "设备编号": "equipment.asset_no", "校准到期": "equipment.calibration_due",
    "客户名称": "customer.name", "工号": "person.employee_no", "有效期": "item.shelf_life_days", "基本单位": "item.base_uom", "物料规格": "item.spec",
    # English
    "supplier": "supplier", "vendor": "supplier", "complaint": "complaint", "recall": "recall", "work order": "work_order", "bill of materials": "bom", "shelf life": "item.shelf_life_days",
    "credit code": "supplier.uscc", "adverse event": "adverse_event", "approved supplier": "supplier_qualification", "controlled document": "document", "installed base": "installed_unit",
    "goods receipt": "receipt", "lot number": "lot.lot_no", "standard cost": "item.standard_cost", "supplier name": "supplier.name", "calibration due": "equipment.calibration_due",
    "name of the customer": "customer.name", "maker's serial no": "equipment.serial_no", "purchase order line": "purchase_order_line", "unit of measure": "uom", "waiver": "concession",
    # technical names and abbreviations
    "supplier.code": "supplier.code", "shelf_life_days": "item.shelf_life_days", "standard_cost": "item.standard_cost", "PCN": "supplier_change_notice", "SCAR": "supplier_corrective_action",
    "RMA": "return_authorisation", "NCR": "nonconformance", "UDI-DI": "udi_di", "8D": "supplier_corrective_action", "FSCA": "recall", "ECN": "change_order", "AVL": "supplier_qualification",
    # pinyin, its initials, with and without blanks
    "gongyingshang": "supplier", "gong ying shang": "supplier", "gys": "supplier", "wuliao": "item", "zhaohui": "recall", "buliangshijian": "adverse_event", "blsj": "adverse_event",
    "zhucezheng": "registration_certificate", "jiaozhunjilu": "calibration_record", "gongyingshangmingcheng": "supplier.name", "wlqd": "bom", "xinyongdaima": "supplier.uscc", "cgdd": "purchase_order",
    # slips of the finger, and of the ear
    "suplier": "supplier", "complant": "complaint", "adverse evnt": "adverse_event", "shelf lfie": "item.shelf_life_days", "calibraton record": "calibration_record", "regsitration": "registration_certificate",
    "供应尚": "supplier", "不凉事件": "adverse_event", "注测证": "registration_certificate", "gongyinshang": "supplier", "zhaohiu": "recall", "purchse order": "purchase_order", "物料青单": "bom",
}
