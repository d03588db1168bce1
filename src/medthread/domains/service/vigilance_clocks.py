"""How long an authority may be kept waiting, by jurisdiction and by how bad the event is. All count from `aware_at`."""

from dataclasses import dataclass

from medthread.model import Clock

CN_MONITORING = "《医疗器械不良事件监测和再评价管理办法》(SAMR/NHC Order 1, 2018)"
AFTER = ("follow_up", "evaluated", "closed")
DECIDED = ("reported", "not_reportable", *AFTER)  # a limit that was met stays met when the record is mended later


@dataclass(frozen=True)
class Limit:
    """One line of the table; `where` narrows it to events inside or outside the jurisdiction."""

    name: str
    zh: str
    en: str
    jurisdiction: str
    severity: str
    span: str
    basis: str
    warn: tuple[str, ...]
    where: str | None = None
    since: str = "aware_at"
    until: tuple[str, ...] = DECIDED

    def clock(self) -> Clock:
        """The same as a clock of the process."""
        place = (("place", self.where),) if self.where else ()
        return Clock(
            name=self.name, zh=self.zh, en=self.en, span=self.span, since=self.since, until=self.until, basis=self.basis,
            when=(("jurisdiction", self.jurisdiction), ("severity", self.severity), *place), statutory=True, warn=self.warn, escalate="mr",
        )


EVALUATED = ("evaluated", "not_reportable", "closed")
LIMITS = (
    Limit("cn_death", "国内死亡事件报告", "CN: death, in the country", "CN", "death", "7 d", CN_MONITORING, ("3 d", "1 d"), "domestic"),
    Limit("cn_serious", "国内严重伤害事件报告", "CN: serious injury, in the country", "CN", "serious", "20 d", CN_MONITORING, ("7 d", "3 d"), "domestic"),
    Limit("cn_potential", "国内可能致严重伤害或死亡事件报告", "CN: might cause serious injury or death, in the country", "CN", "potential", "20 d", CN_MONITORING, ("7 d", "3 d"), "domestic"),
    Limit("cn_threat", "国内严重公共卫生威胁报告", "CN: serious public-health threat", "CN", "threat", "12 h", f"{CN_MONITORING}, 按群体事件类推 / by analogy with clusters", ("4 h",), "domestic"),
    Limit("cn_group", "群体不良事件首报", "CN: cluster, first report", "CN", "group", "12 h", CN_MONITORING, ("4 h",), "domestic"),
    Limit("cn_group_case", "群体不良事件逐例报告", "CN: cluster, each case", "CN", "group", "24 h", CN_MONITORING, ("6 h",), "domestic", until=("follow_up", *EVALUATED)),
    Limit("cn_group_selfcheck", "群体不良事件自查报告", "CN: cluster, report of the self-check", "CN", "group", "7 d", CN_MONITORING, ("2 d",), "domestic", until=EVALUATED),
    Limit("cn_abroad_death", "境外死亡事件报告", "CN: death abroad", "CN", "death", "30 d", CN_MONITORING, ("7 d",), "abroad"),
    Limit("cn_abroad_serious", "境外严重伤害事件报告", "CN: serious injury abroad", "CN", "serious", "30 d", CN_MONITORING, ("7 d",), "abroad"),
    Limit("cn_abroad_potential", "境外可能致严重伤害事件报告", "CN: might cause serious injury, abroad", "CN", "potential", "30 d", CN_MONITORING, ("7 d",), "abroad"),
    Limit("cn_evaluation_death", "死亡事件评价", "CN: evaluation of a death", "CN", "death", "30 d", CN_MONITORING, ("7 d",), since="reported", until=EVALUATED),
    Limit("cn_evaluation_serious", "严重伤害事件评价", "CN: evaluation of a serious injury", "CN", "serious", "45 d", CN_MONITORING, ("7 d",), since="reported", until=EVALUATED),
    Limit("cn_evaluation_potential", "可能致严重伤害事件评价", "CN: evaluation of what might have been serious", "CN", "potential", "45 d", CN_MONITORING, ("7 d",), since="reported", until=EVALUATED),
    Limit("eu_threat", "严重公共卫生威胁", "EU: serious public-health threat", "EU", "threat", "2 d", "Regulation (EU) 2017/745 Art. 87(4)", ("1 d",)),
    Limit("eu_death", "死亡或健康状况意外严重恶化", "EU: death or unanticipated serious deterioration", "EU", "death", "10 d", "Regulation (EU) 2017/745 Art. 87(5)", ("3 d",)),
    Limit("eu_serious", "严重事故", "EU: serious incident", "EU", "serious", "15 d", "Regulation (EU) 2017/745 Art. 87(3)", ("5 d",)),
    Limit("eu_potential", "可能导致严重后果的事故", "EU: incident that might have been serious", "EU", "potential", "15 d", "Regulation (EU) 2017/745 Art. 2(65), 87(3)", ("5 d",)),
    Limit("eu_group", "同类严重事故聚集", "EU: cluster of serious incidents", "EU", "group", "15 d", "Regulation (EU) 2017/745 Art. 87(3)", ("5 d",)),
    Limit("us_death", "死亡报告", "US: death", "US", "death", "30 d", "21 CFR 803.50(a)", ("10 d",)),
    Limit("us_serious", "严重伤害报告", "US: serious injury", "US", "serious", "30 d", "21 CFR 803.50(a)", ("10 d",)),
    Limit("us_malfunction", "可能致伤的故障报告", "US: malfunction likely to harm if it recurs", "US", "potential", "30 d", "21 CFR 803.50(a)", ("10 d",)),
    Limit("us_group", "同类事件聚集报告", "US: cluster", "US", "group", "30 d", "21 CFR 803.50(a)", ("10 d",)),
    Limit("us_urgent", "需采取补救措施的五日报告", "US: action needed to prevent substantial harm", "US", "threat", "5 wd", "21 CFR 803.53", ("2 wd",)),
)
STATUTORY = tuple(limit.clock() for limit in LIMITS)
DECISION = Clock(name="decision", zh="上报决定", en="Decision whether to report", span="24 h", since="opened", until=("reportable", *DECIDED), warn=("4 h",))
