from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("complaint.triaged", "投诉已分诊", "Complaint triaged", "service"),
    EventType("complaint.investigating", "投诉调查开始", "Complaint under investigation", "service"),
    EventType("complaint.concluded", "投诉已有结论", "Complaint concluded", "service"),
    EventType("complaint.closed", "投诉已关闭", "Complaint closed", "service"),
)
TRIAGE_ANSWERED = Guard(
    name="triage_answered",
    zh="分诊四问已答全:哪件器械、UDI、伤害、是否上报",
    en="the four questions of triage are answered: device, UDI, harm, reportability",
    takes=("complaint_no", "udi", "udi_state", "lot_no", "serial_no", "harm", "reportability"),
    blocks="""
        select 'complaint/' || cast(:complaint_no as text) as record, broken.detail from (values
            (cast(:udi_state as text) = 'read' and cast(:udi as text) is null, 'UDI 标为已读取却未填写 / the UDI is said to be read and is not given'),
            (cast(:udi_state as text) <> 'read' and cast(:lot_no as text) is null and cast(:serial_no as text) is null
                and cast(:harm as text) in ('serious', 'death'),
             '有伤害而既无 UDI 也无批号、序列号 / harm was done, and neither UDI nor lot nor serial number tells which device'),
            (cast(:harm as text) in ('serious', 'death') and cast(:reportability as text) = 'no',
             '严重伤害或死亡不能在分诊时判为不涉及上报 / serious harm or death is not decided as not reportable at triage')
        ) as broken(holds, detail) where broken.holds""",
    clause="21 CFR 820.35(a); ISO 13485:2016 8.2.2",
)
WAIVER_HAS_SIMILAR = Guard(
    name="waiver_has_investigated_similar",
    zh="不调查须关联一件已调查并有结论的同类投诉",
    en="without an investigation there is a similar complaint that was investigated and concluded",
    takes=("complaint_no", "similar_complaint", "device_model", "problem_code"),
    blocks="""
        select 'complaint/' || coalesce(cast(:similar_complaint as text), cast(:complaint_no as text)) as record,
            '所关联的投诉不是同型号同问题、已调查且有结论的另一件 / it is not another one of the same model and problem, investigated and concluded' as detail
        where not exists (
            select 1 from native.complaint as s
            join medthread.process_case as c on c.entity = 'complaint' and c.record = s.id
            join medthread.process_step as p on p.entity = 'complaint' and p.record = s.id and p.to_state = 'investigating' and not p.void
            where s.complaint_no = cast(:similar_complaint as text) and s.complaint_no <> cast(:complaint_no as text)
                and s.device_model = cast(:device_model as text) and s.problem_code = cast(:problem_code as text)
                and c.state in ('concluded', 'replied', 'closed')
        )""",
    clause="21 CFR 820.35(a)",
)
WAIVER_WITHOUT_HARM = Guard(
    name="waiver_without_harm",
    zh="有严重伤害、死亡或伤害不详的投诉必须调查;未满足标示规格且有伤害的也必须调查",
    en="a complaint with serious, fatal or unknown harm is investigated, and so is any harm with a failed specification",
    takes=("complaint_no", "harm", "specification_failed"),
    blocks="""
        select 'complaint/' || cast(:complaint_no as text) as record, '伤害 / harm: ' || coalesce(cast(:harm as text), '?') as detail
        where coalesce(cast(:harm as text), 'unknown') in ('serious', 'death', 'unknown')
            or (cast(:harm as text) <> 'none' and coalesce(cast(:specification_failed as text), 'yes') = 'yes')""",
    clause="21 CFR 820.35(a)",
)
REPLY_KEPT = Guard(
    name="reply_kept_or_reason",
    zh="留存回复内容,或写明不回复的理由",
    en="the reply is kept, or it is said why there is none",
    takes=("complaint_no", "reply", "no_reply_reason"),
    blocks="""
        select 'complaint/' || cast(:complaint_no as text) as record, '既无回复也无理由 / neither a reply nor a reason' as detail
        where coalesce(cast(:reply as text), cast(:no_reply_reason as text)) is null""",
    clause="21 CFR 820.35(a); ISO 13485:2016 7.2.3",
)
CAPA_NAMED = Guard(
    name="complaint_names_its_capa",
    zh="决定采取 CAPA 的,写明 CAPA 号",
    en="where a CAPA is decided on, it is named",
    takes=("complaint_no", "capa_decision", "capa"),
    blocks="""
        select 'complaint/' || cast(:complaint_no as text) as record, '未写 CAPA 号 / the CAPA is not named' as detail
        where cast(:capa_decision as text) in ('opened', 'linked') and cast(:capa as text) is null""",
    clause="ISO 13485:2016 8.5.2",
)
COMPLAINT_REPORTS_DECIDED = Guard(
    name="complaint_reports_decided",
    zh="该投诉的各法域不良事件均已作出上报决定",
    en="for every jurisdiction it is decided whether the event is reported",
    takes=("complaint_no", "reportability"),
    blocks="""
        select 'adverse_event/' || a.ae_no as record, a.jurisdiction || ' 尚在评估 / is still being assessed' as detail
        from native.adverse_event as a
        join medthread.process_case as c on c.entity = 'adverse_event' and c.record = a.id
        where a.complaint = cast(:complaint_no as text) and c.state = 'assessing'
        union all
        select 'complaint/' || cast(:complaint_no as text), '尚无不良事件评估 / there is no assessment yet'
        where cast(:reportability as text) <> 'no'
            and not exists (select 1 from native.adverse_event as a where a.complaint = cast(:complaint_no as text))""",
    clause="ISO 13485:2016 8.2.3",
)

