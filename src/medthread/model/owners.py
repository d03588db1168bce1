"""Who answers for something: functions of a company, by the names that declarations give them."""

from medthread.model.labels import Label

OWNERS: dict[str, Label] = {
    "audit": Label("审计", "Audit"),
    "compliance": Label("合规", "Compliance"),
    "engineering": Label("研发工艺", "Engineering"),
    "finance": Label("财务", "Finance"),
    "finance_it": Label("财务信息化", "Finance IT"),
    "hr": Label("人力资源", "Human resources"),
    "it": Label("信息技术", "IT"),
    "legal": Label("法务", "Legal"),
    "manufacturing": Label("制造", "Manufacturing"),
    "platform": Label("平台", "Platform"),
    "post_market": Label("上市后监测", "Post-market surveillance"),
    "product": Label("产品", "Product"),
    "production": Label("生产", "Production"),
    "production_it": Label("生产信息化", "Production IT"),
    "purchasing": Label("采购", "Purchasing"),
    "quality": Label("质量", "Quality"),
    "quality_it": Label("质量信息化", "Quality IT"),
    "regulatory": Label("法规", "Regulatory affairs"),
    "sales": Label("销售", "Sales"),
    "sales_it": Label("销售信息化", "Sales IT"),
    "security": Label("信息安全", "IT security"),
    "service": Label("售后服务", "Service"),
    "supply": Label("供应", "Supply"),
    "warehouse": Label("仓储", "Warehouse"),
    "warehouse_it": Label("仓储信息化", "Warehouse IT"),
}


def owner_label(owner: str) -> Label:
    """What an owner is called; a company's own is called as it is written."""
    return OWNERS.get(owner) or Label(owner, owner)
