from medthread.model import Clock, EventType, Label, Meaning, Process, State, Transition

EXCEEDED = EventType("complaint.trend_exceeded", "投诉率超出上限", "Complaint rate above its limit", "service", source="complaints per units sold above the upper limit")

COMPLAINT_TREND = Process(
    name="complaint_trend",
    zh="投诉趋势评估",
    en="Assessment of a complaint trend",
    states=(
        State("raised", "已发现", "Raised"),
        State("assessing", "评估中", "Being assessed"),
        State("assessed", "已评估", "Assessed"),
    ),
    initial=("raised",),
    terminal=("assessed",),
    opened_by="pms|qa",
    transitions=(
        Transition(action="take_up", zh="开始评估", en="Take up", from_=("raised",), to="assessing", by="pms|qa|system"),
        Transition(
            action="assess", zh="评估", en="Assess", from_=("raised", "assessing"), to="assessed", by="pms|qa", meaning=Meaning.REVIEWED,
            asks=("risk_probability_exceeded", "to_be_reported", "assessment"),
            evidence=Label("与风险文件的概率比较;是否提交趋势报告", "Compared with the probability in the risk file; whether a trend report is sent"),
        ),
    ),
    clocks=(Clock(name="assessment", zh="评估时限", en="Assessment", span="10 wd", since="opened", until=("assessed",), warn=("3 wd",)),),
    clauses=("Regulation (EU) 2017/745 Art. 88", "ISO 13485:2016 8.4", "ISO 14971:2019 10"),
)
