"""What a check of the log can find, each with what it means."""

from collections import Counter
from dataclasses import dataclass, field

from medthread.model import Label

KINDS = {
    "row.changed": Label("审计记录与封存时不同", "an audit row is not what was sealed"),
    "row.removed": Label("已封存的审计记录不见了", "a sealed audit row is gone"),
    "row.time": Label("审计记录的时间与封存它的检查点不符:日期是手工写的,或时钟不对", "an audit row is dated outside what the checkpoint that sealed it allows: the date was written by hand, or a clock was wrong"),
    "row.unsealed": Label("审计记录既未封存也不在等待", "an audit row is neither sealed nor waiting"),
    "row.vanished": Label("等待封存的审计记录不见了", "an audit row that waited to be sealed is gone"),
    "trigger.changed": Label("审计表的触发器被停用、改动或添加", "a trigger of the audit tables was switched off, changed or added"),
    "leaf.missing": Label("日志中缺少叶", "a leaf of the log is missing"),
    "leaf.uncovered": Label("叶不在任何检查点之内", "leaves lie beyond every checkpoint"),
    "node.changed": Label("树中间节点不符", "an inner node of the tree differs"),
    "head.changed": Label("日志头与叶不符", "the head of the log does not follow from its leaves"),
    "root.differs": Label("检查点的根与日志不符:日志被改写", "the log does not lead to the root of a checkpoint: it was rewritten"),
    "log.cut": Label("检查点之后的日志被截断", "the log ends before a checkpoint that was signed: it was cut"),
    "memory.differs": Label("日志与库外记住的最后签署不符:被改写、截断或换成旧库", "the log does not begin with what was signed last and is remembered outside the database: it was rewritten, cut, or an older one was put back"),
    "checkpoint.forged": Label("检查点的签名或内容不成立", "the signature or the content of a checkpoint does not stand"),
    "checkpoint.removed": Label("库外留有副本的检查点在库中不见了", "a checkpoint that was copied away is gone from the database"),
    "key.foreign": Label("签署检查点的密钥不属于本装置", "a key that signs checkpoints is not this installation's"),
    "signature.broken": Label("电子签名不成立", "an electronic signature does not stand"),
    "signature.another": Label("电子签名是用别人的密钥签的", "an electronic signature was made with another person's key"),
    "signature.removed": Label("日志中有、签名表中无的电子签名", "an electronic signature that the log tells of is gone"),
    "signature.foreign": Label("签名表中有、日志中无的电子签名", "an electronic signature that the log does not tell of"),
}
# What the tables hold against what the log tells of it (`records`).
KINDS_OF_RECORDS = {
    "record.differs": Label("记录与审计日志最后所述不同", "a record is not what the log last tells of it"),
    "record.missing": Label("审计日志所述的记录不见了", "a record that the log tells of is gone"),
    "step.differs": Label("流程步骤与审计日志不同", "a step of a case is not what the log tells"),
    "limit.differs": Label("时限的起算、到期或完成与审计日志不同", "a limit did not begin, is not due or was not met as the log tells"),
    "case.differs": Label("案卷的开启人,或因改动而不得复核的人,与审计日志不同", "who opened a case, or whom it binds not to check their own change, is not what the log tells"),
    "account.differs": Label("账户的角色或范围与审计日志不同", "the roles or the reach of an account are not what the log tells"),
    "credential.differs": Label("密码、第二因素、恢复码、外部身份或令牌与审计日志不同:有人在库中改过", "a password, second factor, recovery codes, an identity or a token is not what the log tells: somebody changed it in the database"),
    "credential.foreign": Label("签名或登录所用的密码不是日志所述当时的密码", "a signature or a sign-in was proven by another password than the log tells was kept then"),
    "delegation.differs": Label("委托与审计日志不同", "a delegation is not what the log tells"),
}
SHOWN = 1000


@dataclass(frozen=True)
class LogFault:
    """One finding: its kind, and which row, leaf, checkpoint, key or signature."""

    kind: str
    where: str

    @property
    def label(self) -> Label:
        """What it means."""
        return (KINDS | KINDS_OF_RECORDS)[self.kind]


@dataclass
class Findings:
    """Faults found: the first thousand in full, all of them counted."""

    faults: list[LogFault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, where: object) -> None:
        """One more."""
        self.counts[kind] += 1
        if len(self.faults) < SHOWN:
            self.faults.append(LogFault(kind, str(where)))
