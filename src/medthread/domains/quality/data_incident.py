from datetime import datetime
from typing import Annotated

from medthread.domains.quality.data_incident_process import DATA_INCIDENT
from medthread.model import About, Entity, F, Home, Label, Retention

SEVERITIES = {"minor": Label("轻微", "Minor"), "major": Label("重大", "Major"), "critical": Label("致命", "Critical")}


class DataIncident(Entity):
    """A rule that does not hold for an asset, for as long as somebody must see to it: one for each rule and asset."""

    about = About(
        "数据质量事件",
        "Data incident",
        domain="quality",
        group="production",
        owner="quality",
        home=Home.NATIVE,
        title="incident_no",
        meaning=Label("一条数据质量规则在一个对象或表上不成立,直至处理或恢复", "A rule of data quality that does not hold for a table, until it is seen to or holds again"),
        retain=Retention(years=5, anchor="close", basis="ISO 8000-61:2016 5.3"),
        synonyms=("数据事件", "data quality issue"),
        process=DATA_INCIDENT,
    )
    incident_no: Annotated[str, F("事件号", "Incident no.", key=True, search=True, series="DI")]
    rule: Annotated[str, F("规则", "Rule", search=True)]
    rule_label: Annotated[str, F("规则含义", "What the rule says", search=True)]
    asset: Annotated[str, F("对象或表", "Asset", search=True)]
    cause: Annotated[str, F("上游原因", "Cause upstream", search=True, about=Label("上游最远处同样不成立的表;同一原因的事件归为一组", "The farthest table upstream that is broken too; incidents of one cause belong together"))]
    owner: Annotated[str, F("责任方", "Owner", search=True)]
    severity: Annotated[str, F("严重度", "Severity", codes=SEVERITIES)]
    rule_version: Annotated[str, F("规则版本", "Version of the rule", in_list=False)]
    checked: Annotated[int, F("检验数", "Checked", in_list=False)]
    broken: Annotated[int, F("不符合数", "Broken")]
    first_seen: Annotated[datetime, F("首次发现", "First seen")]
    last_seen: Annotated[datetime, F("最近发现", "Last seen")]
    times: Annotated[int, F("重开次数", "Times reopened", in_list=False)]
    finding: Annotated[str | None, F("原因分析", "What was found", long=True, in_list=False)]
    resolution: Annotated[str | None, F("处理", "What was done", long=True, in_list=False)]
