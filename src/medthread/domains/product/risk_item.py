from typing import Annotated

from medthread.domains.product.risk_control import RISK
from medthread.model import About, Entity, F, Home, Label, Ref, Retention, between

CONTROLS = {
    "inherent": Label("本质安全设计", "Inherently safe design"),
    "protective": Label("防护措施", "Protective measure"),
    "information": Label("安全信息", "Information for safety"),
}
ONE_TO_FIVE = between(1, 5, Label("1 到 5", "1 to 5"))
KEPT = Retention(years=15, anchor="last_ship", basis="ISO 14971:2019 4.5")


class RiskItem(Entity):
    """A hazardous situation of a device, its harm, and what is left of the risk after control (ISO 14971:2019).

    Severity and probability run from 1 to 5; what the company accepts is severity times probability of up to 4, and
    what lies above needs a benefit-risk analysis.
    """

    about = About(
        "风险项",
        "Risk item",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="risk_no",
        meaning=Label("一种危险情况、其伤害及控制后的剩余风险", "A hazardous situation, its harm, and the risk left after control"),
        retain=KEPT,
        process=RISK,
        synonyms=("风险评估", "FMEA", "ISO 14971"),
    )
    risk_no: Annotated[str, F("风险号", "Risk no.", key=True, search=True, series="RSK")]
    device_model: Annotated[str, F("型号", "Device model", ref=Ref("device_model"), search=True)]
    hazard: Annotated[str, F("危险", "Hazard", search=True)]
    sequence: Annotated[str, F("事件序列", "Sequence of events", long=True, in_list=False)]
    hazardous_situation: Annotated[str, F("危险情况", "Hazardous situation", long=True, in_list=False)]
    harm: Annotated[str, F("伤害", "Harm", search=True)]
    problem_code: Annotated[str | None, F("问题编码", "Problem code", search=True, in_list=False, standard="IMDRF AET annex A")]
    severity: Annotated[int | None, F("严重度", "Severity", rules=(ONE_TO_FIVE,))]
    probability: Annotated[int | None, F("概率", "Probability", rules=(ONE_TO_FIVE,))]
    assumed_rate: Annotated[str | None, F("假定发生率", "Assumed rate", in_list=False, about=Label("与上市后投诉率比对", "Compared with the rate of complaints"))]
    residual_severity: Annotated[int | None, F("剩余严重度", "Residual severity", rules=(ONE_TO_FIVE,))]
    residual_probability: Annotated[int | None, F("剩余概率", "Residual probability", rules=(ONE_TO_FIVE,))]
    benefit_risk: Annotated[str | None, F("受益风险分析", "Benefit-risk analysis", long=True, in_list=False)]
    signal: Annotated[str | None, F("上市后信号", "Post-market signal", search=True, in_list=False)]


class RiskControl(Entity):
    """A measure that makes a risk smaller, and the element that carries it out and shows that it works."""

    about = About(
        "风险控制措施",
        "Risk control",
        domain="product",
        group="product",
        owner="engineering",
        home=Home.NATIVE,
        title="measure",
        meaning=Label("降低某一风险的措施及其实施与有效性证据", "A measure against a risk, with where it is carried out and shown to work"),
        retain=KEPT,
        part_of="risk",
    )
    risk: Annotated[str, F("风险", "Risk", key=True, ref=Ref("risk_item"), search=True)]
    line_no: Annotated[int, F("行号", "Line", key=True)]
    kind: Annotated[str, F("类型", "Kind", codes=CONTROLS)]
    measure: Annotated[str, F("措施", "Measure", long=True)]
    element_no: Annotated[str | None, F("实施的设计元素", "Carried out by", search=True)]
    verification: Annotated[str | None, F("有效性验证", "Shown to work by", about=Label("设计元素编号", "A design element's number"))]