COMPLAINT = Process(
    name="complaint",
    zh="投诉处理",
    en="Complaint handling",
    states=(
        State("received", "已收到", "Received"),
        State("triaged", "已分诊", "Triaged"),
        State("investigating", "调查中", "Under investigation"),
        State("not_investigated", "不调查", "Not investigated"),
        State("concluded", "已有结论", "Concluded"),
        State("replied", "已回复", "Replied"),
        State("closed", "已关闭", "Closed"),
        State("not_complaint", "非投诉", "Not a complaint"),
    ),
    initial=("received",),
    terminal=("closed", "not_complaint"),
    transitions=(
        Transition(
            action="triage", zh="分诊", en="Triage", from_=("received",), to="triaged", by="pms|qa", meaning=Meaning.REVIEWED,
            asks=("device_model", "udi_state", "problem_code", "harm", "reportability"), guards=("triage_answered",), emits="complaint.triaged",
            evidence=Label("器械、UDI、伤害、是否上报四问已答", "Device, UDI, harm and reportability are answered"),
        ),
        Transition(
            action="screen_out", zh="判为非投诉", en="Screen out", from_=("received",), to="not_complaint", by="qa", meaning=Meaning.REVIEWED, reason=True,
            evidence=Label("非投诉的理由;服务请求留作趋势", "Why it is none; requests for service are kept for the trend"),
        ),
        Transition(
            action="investigate", zh="开始调查", en="Investigate", from_=("triaged",), to="investigating", by="qa|qc|eng", meaning=Meaning.PERFORMED,
            asks=("sample_returned",), emits="complaint.investigating",
            evidence=Label("样品、批记录、留样、同类投诉", "Sample, batch record, retained sample, similar complaints"),
        ),
        Transition(
            action="waive", zh="不调查", en="Waive the investigation", from_=("triaged",), to="not_investigated", by="qa_mgr", meaning=Meaning.APPROVED,
            asks=("similar_complaint", "no_investigation_reason"), guards=("waiver_has_investigated_similar", "waiver_without_harm"),
            evidence=Label("已调查的同类投诉与理由", "The similar complaint that was investigated, and why"),
        ),
        Transition(
            action="conclude", zh="下结论", en="Conclude", from_=("investigating",), to="concluded", by="qa", meaning=Meaning.APPROVED,
            asks=("investigation", "confirmed", "cause_code", "risk_file_checked"), emits="complaint.concluded",
            evidence=Label("是否属实、原因编码、风险文件核对", "Whether confirmed, the cause, the risk file compared"),
        ),
        Transition(
            action="conclude", zh="下结论", en="Conclude", from_=("not_investigated",), to="concluded", by="qa", meaning=Meaning.APPROVED,
            asks=("similar_complaint", "cause_code"), emits="complaint.concluded",
            evidence=Label("引用的同类投诉", "The similar complaint it rests on"),
        ),
        Transition(
            action="reply", zh="回复", en="Reply", from_=("concluded",), to="replied", by="svc", meaning=Meaning.PERFORMED, guards=("reply_kept_or_reason",),
            evidence=Label("回复内容,或不回复的理由", "The reply, or why there is none"),
        ),
        Transition(
            action="close", zh="关闭", en="Close", from_=("replied",), to="closed", by="qa_mgr", meaning=Meaning.CLOSED, asks=("capa_decision",),
            guards=("complaint_names_its_capa", "complaint_reports_decided"), emits="complaint.closed",
            evidence=Label("CAPA 决定已记录,上报决定已作出", "The CAPA decision is recorded, the reporting decisions are made"),
        ),
    ),
    duties=(Duty("investigate", "close"), Duty("triage", "waive")),
    clocks=(
        Clock(
            name="triage", zh="分诊时限", en="Triage", span="24 h", since="aware_at", warn=("4 h",),
            until=("triaged", "investigating", "not_investigated", "concluded", "replied", "closed", "not_complaint"),
        ),
        Clock(name="investigation", zh="调查时限", en="Investigation", span="30 d", since="triaged", until=("concluded",), warn=("7 d",)),
        Clock(name="closure", zh="关闭时限", en="Closure", span="60 d", since="opened", until=("closed", "not_complaint"), warn=("14 d", "7 d")),
    ),
    clauses=("ISO 13485:2016 8.2.1", "ISO 13485:2016 8.2.2", "ISO 13485:2016 7.2.3", "21 CFR 820.35(a)", "GMP 2025 销售和售后服务"),
)
