"""Terms of a medical-device company: what the field means by them, in our own words, each with where it is laid down."""

from typing import Any


def _term(name: tuple[str, str], meaning: tuple[str, str], source: tuple[str, str], *, owner: str, bound: tuple[str, ...] = (), synonyms: tuple[str, ...] = (),
          parent: str | None = None, see: tuple[str, ...] = ()) -> dict[str, Any]:
    definition = {"zh": f"{meaning[0]}(依据:{source[0]})", "en": f"{meaning[1]} (after {source[1]})"}
    return {"zh": name[0], "en": name[1], "definition": definition, "owner": owner, "bound": list(bound), "synonyms": list(synonyms), "parent": parent, "see": list(see)}


STERILE_ANNEX = ("《医疗器械生产质量管理规范附录无菌医疗器械》(2015 年第 101 号)术语", "the sterile devices annex of China's device GMP, notice 101 of 2015, terms")
VIGILANCE = ("《医疗器械不良事件监测和再评价管理办法》(2018 年第 1 号令)第四条", "China's measures on adverse events of devices, order 1 of 2018, art. 4")
UDI_RULES = ("《医疗器械唯一标识系统规则》(2019 年第 66 号)", "China's UDI system rules, notice 66 of 2019")

TERMS: dict[str, dict[str, Any]] = {
    "lot": _term(
        ("批次", "Lot"),
        ("在同一工艺条件下、一段时间内连续生产或一次收到的、性质和质量应当一致的一定数量的产品或物料",
         "A quantity of product or material made under the same conditions in one stretch, or received at once, that is taken to be alike"),
        STERILE_ANNEX, owner="production", bound=("lot",), synonyms=("批", "生产批", "batch")),
    "lot_number": _term(
        ("批号", "Lot number"),
        ("用以识别一批产品或物料的唯一标识,由数字、字母或符号组成",
         "The signs that name one lot and no other"),
        STERILE_ANNEX, owner="production", bound=("lot.lot_no",), synonyms=("生产批号", "batch number"), see=("lot",)),
    "sterilisation_lot": _term(
        ("灭菌批", "Sterilisation lot"),
        ("在同一灭菌容器内、同一工艺条件下灭菌,具有相同无菌保证水平的产品",
         "Products sterilised in one chamber under one process, with the same sterility assurance level"),
        STERILE_ANNEX, owner="production", bound=("sterilisation_load",), synonyms=("灭菌柜次", "load"), parent="lot"),
    "sterilisation_release": _term(
        ("灭菌放行", "Sterilisation release"),
        ("依据灭菌过程参数,或连同生物指示物的结果,判定该灭菌批达到规定的无菌保证水平并准予进入下一步",
         "The decision, from the parameters of the process or with the biological indicators too, that a load has reached its sterility assurance level and may go on"),
        ("ISO 13485:2016 7.5.5、7.5.7;环氧乙烷灭菌见 ISO 11135:2014", "ISO 13485:2016 7.5.5, 7.5.7; for ethylene oxide ISO 11135:2014"),
        owner="quality", bound=("sterilisation_load",), synonyms=("参数放行", "parametric release"), see=("sterilisation_lot",)),
    "udi": _term(
        ("医疗器械唯一标识", "Unique device identification"),
        ("附载在产品或包装上、对医疗器械进行唯一性识别的代码,由产品标识和生产标识组成",
         "The code on a device or its package that identifies it and no other: a device identifier and a production identifier"),
        UDI_RULES, owner="regulatory", synonyms=("UDI",)),
    "udi_di": _term(
        ("产品标识", "Device identifier"),
        ("UDI 中识别注册人或备案人、型号规格和包装的部分,同一型号规格与包装不变",
         "The part of a UDI that names whose device it is, its model and its package; the same for all of one kind"),
        UDI_RULES, owner="regulatory", bound=("device_model.udi_di",), synonyms=("UDI-DI",), parent="udi"),
    "udi_pi": _term(
        ("生产标识", "Production identifier"),
        ("UDI 中与生产过程有关的部分,可含批号、序列号、生产日期、失效日期",
         "The part of a UDI that comes of its making: lot or serial number, dates of manufacture and expiry"),
        UDI_RULES, owner="regulatory", synonyms=("UDI-PI",), parent="udi", see=("lot_number",)),
    "adverse_event": _term(
        ("不良事件", "Adverse event"),
        ("已上市的医疗器械在正常使用情况下发生的,导致或者可能导致人体伤害的有害事件",
         "A harmful event with a marketed device in normal use that injured somebody, or may have"),
        VIGILANCE, owner="regulatory", bound=("adverse_event",), synonyms=("MDR", "vigilance case"), see=("complaint",)),
    "serious_injury": _term(
        ("严重伤害", "Serious injury"),
        ("危及生命,或导致机体功能永久性伤害、机体结构永久性损伤,或必须采取医疗措施才能避免上述情形的伤害",
         "Injury that threatens life, lastingly harms a function or structure of the body, or needs treatment so that it does not"),
        VIGILANCE, owner="regulatory", see=("adverse_event",)),
    "complaint": _term(
        ("投诉", "Complaint"),
        ("以书面、口头或电子方式提出的,宣称已放行的医疗器械或其服务在质量、可用性、可靠性、安全或性能上存在不足",
         "A statement, written, spoken or electronic, that a released device or its service falls short in quality, usability, reliability, safety or performance"),
        ("ISO 13485:2016 3.4", "ISO 13485:2016 3.4"), owner="service", bound=("complaint",), synonyms=("客诉", "顾客抱怨")),
    "recall": _term(
        ("召回", "Recall"),
        ("对存在缺陷的某一类别、型号或批次的已上市产品,采取警示、检查、修理、重新标签、修改说明书、软件升级、替换、收回、销毁等方式消除缺陷的活动",
         "What is done to remove a defect of marketed products of a kind, model or lot: warn, check, repair, relabel, replace, take back, destroy"),
        ("《医疗器械召回管理办法》(2017 年第 29 号令)第三条", "China's measures on recalls of devices, order 29 of 2017, art. 3"), owner="quality", bound=("recall",)),
    "nonconformity": _term(
        ("不合格", "Nonconformity"),
        ("未满足要求",
         "A requirement that is not met"),
        ("ISO 9000:2015 3.6.9;处置见 ISO 13485:2016 8.3", "ISO 9000:2015 3.6.9; what to do with it in ISO 13485:2016 8.3"), owner="quality", bound=("nonconformance",), synonyms=("不符合",)),
    "concession": _term(
        ("让步", "Concession"),
        ("对使用或放行不符合规定要求的产品的许可,以规定的范围为限;须有依据、批准并满足法规要求",
         "Leave to use or release a product that does not meet its requirements, within limits that are said, with a reason, an approval, and the law met"),
        ("ISO 9000:2015 3.12.5;ISO 13485:2016 8.3.2", "ISO 9000:2015 3.12.5; ISO 13485:2016 8.3.2"), owner="quality", bound=("concession",), synonyms=("让步接收",), see=("nonconformity",)),
    "corrective_action": _term(
        ("纠正措施", "Corrective action"),
        ("为消除不合格的原因并防止其再发生所采取的措施",
         "What removes the cause of a nonconformity so that it does not come again"),
        ("ISO 9000:2015 3.12.2;ISO 13485:2016 8.5.2", "ISO 9000:2015 3.12.2; ISO 13485:2016 8.5.2"), owner="quality", bound=("capa",), synonyms=("CAPA",), see=("nonconformity",)),
    "traceability": _term(
        ("可追溯性", "Traceability"),
        ("追溯所考虑对象的历史、应用情况或所处位置的能力",
         "The ability to follow where something came from, how it was used and where it is"),
        ("ISO 9000:2015 3.6.13;ISO 13485:2016 7.5.9", "ISO 9000:2015 3.6.13; ISO 13485:2016 7.5.9"), owner="quality", synonyms=("追溯",), see=("lot", "udi")),
}
# One that waits: whoever looks on decides about it.
WAITING: dict[str, dict[str, Any]] = {
    "sterile_barrier_system": _term(
        ("无菌屏障系统", "Sterile barrier system"),
        ("使微生物进入的风险降到最低、并能在使用点无菌取用产品的最小包装",
         "The least package that keeps microorganisms out and lets the product be taken out sterile where it is used"),
        ("ISO 13485:2016 3.18", "ISO 13485:2016 3.18"), owner="quality", synonyms=("初包装", "SBS"), see=("sterilisation_lot",)),
}
