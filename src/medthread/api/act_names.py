"""What acts and objects of the log are called: acts of processes and reactions by their declarations, the platform's own by this page."""

from medthread.api.services import Services
from medthread.model import Label

OWN: dict[str, Label] = {
    "access_review.close": Label("结束权限评审", "Access review closed"),
    "access_review.confirmed": Label("评审中确认角色", "Role confirmed in a review"),
    "access_review.decide": Label("评审中决定角色", "Role decided in a review"),
    "access_review.open": Label("开始权限评审", "Access review opened"),
    "access_review.withdrawn": Label("评审中撤销角色", "Role withdrawn in a review"),
    "account.change": Label("更改自己的账号", "Own account changed"),
    "account.create": Label("开立账号", "Account opened"),
    "account.disable": Label("停用账号", "Account disabled"),
    "account.enable": Label("启用账号", "Account enabled"),
    "account.link": Label("关联外部身份", "Identity of a provider linked"),
    "account.rights": Label("授权", "Rights assigned"),
    "audit.export": Label("导出审计记录", "Audit rows exported"),
    "audit_key.create": Label("生成封存密钥", "Sealing key made"),
    "audit_log.adopt": Label("认可换回的审计日志", "Audit log that was put back adopted"),
    "audit_log.guard": Label("修复审计日志的触发器", "Triggers of the audit log put right"),
    "backup.drill": Label("恢复演练", "Restore drill"),
    "backup.restore": Label("从备份恢复", "Restored from a backup"),
    "backup.run": Label("备份", "Backup"),
    "configuration.change": Label("更改配置文件", "Files of the configuration changed"),
    "delegation.create": Label("委托角色", "Roles delegated"),
    "delegation.revoke": Label("终止委托", "Delegation ended"),
    "entity.create": Label("创建", "Created"),
    "entity.create_many": Label("批量创建", "Many created"),
    "entity.export": Label("导出含涉密或个人信息的列表", "List with classified or personal data exported"),
    "entity.remove": Label("移除", "Removed"),
    "entity.unmask": Label("查看明文", "Seen without mask"),
    "entity.update": Label("修改", "Changed"),
    "event.take": Label("接收外部事件", "Event taken in"),
    "held.decide": Label("处理隔离行", "Held rows decided on"),
    "held.undo": Label("撤销隔离行的处理", "Decision on held rows undone"),
    "identity.prove": Label("经身份源重新认证", "Proven again through a provider"),
    "lake.tidied": Label("数据湖整理完成", "Lake tidied"),
    "lake.tidy": Label("开始整理数据湖", "Lake being tidied"),
    "load.accept": Label("确认大量减少的数据", "Load with many rows withdrawn accepted"),
    "load.upload": Label("提交文件", "File handed in"),
    "master.approve": Label("批准主数据决定", "Decision about master records approved"),
    "master.decide": Label("作出主数据决定", "Decision about master records made"),
    "master.end": Label("撤销主数据决定", "Decision about master records taken back"),
    "master.judge": Label("判断一对主数据记录", "Pair of master records judged"),
    "master.receive": Label("回执主数据变更", "Changes of master data taken over"),
    "master.refuse": Label("拒绝主数据决定", "Decision about master records refused"),
    "master.sample": Label("抽取匹配样本", "Sample of matching drawn"),
    "model.apply": Label("模型生效", "Model in force"),
    "notice.address": Label("设置通知地址", "Address for notices set"),
    "password.change": Label("更改密码", "Password changed"),
    "password.reset": Label("重置密码", "Password reset"),
    "privacy.correct": Label("更正个人信息", "Personal data corrected"),
    "privacy.erase": Label("删除个人信息", "Personal data erased"),
    "privacy.erase_record": Label("删除记录中的个人信息", "Personal data of a record erased"),
    "privacy.erased": Label("个人信息删除完成", "Erasure finished"),
    "privacy.export": Label("导出个人信息副本", "Copy of personal data taken"),
    "privacy.find": Label("查找个人信息", "Personal data looked for"),
    "privacy.plan": Label("预览个人信息删除", "Erasure planned"),
    "process.migrate": Label("迁移到新的流程版本", "Moved to another version of the process"),
    "proposal.accepted": Label("接受建议", "Proposal accepted"),
    "proposal.decide": Label("决定建议", "Proposal decided"),
    "proposal.refused": Label("拒绝建议", "Proposal refused"),
    "reaction.retry": Label("重试失败的反应", "Failed reaction tried again"),
    "relay.again": Label("重新转发事件", "Events relayed again"),
    "release.prepare": Label("备好待发的发布", "Release made ready for a train"),
    "release.pin": Label("长期保留发布", "Release pinned"),
    "release.publish": Label("发布给读者", "Release published"),
    "release.rewrite": Label("封存改写后的发布", "Rewritten release sealed anew"),
    "release.unpin": Label("取消长期保留", "Release unpinned"),
    "release.withdraw": Label("撤回发布", "Release withdrawn"),
    "retention.approve": Label("批准销毁", "Destruction approved"),
    "retention.decide": Label("决定销毁", "Destruction decided"),
    "retention.execute": Label("执行销毁", "Destruction carried out"),
    "retention.propose": Label("提议销毁", "Destruction proposed"),
    "retention.refuse": Label("拒绝销毁", "Destruction refused"),
    "rule.accept": Label("接受建议的质量规则", "Suggested quality rule accepted"),
    "run.start": Label("启动运行", "Run started"),
    "second_factor.begin": Label("开始设置第二因素", "Second factor begun"),
    "second_factor.confirm": Label("确认第二因素", "Second factor confirmed"),
    "second_factor.recovery_codes": Label("更换恢复码", "Recovery codes renewed"),
    "second_factor.remove": Label("取消第二因素", "Second factor removed"),
    "session.create": Label("登录", "Signed in"),
    "session.end": Label("结束会话", "Session ended"),
    "sharing.refuse": Label("按共享规则不予共享", "Not shared, by a sharing rule"),
    "signature.create": Label("签名", "Signed"),
    "signing_key.create": Label("生成签名密钥", "Signing key made"),
    "source.amend": Label("改写来源映射", "Mapping of a source changed"),
    "token.create": Label("生成接口令牌", "Token made"),
    "token.revoke": Label("终止接口令牌", "Token ended"),
    "token.system": Label("指定令牌所属系统", "System of a token assigned"),
    "udi.queue": Label("收下未识别的载体", "Carrier kept that was not understood"),
    "unmask.ask": Label("申请查看明文", "Look under the mask asked for"),
    "unmask.decide": Label("决定查看明文", "Look under the mask decided"),
    "unmask.end": Label("终止查看明文", "Grant ended"),
    "unmask.grant": Label("准许查看明文", "Look under the mask granted"),
    "unmask.refuse": Label("不准查看明文", "Look under the mask refused"),
}
KINDS: dict[str, Label] = {
    "access_review": Label("权限评审", "Access review"),
    "account": Label("账号", "Account"),
    "audit_key": Label("封存密钥", "Sealing key"),
    "audit_log": Label("审计日志", "Audit log"),
    "backup": Label("备份", "Backup"),
    "configuration": Label("配置文件", "Files of the configuration"),
    "delegation": Label("委托", "Delegation"),
    "destruction": Label("销毁", "Destruction"),
    "drill": Label("恢复演练", "Restore drill"),
    "erasure": Label("个人信息删除", "Erasure"),
    "event": Label("事件", "Event"),
    "match_decision": Label("主数据决定", "Decision about master records"),
    "held": Label("隔离行的处理", "Decision on held rows"),
    "model": Label("模型", "Model"),
    "lake": Label("数据湖", "Lake"),
    "proposal": Label("建议", "Proposal"),
    "release": Label("发布", "Release"),
    "run": Label("运行", "Run"),
    "signing_key": Label("签名密钥", "Signing key"),
    "source": Label("来源", "Source"),
    "relay": Label("事件转发", "Event relay"),
    "token": Label("接口令牌", "Token"),
    "unknown_carrier": Label("未识别的载体", "Carrier not understood"),
    "unmask_grant": Label("查看明文的准许", "Grant to look under the mask"),
}


def act_label(given: Services, action: str) -> Label | None:
    """What an act is called; nothing where nobody named it."""
    book = given.workflow.rulebook
    kind, _, name = action.partition(".")
    if action in OWN:
        return OWN[action]
    if kind == "reaction" and name in book.reactions:
        return book.reactions[name].label
    process = book.processes.get(kind)
    if process is None:
        return None
    if name == "open":
        return Label("开启流程", "Process begun")
    return next((t.label for t in process.transitions if t.action == name), None)


def kind_label(given: Services, kind: str) -> Label | None:
    """What the kind of an object of the log is called: an entity, or a thing of the platform's own."""
    return given.registry[kind].about.label if kind in given.registry else KINDS.get(kind)
