"""A training: assigned, done by the trainee, judged by somebody else (ISO 13485:2016, 6.2)."""

from medthread.model import Clock, Duty, EventType, Guard, Label, Meaning, Process, State, Transition

EVENTS = (
    EventType("training.passed", "培训合格", "Training passed", "compliance"),
    EventType("training.failed", "培训未通过", "Training failed", "compliance"),
    EventType("training.overdue", "培训逾期", "Training overdue", "compliance", source="daily clock"),
    EventType("training.expired", "培训已过期", "Training expired", "compliance", source="daily clock"),
)
ANYBODY = (
    "eng|eng_mgr|ra|qa|qa_mgr|mr|qc|qc_mgr|prod|prod_mgr|release|market_release|purch|purch_mgr|sqe|doc|maint|metro|user_dept|svc|pms|recall_board|exec|whs"
)
TRAINERS = "eng|eng_mgr|ra|qa|qa_mgr|qc_mgr|prod_mgr|purch_mgr|sqe|doc|metro|svc"
TRAINEE_THEMSELVES = Guard(
    name="training_by_trainee",
    zh="由被培训人本人确认",
    en="the trainee themselves says so",
    takes=("person", "actor"),
    blocks="""
        select 'training_record/' || cast(:person as text) as record, '须由本人确认 / is for the trainee to say' as detail
        where cast(:person as text) <> cast(:actor as text)""",
    clause="21 CFR 11.10(i)",
)
NOT_THE_TRAINEE = Guard(
    name="training_judged_by_other",
    zh="由本人以外的人考核",
    en="somebody else than the trainee judges it",
    takes=("person", "actor"),
    blocks="""
        select 'training_record/' || cast(:person as text) as record, '不能考核自己 / nobody judges themselves' as detail
        where cast(:person as text) = cast(:actor as text)""",
    clause="ISO 13485:2016 6.2",
)
MARK_REACHED = Guard(
    name="training_mark_reached",
    zh="成绩达到及格线",
    en="the pass mark is reached",
    takes=("person", "job", "subject", "score"),
    blocks="""
        select 'training_requirement/' || q.job || '/' || q.subject as record,
            '成绩 ' || coalesce(cast(cast(:score as numeric) as text), '?') || ' < ' || q.pass_mark || ' / below the mark' as detail
        from native.training_requirement as q
        where q.job = cast(:job as text) and q.subject = cast(:subject as text) and q.pass_mark is not null
            and coalesce(cast(:score as numeric), -1) < q.pass_mark""",
    clause="ISO 13485:2016 6.2",
)
OPERATOR_TRAINED = Guard(
    name="operator_trained",
    zh="操作人对该工序的培训有效",
    en="the operator's training for the operation holds",
    takes=("person", "operation"),
    blocks="""
        select 'training_requirement/' || q.job || '/' || q.subject as record,
            cast(:person as text) || ' 没有有效培训:' || q.subject || ' / holds no valid training' as detail
        from native.training_requirement as q
        join native.job_assignment as j on j.job = q.job and j.person = cast(:person as text) and (j.ended_on is null or j.ended_on > :today)
        where q.operation = cast(:operation as text) and q.status = 'active' and q.blocks_work
            and not exists (
                select 1 from native.training_record as t
                join medthread.process_case as c on c.entity = 'training_record' and c.record = t.id
                where t.person = j.person and t.job = q.job and t.subject = q.subject and c.state in ('passed', 'waived')
                    and (t.expires_on is null or t.expires_on >= :today)
                    and (q.document is null or t.doc_rev = (
                        select d.doc_rev from native.document as d
                        join medthread.process_case as k on k.entity = 'document' and k.record = d.id
                        where d.doc_no = q.document and k.state = 'effective') or not exists (
                        select 1 from native.document as d
                        join medthread.process_case as k on k.entity = 'document' and k.record = d.id
                        where d.doc_no = q.document and k.state = 'effective')))
        union all
        select 'job_assignment/' || cast(:person as text), '不担任该工序所属岗位 / holds no job that does this operation'
        where exists (select 1 from native.training_requirement as q where q.operation = cast(:operation as text) and q.status = 'active' and q.blocks_work)
            and not exists (
                select 1 from native.training_requirement as q
                join native.job_assignment as j on j.job = q.job and j.person = cast(:person as text) and (j.ended_on is null or j.ended_on > :today)
                where q.operation = cast(:operation as text) and q.status = 'active' and q.blocks_work)""",
    clause="ISO 13485:2016 6.2; GMP 2025 机构与人员",
)

TRAINING = Process(
    name="training",
    zh="培训",
    en="Training",
    states=(
        State("assigned", "已指派", "Assigned"),
        State("done", "已完成待考核", "Done, to be judged"),
        State("passed", "合格", "Passed"),
        State("failed", "不合格", "Failed"),
        State("waived", "豁免", "Waived"),
        State("expired", "已过期", "Expired"),
    ),
    initial=("assigned",),
    terminal=("failed", "waived", "expired"),
    rest=("passed",),
    transitions=(
        Transition(
            action="acknowledge", zh="确认已学习并理解", en="Read and understood", from_=("assigned",), to="done", by=ANYBODY, meaning=Meaning.ACKNOWLEDGED,
            asks=("done_on",), guards=(TRAINEE_THEMSELVES.name,), evidence=Label("本人已学习并理解", "I have read and understood it"),
        ),
        Transition(
            action="pass", zh="考核合格", en="Pass", from_=("done",), to="passed", by=TRAINERS, meaning=Meaning.VERIFIED,
            guards=(NOT_THE_TRAINEE.name, MARK_REACHED.name), emits="training.passed", evidence=Label("考核结果与有效性评价", "The result, and that it took effect"),
        ),
        Transition(
            action="fail", zh="考核不合格", en="Fail", from_=("done",), to="failed", by=TRAINERS, meaning=Meaning.REJECTED, reason=True,
            guards=(NOT_THE_TRAINEE.name,), emits="training.failed",
        ),
        Transition(
            action="waive", zh="豁免", en="Waive", from_=("assigned",), to="waived", by="qa_mgr", meaning=Meaning.APPROVED, reason=True,
            guards=(NOT_THE_TRAINEE.name,),
        ),
        Transition(action="expire", zh="过期", en="Expire", from_=("passed",), to="expired", by="system"),
    ),
    duties=(Duty("acknowledge", "pass"),),
    clocks=(Clock(name="training", zh="培训期限", en="Training due", span="14 d", since="opened", until=("done", "waived"), warn=("7 d", "3 d"), escalate="prod_mgr"),),
    clauses=("ISO 13485:2016 6.2", "21 CFR 11.10(i)", "GMP 2025 机构与人员"),
)
