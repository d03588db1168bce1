from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Process, State, Transition

COMPLETED = EventType("service.completed", "服务已完成", "Service completed", "service", source="a service order is closed")
IDENTIFIED = Guard(
    name="service_device_identified",
    zh="服务记录写明器械的 UDI、序列号或批号",
    en="the service record identifies the device by UDI, serial or lot number",
    takes=("service_no", "udi", "serial_no", "lot_no"),
    blocks="""
        select 'service_order/' || cast(:service_no as text) as record, '无 UDI、序列号、批号 / neither UDI nor serial nor lot number' as detail
        where coalesce(cast(:udi as text), cast(:serial_no as text), cast(:lot_no as text)) is null""",
    clause="21 CFR 820.35(b)(2)",
)
PARTS_FREE = Guard(
    name="fitted_parts_not_held",
    zh="换上的部件不在冻结中",
    en="no part that was fitted is on hold",
    takes=("service_no",),
    blocks="""
        select 'hold/' || h.hold_no as record, p.item || ' ' || p.fitted_lot_no || ' 冻结中 / is on hold' as detail
        from native.service_part as p
        join native.hold as h on h.item = p.item and h.lot_no = p.fitted_lot_no
        join medthread.process_case as c on c.entity = 'hold' and c.record = h.id and c.state = 'standing'
        where p.service_order = cast(:service_no as text)""",
    clause="ISO 13485:2016 8.3.3",
)
PARTS_IDENTIFIED = Guard(
    name="fitted_parts_identified",
    zh="每个换件写明换上的批号或序列号",
    en="every part that was fitted has its lot or serial number",
    takes=("service_no",),
    blocks="""
        select 'service_part/' || p.line_no as record, p.item as detail from native.service_part as p
        where p.service_order = cast(:service_no as text) and coalesce(p.fitted_lot_no, p.fitted_serial_no) is null""",
    clause="ISO 13485:2016 7.5.9",
)

SERVICE_ORDER = Process(
    name="service_order",
    zh="维修服务",
    en="Servicing",
    states=(
        State("reported", "已报修", "Reported"),
        State("triaged", "已分诊", "Triaged"),
        State("assigned", "已派工", "Assigned"),
        State("in_progress", "进行中", "In progress"),
        State("waiting_part", "等件", "Waiting for parts"),
        State("tested", "已检测", "Tested"),
        State("customer_accepted", "客户已验收", "Accepted by the customer"),
        State("closed", "已关闭", "Closed"),
        State("cancelled", "已取消", "Cancelled"),
    ),
    initial=("reported",),
    terminal=("closed", "cancelled"),
    transitions=(
        Transition(action="triage", zh="分诊", en="Triage", from_=("reported",), to="triaged", by="svc|pms", asks=("device_model", "problem_code", "warranty")),
        Transition(action="assign", zh="派工", en="Assign", from_=("triaged",), to="assigned", by="svc", asks=("engineer",)),
        Transition(action="start", zh="开工", en="Start", from_=("assigned",), to="in_progress", by="svc"),
        Transition(action="wait", zh="等件", en="Wait for parts", from_=("in_progress",), to="waiting_part", by="svc", reason=True),
        Transition(action="resume", zh="继续", en="Resume", from_=("waiting_part",), to="in_progress", by="svc"),
        Transition(
            action="test", zh="检测", en="Test", from_=("in_progress",), to="tested", by="svc", meaning=Meaning.PERFORMED,
            asks=("device_model", "serviced_on", "engineer", "work_done", "test_data"),
            guards=(IDENTIFIED.name, PARTS_IDENTIFIED.name, PARTS_FREE.name),
            evidence=Label("器械、标识、日期、人员、内容、检测数据六项", "The six items: device, identification, date, person, service, test data"),
        ),
        Transition(action="accept", zh="客户验收", en="Customer accepts", from_=("tested",), to="customer_accepted", by="svc", asks=("accepted_by",)),
        Transition(
            action="close", zh="关闭", en="Close", from_=("customer_accepted",), to="closed", by="qa|pms", meaning=Meaning.REVIEWED, asks=("is_complaint",),
            emits=COMPLETED.name, evidence=Label("已筛查是否构成投诉", "Screened for being a complaint"),
        ),
        Transition(action="cancel", zh="取消", en="Cancel", from_=("reported", "triaged", "assigned"), to="cancelled", by="svc", reason=True),
    ),
    duties=(Duty("test", "close"),),
    clocks=(
        Clock(name="triage", zh="分诊时限", en="Triage", span="24 h", since="opened", until=("triaged", "cancelled"), escalate="pms"),
        Clock(name="screening", zh="投诉筛查时限", en="Screening for complaints", span="5 wd", since="customer_accepted", until=("closed",), escalate="qa_mgr"),
    ),
    clauses=("ISO 13485:2016 7.5.4", "ISO 13485:2016 7.5.3", "21 CFR 820.35(b)", "GMP 2025 销售和售后服务"),
)
