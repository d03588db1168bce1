"""Coded lists that several records of the service domain speak: what is written free cannot be counted."""

from medthread.model import Label

HARMS = {
    "none": Label("无", "None"),
    "minor": Label("轻微", "Minor"),
    "serious": Label("严重", "Serious"),
    "death": Label("死亡", "Death"),
    "unknown": Label("不详", "Unknown"),
}
# The first level of IMDRF adverse-event terminology, annex A (device problem), in our own words.
PROBLEMS = {
    "A01": Label("与患者接触的问题", "Contact between device and patient"),
    "A02": Label("制造、包装或运输问题", "Manufacture, packaging or transport"),
    "A03": Label("化学问题", "Chemical"),
    "A04": Label("材料完整性", "Integrity of the material"),
    "A05": Label("机械问题", "Mechanical"),
    "A06": Label("光学问题", "Optical"),
    "A07": Label("电气问题", "Electrical"),
    "A08": Label("校准问题", "Calibration"),
    "A09": Label("输出问题", "Output"),
    "A10": Label("温度问题", "Temperature"),
    "A11": Label("软件问题", "Software"),
    "A12": Label("连接问题", "Connection"),
    "A13": Label("通信或传输", "Communication or transmission"),
    "A14": Label("输注或流量", "Infusion or flow"),
    "A15": Label("启动、定位或分离", "Activation, positioning or separation"),
    "A16": Label("防护措施", "Protective measures"),
    "A17": Label("兼容性", "Compatibility"),
    "A18": Label("污染或消毒", "Contamination or decontamination"),
    "A19": Label("环境适应性", "Fit for the surroundings"),
    "A20": Label("安装问题", "Installation"),
    "A21": Label("标签、说明书或培训", "Labelling, instructions or training"),
    "A22": Label("人机界面", "Human-device interface"),
    "A23": Label("使用问题", "Use of the device"),
    "A24": Label("有伤害,未识别出器械问题", "Harm without a device problem found"),
    "A25": Label("无明显不良事件", "No apparent adverse event"),
    "A26": Label("信息不足", "Not enough information"),
    "A27": Label("无合适编码", "No fitting code"),
}
CAUSES = {
    "design": Label("设计", "Design"),
    "component": Label("元器件失效", "Failure of a component"),
    "material": Label("原材料", "Material"),
    "manufacturing": Label("制造", "Manufacture"),
    "packaging": Label("包装", "Packaging"),
    "sterilisation": Label("灭菌", "Sterilisation"),
    "transport": Label("运输或贮存", "Transport or storage"),
    "labelling": Label("标签或说明书", "Labelling or instructions"),
    "software": Label("软件", "Software"),
    "installation": Label("安装", "Installation"),
    "maintenance": Label("维护", "Maintenance"),
    "use": Label("使用方式", "Manner of use"),
    "patient": Label("患者状况", "Condition of the patient"),
    "none_found": Label("未查明原因", "No cause found"),
}
JURISDICTIONS = {
    "CN": Label("中国", "China"),
    "EU": Label("欧盟", "European Union"),
    "US": Label("美国", "United States"),
    "GB": Label("英国", "United Kingdom"),
    "JP": Label("日本", "Japan"),
    "KR": Label("韩国", "Korea"),
    "CA": Label("加拿大", "Canada"),
    "AU": Label("澳大利亚", "Australia"),
    "BR": Label("巴西", "Brazil"),
    "other": Label("其他", "Other"),
}
# A question that must be answered: an empty tick box would read as no.
YES_NO = {"yes": Label("是", "Yes"), "no": Label("否", "No")}
