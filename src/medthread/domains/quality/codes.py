"""Coded lists of the quality domain: what is counted over years is a code from the first day."""

from medthread.model import Label

SEVERITIES = {"critical": Label("致命", "Critical"), "major": Label("严重", "Major"), "minor": Label("轻微", "Minor")}
DEFECTS = {
    "dimension": Label("尺寸", "Dimension"),
    "material": Label("材料性能", "Material property"),
    "surface": Label("外观", "Surface"),
    "foreign_matter": Label("异物", "Foreign matter"),
    "contamination": Label("污染或微生物", "Contamination or bioburden"),
    "function": Label("功能", "Function"),
    "strength": Label("强度", "Strength"),
    "seal": Label("封口完整性", "Seal integrity"),
    "sterility": Label("无菌或灭菌残留", "Sterility or residue"),
    "electrical": Label("电气安全", "Electrical safety"),
    "software": Label("软件", "Software"),
    "assembly": Label("装配", "Assembly"),
    "label": Label("标签或 UDI", "Label or UDI"),
    "packaging": Label("包装", "Packaging"),
    "mix_up": Label("混批或混料", "Mix-up"),
    "storage": Label("贮存或运输条件", "Storage or transport condition"),
    "measurement": Label("量具失准", "Gauge out of tolerance"),
    "document": Label("记录或证明文件", "Record or certificate"),
}
CAUSES = {
    "person": Label("人员", "Person"),
    "training": Label("培训", "Training"),
    "equipment": Label("设备", "Equipment"),
    "tooling": Label("工装模具", "Tooling"),
    "material": Label("物料", "Material"),
    "supplier": Label("供方", "Supplier"),
    "method": Label("工艺方法", "Method"),
    "instruction": Label("文件指令", "Instruction"),
    "measurement": Label("测量", "Measurement"),
    "environment": Label("环境", "Environment"),
    "design": Label("设计", "Design"),
    "software": Label("软件", "Software"),
    "transport": Label("运输", "Transport"),
    "unknown": Label("未查明", "Not found"),
}
DISPOSITIONS = {
    "rework": Label("返工", "Rework"),
    "repair": Label("返修", "Repair"),
    "scrap": Label("报废", "Scrap"),
    "return": Label("退供方", "Return to supplier"),
    "regrade": Label("降级", "Regrade"),
    "concession": Label("让步接收", "Concession"),
    "use_as_is": Label("原样使用", "Use as is"),
}
STAGES = {
    "incoming": Label("来料", "Incoming"),
    "in_process": Label("过程", "In process"),
    "final": Label("成品", "Final"),
    "release": Label("放行", "Release"),
    "periodic": Label("周期", "Periodic"),
}
LOT_DECISIONS = {
    "release": Label("可放行", "May be released"),
    "reject": Label("拒收", "Reject"),
    "rework": Label("返工", "Rework"),
    "reinspect": Label("重新检验", "Inspect again"),
    "nonconformance": Label("转不合格品", "To a nonconformance"),
}
INSPECTION_SEVERITIES = {"normal": Label("正常", "Normal"), "tightened": Label("加严", "Tightened"), "reduced": Label("放宽", "Reduced")}
