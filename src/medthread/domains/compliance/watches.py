"""Trainings not done in time, and trainings that no longer hold."""

from medthread.model import Watch

OVERDUE = Watch(
    name="training_overdue",
    zh="培训逾期",
    en="a training was due and is not done",
    event="training.overdue",
    finds="""
        select 'training_record' as entity, t.id as record, cast(t.due_on as text) as due, t.person, t.job, t.subject, t.document, t.doc_rev, t.due_on, q.blocks_work
        from native.training_record as t
        join medthread.process_case as c on c.entity = 'training_record' and c.record = t.id
        join native.training_requirement as q on q.job = t.job and q.subject = t.subject
        where c.state in ('assigned', 'done') and t.due_on < :today""",
)
EXPIRED = Watch(
    name="training_expired",
    zh="培训有效期已过",
    en="a training no longer holds",
    event="training.expired",
    finds="""
        select 'training_record' as entity, t.id as record, cast(t.expires_on as text) as due, t.person, t.job, t.subject, t.expires_on
        from native.training_record as t
        join medthread.process_case as c on c.entity = 'training_record' and c.record = t.id
        where c.state = 'passed' and t.expires_on < :today""",
)
